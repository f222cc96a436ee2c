"""A published day is told to CloudWatch; other commits are not, or they would hide that no day is published."""

import pytest
from airflow.sdk.exceptions import AirflowFailException

from clickstream.publication import publish
from clickstream_airflow.change import ChangeOperator
from clickstream_airflow.publish import PublishOperator
from tests.dags.clickstream.test_late_rows import FIFTH, run_of, shown
from tests.plugins.clickstream_airflow.tasks import finish

pytestmark = pytest.mark.slow
RUN = "2024-12-05-jr_1"


def told(stack) -> list[str]:
    found = stack.client("cloudwatch").list_metrics(Namespace="Clickstream")["Metrics"]
    return [one["MetricName"] for one in found]


def test_a_published_day_is_told(stack):
    finish(PublishOperator(task_id="publish", run=run_of(stack.catalog, FIFTH, {FIFTH: ["a"]})))
    assert shown(stack.catalog) == {"2024-12-05": ["a"]}
    assert told(stack) == ["PublishedDays"]


def test_a_day_that_is_refused_is_not(stack):
    with pytest.raises(AirflowFailException, match="Not published"):
        finish(PublishOperator(task_id="publish", run=RUN))
    assert told(stack) == []


def test_a_withdrawal_is_not(stack):
    publish(stack.catalog, {FIFTH: run_of(stack.catalog, FIFTH, {FIFTH: ["a"]})})
    finish(ChangeOperator(task_id="change", request={"action": "withdraw", "arrival_day": str(FIFTH), "run_id": None}))
    assert shown(stack.catalog) == {}
    assert told(stack) == []


def test_a_metric_that_cannot_be_sent_fails_nothing(stack, monkeypatch):
    class Unreachable:
        def put_metric_data(self, **_):
            raise ConnectionError

    monkeypatch.setattr("clickstream_airflow.publish.cloudwatch", lambda settings: Unreachable())
    operator = PublishOperator(task_id="publish", run=run_of(stack.catalog, FIFTH, {FIFTH: ["a"]}))
    warned = []
    monkeypatch.setattr(operator.log, "warning", warned.append)
    assert finish(operator)["publication_id"]
    assert warned == ["the metric Clickstream/PublishedDays = 1 of local was not sent: ConnectionError"]
