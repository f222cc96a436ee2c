"""Alarms on metrics of our own wait for what is really sent, by somebody who may send it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from terraform_tree import Planned

from clickstream import metrics
from tests.dags.clickstream.builders import ledger
from tests.terraform.guards_access import may
from tests.terraform.iam import Call

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]
WHO_SENDS = {"quarantined-share": ("glue-job",), "publication-age": ("glue-job", "airflow")}


class CloudWatch:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def put_metric_data(self, **arguments: Any) -> None:
        self.told = arguments


def sent(alarm: str, environment: str) -> dict[str, Any]:
    """PutMetricData's arguments, as the code sends what an alarm waits for."""
    cloudwatch = CloudWatch()
    if alarm == "quarantined-share":
        metrics.send_quarantined_share(cloudwatch, environment, ledger(), pytest.fail)
    else:
        metrics.send_published_days(cloudwatch, environment, 1, pytest.fail)
    return cloudwatch.told


def alarms_of_our_own(planned: Planned) -> dict[str, Any]:
    environment = planned.outputs["environment"]
    found = planned.of_type("aws_cloudwatch_metric_alarm").values()
    ours = [alarm for alarm in found if not alarm["namespace"].startswith("AWS/")]
    return {one["alarm_name"].removeprefix("clickstream-").removesuffix(f"-{environment}"): one for one in ours}


def waits_for(alarm: dict[str, Any]) -> dict[str, Any]:
    """Which metric an alarm looks at. One with a unit would take no other."""
    return {name: alarm.get(name) for name in ("namespace", "metric_name", "dimensions", "unit")}


def describes(told: dict[str, Any]) -> dict[str, Any]:
    """The metric that was sent, as an alarm without a unit names it."""
    (data,) = told["MetricData"]
    dimensions = {one["Name"]: one["Value"] for one in data["Dimensions"]}
    return {"namespace": told["Namespace"], "metric_name": data["MetricName"], "dimensions": dimensions, "unit": None}


def test_what_alarms_of_our_own_metrics_wait_for_is_sent(each: Planned) -> None:
    alarms = alarms_of_our_own(each)
    assert alarms.keys() == WHO_SENDS.keys()
    for name, alarm in alarms.items():
        assert waits_for(alarm) == describes(sent(name, each.outputs["environment"])), name


@pytest.mark.parametrize(
    "change",
    [
        {"namespace": "Clicks"},
        {"metric_name": "Share"},
        {"dimensions": {"Environment": "prod"}},
        {"dimensions": {}},
        {"unit": "Percent"},
    ],
    ids=str,
)
def test_an_alarm_that_waits_for_another_metric_is_seen(planned: Planner, change: dict[str, Any]) -> None:
    alarm = alarms_of_our_own(planned("dev"))["quarantined-share"]
    assert waits_for(alarm | change) != describes(sent("quarantined-share", "dev"))


def test_who_sends_it_may(each: Planned) -> None:
    for name, actors in WHO_SENDS.items():
        namespace = sent(name, "dev")["Namespace"]
        call = Call("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": namespace})
        assert [actor for actor in actors if not may(each, actor, call)] == []


def test_a_day_just_above_the_share_raises_the_alarm_and_one_at_it_does_not(planned: Planner) -> None:
    alarm = alarms_of_our_own(planned("dev"))["quarantined-share"]
    assert (alarm["statistic"], alarm["comparison_operator"]) == ("Maximum", "GreaterThanThreshold")
    (data,) = sent("quarantined-share", "dev")["MetricData"]
    assert 0 < alarm["threshold"] < 1
    assert 0 <= data["Value"] <= 1, "both are shares, not per cent"


def test_the_dashboard_shows_the_same_metrics(planned: Planner) -> None:
    (board,) = planned("dev").of_type("aws_cloudwatch_dashboard").values()
    shown = [
        metric for one in json.loads(board["dashboard_body"])["widgets"] for metric in one["properties"]["metrics"]
    ]
    ours = {metric[1] for metric in shown if metric[0] == sent("publication-age", "dev")["Namespace"]}
    assert ours == {alarm["metric_name"] for alarm in alarms_of_our_own(planned("dev")).values()}
