"""Least privilege, tried out: each call of an actor is allowed, what it must not do is not, nothing is left over."""

from collections.abc import Iterator, Mapping

from terraform_tree import Planned

from tests.terraform.calls import FORBIDDEN, NEEDED, Line, Places
from tests.terraform.guards import Guard
from tests.terraform.guards_storage import bucket_policies
from tests.terraform.iam import Call, Statement, allowed, applies, listed, statements

POLICIES = {
    **{name: f'aws_iam_role_policy.actor["{name}"]' for name in ("firehose", "glue-job", "crawler", "json-to-parquet")},
    "airflow": "aws_iam_policy.airflow",
    "analyst": "aws_iam_policy.analyst",
    "mwaa": "aws_iam_role_policy.mwaa[0]",  # planned with create_airflow only; the role has the policy "airflow" beside
}


def identity(planned: Planned, actor: str) -> list[Statement]:
    """Statements of an actor's policy; none where there is no such policy."""
    found = planned.resources.get(POLICIES[actor])
    return statements(found["values"]["policy"]) if found else []


def planned_lines(planned: Planned, lines: Mapping[str, list[Line]]) -> Iterator[tuple[str, list[Line]]]:
    """Of the actors that a plan has: every one, but MWAA only where it is asked for."""
    absent = set() if planned.of_type("aws_mwaa_environment") else {"mwaa"}
    yield from ((actor, given) for actor, given in lines.items() if actor not in absent)


def places(planned: Planned) -> Places:
    """The names of a plan, as its outputs and resources have them."""
    out = planned.outputs
    region = planned.of_type("aws_s3_bucket")['aws_s3_bucket.zone["raw"]']["region"]
    scope, environment = f"{region}:{out['account_id']}", out["environment"]
    table = f"arn:aws:glue:{scope}:table/{out['glue_database']}/clickstream_"
    roles = ("events", "generations", "published", "candidates", "quarantine", "quarantine_lines", "ledgers", "quality")
    arns = {
        "key": out["kms_key_arn"],
        "catalog": f"arn:aws:glue:{scope}:catalog",
        "database": f"arn:aws:glue:{scope}:database/{out['glue_database']}",
        "workgroup": f"arn:aws:athena:{scope}:workgroup/{out['athena_workgroup']}",
        "analysts": f"arn:aws:athena:{scope}:workgroup/{out['analyst_workgroup']}",
        "job": f"arn:aws:glue:{scope}:job/{out['glue_job']}",
        "crawler": f"arn:aws:glue:{scope}:crawler/{out['crawler']}",
        "stream": f"arn:aws:firehose:{scope}:deliverystream/{out['firehose_stream_name']}",
        "function": f"arn:aws:lambda:{scope}:function:clickstream-json-to-parquet-{environment}",
        "dead_letters": f"arn:aws:sqs:{scope}:clickstream-json-to-parquet-dead-letters-{environment}",
        "topic": out["alarm_topic_arn"],
        "mwaa": f"arn:aws:airflow:{scope}:environment/clickstream-{environment}",
        "mwaa_log": f"arn:aws:logs:{scope}:log-group:airflow-clickstream-{environment}-Task",
        "celery": f"arn:aws:sqs:{region}:999999999999:airflow-celery-x",
        "other_topic": f"arn:aws:sns:{scope}:clickstream-other",
        "firehose_log": f"arn:aws:logs:{scope}:log-group:/aws/kinesisfirehose/{out['firehose_stream_name']}"
        ":log-stream:delivery",
        "function_log": f"arn:aws:logs:{scope}:log-group:/aws/lambda/clickstream-json-to-parquet-{environment}"
        ":log-stream:x",
        "glue_job_log": f"arn:aws:logs:{scope}:log-group:/aws-glue/jobs/x",
        "glue_crawler_log": f"arn:aws:logs:{scope}:log-group:/aws-glue/crawlers-x",
    }
    return Places(arns, out["buckets"], {role: table + role for role in roles}, region)


def may(planned: Planned, actor: str, call: Call, own: list[Statement] | None = None) -> bool:
    """Whether IAM would allow an actor's call; with ``own`` statements instead of the planned ones."""
    role = planned.outputs["role_arns"].get(actor)
    context = {**call.context, **({"aws:principalarn": role} if role else {})}
    asked = Call(call.action, call.resource, context)
    bucket = call.resource.removeprefix("arn:aws:s3:::").partition("/")[0]
    return allowed(asked, identity(planned, actor) if own is None else own, bucket_policies(planned).get(bucket, []))


def every_call_of_the_pipeline_is_allowed(planned: Planned) -> Iterator[str]:
    where = places(planned)
    for actor, lines in planned_lines(planned, NEEDED):
        for call in where.calls(lines):
            if not may(planned, actor, call):
                yield f"{actor} may not {call.action} {call.resource} {dict(call.context)}"


def what_an_actor_must_not_do_is_denied(planned: Planned) -> Iterator[str]:
    where = places(planned)
    for actor, lines in planned_lines(planned, FORBIDDEN):
        for call in where.calls(lines):
            if may(planned, actor, call):
                yield f"{actor} may {call.action} {call.resource}"


def every_statement_and_action_is_needed(planned: Planned) -> Iterator[str]:
    where = places(planned)
    for actor, lines in planned_lines(planned, NEEDED):
        calls, own = where.calls(lines), identity(planned, actor)
        for one in own:
            rest = [other for other in own if other is not one]
            if all(may(planned, actor, call, rest) for call in calls):
                yield f"{actor}: without {one['Sid']} nothing is missing"
            for action in listed(one["Action"]):
                only = {**one, "Action": action}
                if not any(applies(only, call) for call in calls):
                    yield f"{actor}: no call needs {action} in {one['Sid']}"


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        every_call_of_the_pipeline_is_allowed,
        what_an_actor_must_not_do_is_denied,
        every_statement_and_action_is_needed,
    )
}
