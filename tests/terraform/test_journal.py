"""EventBridge picks failed runs out of what Glue tells, and nothing else."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from terraform_tree import Planned

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]


def job_event(**detail: object) -> dict[str, Any]:
    """Glue's event about a run, shortened."""
    return {
        "source": "aws.glue",
        "detail-type": "Glue Job State Change",
        "region": "eu-west-1",
        "detail": {"jobName": "clickstream-etl-dev", "state": "FAILED", "jobRunId": "jr_1", "message": "why", **detail},
    }


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """EventBridge's exact matching, which is all that our rules use."""
    return all(
        matches(wanted, event.get(name, {})) if isinstance(wanted, dict) else event.get(name) in wanted
        for name, wanted in pattern.items()
    )


def pattern_of(planned: Planner, rule: str) -> dict[str, Any]:
    found = planned("dev").of_type("aws_cloudwatch_event_rule")[f"aws_cloudwatch_event_rule.{rule}"]
    pattern: dict[str, Any] = json.loads(found["event_pattern"])
    return pattern


@pytest.mark.parametrize("state", ["FAILED", "TIMEOUT", "STOPPED", "ERROR"])
def test_a_run_that_did_not_succeed_is_picked_out(planned: Planner, state: str) -> None:
    assert matches(pattern_of(planned, "job_failures"), job_event(state=state))


@pytest.mark.parametrize("detail", [{"state": "SUCCEEDED"}, {"jobName": "clickstream-etl-prod"}])
def test_other_runs_are_not(planned: Planner, detail: Mapping[str, str]) -> None:
    assert not matches(pattern_of(planned, "job_failures"), job_event(**detail))


def test_the_rule_writes_to_the_journal_and_is_counted(planned: Planner) -> None:
    plan = planned("dev")
    rules = {one["name"] for one in plan.of_type("aws_cloudwatch_event_rule").values()}
    journal = plan.of_type("aws_sqs_queue")["aws_sqs_queue.journal"]["arn"]
    targets = plan.of_type("aws_cloudwatch_event_target").values()
    assert {(one["rule"], one["arn"]) for one in targets} == {(rule, journal) for rule in rules}
    alarms = plan.of_type("aws_cloudwatch_metric_alarm").values()
    counted = {one["dimensions"].get("RuleName") for one in alarms if one["namespace"] == "AWS/Events"}
    assert counted == rules
