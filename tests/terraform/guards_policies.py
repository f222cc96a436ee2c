"""Every policy of the plan, read as an auditor would: no wildcard, exact resources, named sources."""

import re
from collections.abc import Iterator

from terraform_tree import Planned

from tests.terraform.guards import Guard
from tests.terraform.iam import Statement, listed, statements

# Statements that may name no resource. Each has its reason beside it in the HCL, which a test reads.
WITHOUT_RESOURCE = frozenset(
    {
        "ReportMetrics",
        "ReportMetricsOfGlue",
        "ReportPublications",
        "ReadItsBookmark",
        "ChooseTheWorkgroupInTheConsole",
        "CheckTheAccountsPublicAccess",
        "FindItsLogGroups",
    }
)
IDENTITY = ("aws_iam_role_policy", "aws_iam_policy")
RESOURCE = ("aws_s3_bucket_policy", "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_kms_key")
LIMITS = {"aws_iam_role_policy": 10240, "aws_iam_policy": 6144}  # characters that IAM takes
SOURCE_KEYS = {"aws:SourceAccount", "aws:SourceArn"}
# Of a service that says for whom it acts only in the encryption context.
CONTEXT_KEYS = {"kms:EncryptionContext:aws:logs:arn", "kms:EncryptionContext:aws:sns:topicArn"}
SENTENCE = re.compile(r"([A-Z][a-z]+)+")
WILD_PREFIX = re.compile(r"arn:aws:s3:::[^/]+/\*")


def policies(planned: Planned, *kinds: str) -> Iterator[tuple[str, list[Statement]]]:
    """Address and statements of every policy of these kinds of resource."""
    for kind in kinds:
        for address, values in planned.of_type(kind).items():
            yield address, statements(values["policy"])


def each_allowing(planned: Planned, *kinds: str) -> Iterator[tuple[str, Statement]]:
    """Where it stands (address and Sid), and each Allow."""
    for address, found in policies(planned, *kinds):
        yield from ((f"{address}, {one.get('Sid')}", one) for one in found if one["Effect"] == "Allow")


def trusts(planned: Planned) -> Iterator[tuple[str, Statement]]:
    for address, role in planned.of_type("aws_iam_role").items():
        yield from ((address, one) for one in statements(role["assume_role_policy"]))


def no_allowed_action_has_a_wildcard(planned: Planned) -> Iterator[str]:
    for where, one in each_allowing(planned, *IDENTITY, *RESOURCE):
        yield from (f"{where}: action {action}" for action in listed(one["Action"]) if "*" in action)


def resources_are_exact(planned: Planned) -> Iterator[str]:
    for where, one in each_allowing(planned, *IDENTITY):
        for resource in listed(one["Resource"]):
            if resource == "*" and one["Sid"] not in WITHOUT_RESOURCE:
                yield f"{where}: every resource"
            if resource != "*" and not resource.startswith("arn:aws:"):
                yield f"{where}: {resource} is no ARN"
            if WILD_PREFIX.fullmatch(resource):
                yield f"{where}: the whole of {resource}, instead of a prefix"
            if ":mock:" in resource or "/mock-" in resource:
                yield f"{where}: {resource} is not known"


def statements_say_what_they_are_for(planned: Planned) -> Iterator[str]:
    for address, found in policies(planned, *IDENTITY, *RESOURCE):
        sids = [str(one.get("Sid", "")) for one in found]
        yield from (f"{address}: {sid!r} is no sentence" for sid in sids if not SENTENCE.fullmatch(sid))
        if len(set(sids)) < len(sids):
            yield f"{address}: two statements of one name"
        for one in found:
            if inverted := one.keys() & {"NotAction", "NotResource", "NotPrincipal"}:
                yield f"{address}: {sorted(inverted)} allows what nobody has thought of"


