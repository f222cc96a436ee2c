"""A mutation breaks each rule once (test_guards). Here each part is taken out, or changed, and some rule sees it."""

import re
from collections.abc import Callable, Iterable, Iterator

import pytest
from terraform_tree import FULL, Planned

from tests.terraform.guards import Guard, all_guards
from tests.terraform.guards_access import GUARDS as ABOUT_CALLS
from tests.terraform.variants import (
    Change,
    other,
    with_one_value_changed,
    without_one_resource,
    without_one_statement,
)

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
EVERY = "every resource of the kind"
# By kind the arguments whose value no rule knows, and of which resources: names and words, what a variable gives (that
# it arrives: test_second_values), how long and how much.
UNSEEN = {
    "aws_s3_bucket_public_access_block": {},
    "aws_s3_bucket_ownership_controls": {},
    "aws_s3_bucket_server_side_encryption_configuration": {},
    "aws_s3_bucket_versioning": {},
    "aws_s3_bucket_lifecycle_configuration": {
        "id days_after_initiation": EVERY, "days": "raw work results", "noncurrent_days": "raw work artifacts",
        "expired_object_delete_marker": "work artifacts",
    },
    "aws_kms_key": {"description deletion_window_in_days": EVERY},
    "aws_sqs_queue": {
        "message_retention_seconds": EVERY, "name": "journal", "kms_data_key_reuse_period_seconds": "dead_letters",
    },
    "aws_sns_topic": {"name": EVERY},
    "aws_cloudwatch_log_group": {"retention_in_days": EVERY},
    "aws_glue_security_configuration": {},
    "aws_lambda_permission": {"statement_id": EVERY},
    "aws_s3_bucket_notification": {"id": EVERY},
    "aws_lambda_function": {
        "architectures description filename handler log_format memory_size runtime source_code_hash timeout": EVERY,
        "reserved_concurrent_executions": EVERY,
    },
    "aws_kinesis_firehose_delivery_stream": {"destination buffering_interval buffering_size": EVERY},
    "aws_glue_job": {
        "name description python_version worker_type number_of_workers timeout max_concurrent_runs": EVERY,
        "--enable-observability-metrics": EVERY,
    },
    "aws_glue_crawler": {"name description schedule": EVERY},
    "aws_cloudwatch_metric_alarm": {
        "alarm_description evaluation_periods period": EVERY, "threshold": "stream-not-fresh quarantined-share",
    },
    "aws_budgets_budget": {"budget_type limit_amount limit_unit name time_unit values": EVERY},
    "aws_mwaa_environment": {
        "name airflow_version environment_class log_level max_workers min_workers": EVERY,
    },
    "aws_athena_workgroup": {
        "description force_destroy publish_cloudwatch_metrics_enabled bytes_scanned_cutoff_per_query": EVERY,
    },
}  # fmt: skip
KEY_OR_LABEL = re.compile(r'(?:\["(.+)"\]|\.(\w+)(?:\[0\])?)$')


def expected_unseen(planned: Planned, kind: str) -> set[str]:
    """``UNSEEN`` of a kind, by address and argument."""
    return {
        f"{address}: {argument}"
        for arguments, whose in UNSEEN[kind].items()
        for argument in arguments.split()
        for address in planned.of_type(kind)
        if whose == EVERY or key_or_label(address) in whose.split()
    }


def key_or_label(address: str) -> str:
    """Of one of several its key, of one alone its label."""
    found = KEY_OR_LABEL.search(address)
    assert found, address
    return str(found[1] or found[2])


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
    assert set(unseen(changes, ours)) == expected_unseen(planned(FULL), kind)


def test_a_rule_that_crashes_has_seen_nothing(planned: Planner) -> None:
    def crashing(changed: Planned) -> Iterator[str]:
        raise KeyError(changed.outputs["environment"])
        yield

    def speaking(changed: Planned) -> Iterator[str]:
        yield "seen"

    change = ("a change", planned(FULL))
    assert unseen([change], [crashing]) == ["a change; crashing crashes: KeyError('dev')"]
    assert unseen([change], [crashing, speaking]) == []


@pytest.mark.parametrize(("value", "near"), [(0, 1), (80, 81), (0.02, 0.03), (True, False), ("x", "other-x")])
def test_a_changed_number_is_a_nearby_one(value: object, near: object) -> None:
    assert other(value) == near
