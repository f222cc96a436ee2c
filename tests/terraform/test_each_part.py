"""A mutation breaks each rule once (test_guards). Here each part is taken out, or changed, and some rule sees it."""

from collections.abc import Callable, Iterable

import pytest
from terraform_tree import FULL, Planned

from tests.terraform.guards import Guard, all_guards
from tests.terraform.guards_access import GUARDS as ABOUT_CALLS
from tests.terraform.variants import Change, with_one_value_changed, without_one_resource, without_one_statement

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]

# It takes out statements itself.
TOO_SLOW = "every_statement_and_action_is_needed"
SETTINGS = (
    "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning", "aws_sns_topic_policy", "aws_sqs_queue_policy", "aws_iam_role", "aws_iam_role_policy",
    "aws_iam_policy", "aws_iam_role_policy_attachment", "aws_kms_key", "aws_glue_security_configuration",
    "aws_lambda_permission", "aws_s3_bucket_notification", "aws_cloudwatch_metric_alarm", "aws_cloudwatch_event_rule",
)  # fmt: skip
# By kind the arguments whose value no rule knows: names and words, what a variable gives, how long and how much.
UNSEEN = {
    "aws_s3_bucket_public_access_block": set(),
    "aws_s3_bucket_ownership_controls": set(),
    "aws_s3_bucket_server_side_encryption_configuration": set(),
    "aws_s3_bucket_versioning": set(),
    "aws_s3_bucket_lifecycle_configuration": {
        "id", "days_after_initiation", "noncurrent_days", "expired_object_delete_marker",
    },
    "aws_kms_key": {"description"},
    "aws_sqs_queue": {"name", "message_retention_seconds", "kms_data_key_reuse_period_seconds"},
    "aws_sns_topic": {"name"},
    "aws_cloudwatch_log_group": set(),
    "aws_glue_security_configuration": set(),
    "aws_lambda_permission": {"statement_id"},
    "aws_s3_bucket_notification": {"id"},
    "aws_lambda_function": {
        "architectures", "description", "filename", "handler", "log_format", "memory_size", "runtime",
        "source_code_hash", "timeout",
    },
    "aws_kinesis_firehose_delivery_stream": {"destination", "buffering_interval", "buffering_size"},
    "aws_glue_job": {
        "name", "description", "python_version", "worker_type", "number_of_workers", "timeout", "max_concurrent_runs",
        "--enable-observability-metrics",
    },
    "aws_glue_crawler": {"name", "description", "schedule"},
    "aws_cloudwatch_metric_alarm": {
        "alarm_description", "evaluation_periods", "period", "threshold", "treat_missing_data",
    },
    "aws_mwaa_environment": {
        "name", "airflow_version", "environment_class", "log_level", "max_workers", "min_workers",
    },
    "aws_athena_workgroup": {"description", "force_destroy", "name", "publish_cloudwatch_metrics_enabled"},
}  # fmt: skip


def unseen(changes: Iterable[Change], guards: Iterable[Guard]) -> list[str]:
    """What could be changed without a rule that says so; a rule that crashes says nothing, and is told of."""
    return [told for what, changed in changes if (told := judged(what, changed, guards)) is not None]


def judged(what: str, changed: Planned, guards: Iterable[Guard]) -> str | None:
    """None where a rule speaks; else what was changed, and who crashed over it."""
    crashed = []
    for guard in guards:
        try:
            if any(True for _ in guard(changed)):
                return None
        except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
            crashed.append(f"{guard.__name__} crashes: {error!r}")
    return "; ".join([what, *crashed])


@pytest.fixture(scope="module")
def guards() -> dict[str, Guard]:
    return {name: guard for name, guard in all_guards().items() if name != TOO_SLOW}


def test_without_any_one_statement_a_rule_is_broken(planned: Planner, guards: dict[str, Guard]) -> None:
    """Of every policy: of roles, MWAA and analysts, buckets, queues, topic, key, and of who may assume a role."""
    changes = list(without_one_statement(planned(FULL)))
    assert len(changes) > 100
    assert unseen(changes, guards.values()) == []


def test_without_any_one_setting_a_rule_is_broken(planned: Planner, guards: dict[str, Guard]) -> None:
    changes = list(without_one_resource(planned(FULL), *SETTINGS))
    assert len(changes) > 50
    assert unseen(changes, guards.values()) == []


@pytest.mark.parametrize("kind", list(UNSEEN))
def test_no_value_can_be_changed_unseen(planned: Planner, guards: dict[str, Guard], kind: str) -> None:
    changes = list(with_one_value_changed(planned(FULL), kind))
    assert changes
    ours = [guard for name, guard in guards.items() if name not in ABOUT_CALLS]
    assert {what.rpartition(": ")[2] for what in unseen(changes, ours)} == UNSEEN[kind]