def a_role_is_passed_to_one_service_only(planned: Planned) -> Iterator[str]:
    for where, one in each_allowing(planned, *IDENTITY):
        if "iam:passrole" not in [action.lower() for action in listed(one["Action"])]:
            continue
        if any("*" in resource for resource in listed(one["Resource"])):
            yield f"{where}: iam:PassRole of more than one role"
        if not one.get("Condition", {}).get("StringEquals", {}).get("iam:PassedToService"):
            yield f"{where}: iam:PassRole to any service"


def roles_trust_services_acting_for_this_account(planned: Planned) -> Iterator[str]:
    account = planned.outputs["account_id"]
    for address, one in trusts(planned):
        conditions = one.get("Condition", {})
        services = listed(one["Principal"].get("Service"))
        if set(one["Principal"]) != {"Service"} or not services:
            yield f"{address}: trusts {one['Principal']}"
        if listed(conditions.get("StringEquals", {}).get("aws:SourceAccount")) != [account]:
            yield f"{address}: trusts a service acting for any account"
        # Lambda documents no source ARN for the assumption of an execution role.
        sources = listed(conditions.get("ArnLike", {}).get("aws:SourceArn"))
        if services != ["lambda.amazonaws.com"] and not sources:
            yield f"{address}: trusts a service acting for any resource"
        yield from (f"{address}: source {x} is of another account" for x in sources if f":{account}:" not in x)


def services_are_let_in_for_this_account_only(planned: Planned) -> Iterator[str]:
    for where, one in each_allowing(planned, *RESOURCE):
        principal = one["Principal"]
        keys = {key for operator in one.get("Condition", {}).values() for key in operator}
        if principal == "*" or "*" in listed(principal.get("AWS", [])):
            yield f"{where}: anybody"
        elif principal.get("Service") and not keys & (SOURCE_KEYS | CONTEXT_KEYS):
            yield f"{where}: a service acting for anybody"
        elif principal.get("AWS") and listed(principal["AWS"]) != [_root(planned)]:
            yield f"{where}: principals {principal['AWS']} beside this account"


def _root(planned: Planned) -> str:
    return f"arn:aws:iam::{planned.outputs['account_id']}:root"


def policies_fit_into_iam(planned: Planned) -> Iterator[str]:
    for kind, limit in LIMITS.items():
        for address, values in planned.of_type(kind).items():
            if len(values["policy"]) > limit:
                yield f"{address}: {len(values['policy'])} characters, IAM takes {limit}"


def queues_and_topics_refuse_plain_http(planned: Planned) -> Iterator[str]:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    found = list(policies(planned, "aws_sqs_queue_policy", "aws_sns_topic_policy"))
    for address, own in found:
        if not any(one["Effect"] == "Deny" and one.get("Condition") == plain for one in own):
            yield f"{address}: plain HTTP is not denied"
    owners = [*planned.of_type("aws_sqs_queue"), *planned.of_type("aws_sns_topic")]
    if len(found) < len(owners):
        yield f"{len(found)} policies for {', '.join(owners)}"


def queues_topics_and_logs_are_encrypted(planned: Planned) -> Iterator[str]:
    for address, queue in planned.of_type("aws_sqs_queue").items():
        if not (queue.get("kms_master_key_id") or queue.get("sqs_managed_sse_enabled")):
            yield f"{address}: not encrypted"
    for address, topic in planned.of_type("aws_sns_topic").items():
        if not topic.get("kms_master_key_id"):
            yield f"{address}: not encrypted"
    for address, group in planned.of_type("aws_cloudwatch_log_group").items():
        if not group.get("kms_key_id") or not group.get("retention_in_days"):
            yield f"{address}: not encrypted, or kept for ever"


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        no_allowed_action_has_a_wildcard,
        resources_are_exact,
        statements_say_what_they_are_for,
        a_role_is_passed_to_one_service_only,
        roles_trust_services_acting_for_this_account,
        services_are_let_in_for_this_account_only,
        policies_fit_into_iam,
        queues_and_topics_refuse_plain_http,
        queues_topics_and_logs_are_encrypted,
    )
}
