"""Who is let in by what belongs to us: topic, queues, key and roles open to services, for this deployment only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from terraform_tree import Planned

from tests.terraform.calls import NEEDED
from tests.terraform.guards import Guard
from tests.terraform.guards_access import places, planned_lines
from tests.terraform.iam import Call, Statement, applies, listed, statements

TOPIC, JOURNAL, KEY = "aws_sns_topic_policy.alarms", 'aws_sqs_queue_policy.access["journal"]', "aws_kms_key.data"
ELSEWHERE = "999999999999"
# What CloudWatch Logs, and SNS for who publishes, ask of a key.
LOGS_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey")
TOPICS_USE = ("kms:Decrypt", "kms:GenerateDataKey")
# Log groups that Glue and MWAA make themselves.
MADE_GROUPS = ("/aws-glue/jobs/x", "/aws-glue/crawlers-x", "airflow-clickstream-{environment}-Task")


# Callers of whom a policy knows the account only: a budget's name is not documented to come along, nor which of Glue's
# jobs and crawlers runs; identities of this account have policies of their own.
BY_ACCOUNT_ONLY = ("budgets.", "glue.", "arn:")


@dataclass(frozen=True)
class Visit:
    """A call by a service, or by an account, and the resource whose policy decides on it."""

    who: str
    where: str
    call: Call


def every_visit(planned: Planned) -> Iterator[Visit]:
    """What services must be able to do, one of each kind and each log group, alarm and rule."""
    yield from publishing(planned)
    yield from journalling(planned)
    yield from encrypting_logs(planned)
    yield from assuming(planned)
    root = f"arn:aws:iam::{planned.outputs['account_id']}:root"
    for _, lines in planned_lines(planned, NEEDED):
        calls = places(planned).calls(lines)
        yield from (Visit(root, KEY, call) for call in calls if call.action.startswith("kms:"))


def scope(planned: Planned, service: str) -> str:
    """The beginning of a service's ARNs here."""
    return f"arn:aws:{service}:{places(planned).region}:{planned.outputs['account_id']}"


def publishing(planned: Planned) -> Iterator[Visit]:
    account, topic = planned.outputs["account_id"], planned.outputs["alarm_topic_arn"]
    alarms = [one["alarm_name"] for one in planned.of_type("aws_cloudwatch_metric_alarm").values()]
    sources = [("cloudwatch", f"{scope(planned, 'cloudwatch')}:alarm:{name}") for name in alarms]
    for service, source in [*sources, ("budgets", f"arn:aws:budgets::{account}:budget/x")]:
        who = f"{service}.amazonaws.com"
        yield Visit(who, TOPIC, Call("sns:Publish", topic, {"aws:sourceaccount": account, "aws:sourcearn": source}))
        context = {"kms:encryptioncontext:aws:sns:topicarn": topic}
        yield from (Visit(who, KEY, Call(action, "this key", context)) for action in TOPICS_USE)


def journalling(planned: Planned) -> Iterator[Visit]:
    queue = f"{scope(planned, 'sqs')}:clickstream-journal-{planned.outputs['environment']}"
    for rule in planned.of_type("aws_cloudwatch_event_rule").values():
        source = {"aws:sourcearn": f"{scope(planned, 'events')}:rule/{rule['name']}"}
        yield Visit("events.amazonaws.com", JOURNAL, Call("sqs:SendMessage", queue, source))


def encrypting_logs(planned: Planned) -> Iterator[Visit]:
    made = [name.format(environment=planned.outputs["environment"]) for name in MADE_GROUPS]
    ours = [one["name"] for one in planned.of_type("aws_cloudwatch_log_group").values()]
    for group in [*ours, *made]:
        context = {"kms:encryptioncontext:aws:logs:arn": f"{scope(planned, 'logs')}:log-group:{group}"}
        who = f"logs.{places(planned).region}.amazonaws.com"
        yield from (Visit(who, KEY, Call(action, "this key", context)) for action in LOGS_USE)


def assuming(planned: Planned) -> Iterator[Visit]:
    arns, account = places(planned).arns, planned.outputs["account_id"]
    sources = {
        "firehose": [("firehose", arns["stream"])],
        "glue-job": [("glue", arns["job"])],
        "crawler": [("glue", arns["crawler"])],
        "json-to-parquet": [("lambda", "")],  # which names no source
        "airflow": [("airflow", arns["mwaa"]), ("airflow-env", arns["mwaa"])],
    }
    for actor, services in sources.items():
        for service, source in services:
            context = {"aws:sourceaccount": account, **({"aws:sourcearn": source} if source else {})}
            where = f'aws_iam_role.actor["{actor}"]'
            yield Visit(f"{service}.amazonaws.com", where, Call("sts:AssumeRole", "", context))


def lets_in(planned: Planned, visit: Visit) -> bool:
    """Whether the resource's own policy lets a caller in; over TLS, unless the call says otherwise."""
    values = planned.resources[visit.where]["values"] if visit.where in planned.resources else {}
    own = statements(values.get("policy") or values.get("assume_role_policy") or '{"Statement": []}')
    call = replace(visit.call, context={"aws:securetransport": "true", **visit.call.context})
    about = [one for one in own if admits(one, visit.who) and applies({"Resource": "*", **one}, call)]
    return bool(about) and all(one["Effect"] == "Allow" for one in about)


def admits(statement: Statement, who: str) -> bool:
    principal = statement["Principal"]
    return principal == "*" or any(one in ("*", who) for names in principal.values() for one in listed(names))


def services_may_do_what_they_must(planned: Planned) -> Iterator[str]:
    for visit in every_visit(planned):
        if not lets_in(planned, visit):
            yield f"{visit.where}: {visit.who} may not {visit.call.action} {dict(visit.call.context)}"


def services_act_for_this_deployment_only(planned: Planned) -> Iterator[str]:
    """The same calls for another account, for a resource that is not ours, and for another environment's."""
    for visit in every_visit(planned):
        elsewhere = for_another_account(planned, visit), for_another_environment(planned, visit)
        for other in (*elsewhere, for_another_resource(visit)):
            if other != visit and lets_in(planned, other):
                yield f"{visit.where}: {other.who} may {visit.call.action} {dict(other.call.context)}"


def for_another_account(planned: Planned, visit: Visit) -> Visit:
    account = planned.outputs["account_id"]
    context = {key: value.replace(account, ELSEWHERE) for key, value in visit.call.context.items()}
    return replace(visit, who=visit.who.replace(account, ELSEWHERE), call=replace(visit.call, context=context))


def for_another_resource(visit: Visit) -> Visit:
    """Of this account, where the policy can tell."""
    if visit.who.startswith(BY_ACCOUNT_ONLY):
        return visit
    context = {key: value.replace("clickstream", "other") for key, value in visit.call.context.items()}
    return replace(visit, call=replace(visit.call, context=context))


def for_another_environment(planned: Planned, visit: Visit) -> Visit:
    """Of the same name elsewhere in this account. Log groups of Glue name no environment, so they stay as they are."""
    if visit.who.startswith(BY_ACCOUNT_ONLY):
        return visit
    name = re.compile(rf"(clickstream-(?:[a-z-]+-)?){planned.outputs['environment']}(?![a-z0-9])")
    context = {key: name.sub(r"\1elsewhere", value) for key, value in visit.call.context.items()}
    return replace(visit, call=replace(visit.call, context=context))


GUARDS: dict[str, Guard] = {
    guard.__name__: guard for guard in (services_may_do_what_they_must, services_act_for_this_deployment_only)
}
