from datetime import date
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from airflow.sdk.exceptions import AirflowFailException

from clickstream_airflow.arrival_day import AwaitDayClosedOperator, arrival_day
from clickstream_airflow.day_link import DAY
from tests.plugins.clickstream_airflow.tasks import finish

TODAY = date(2024, 12, 27)


@pytest.mark.parametrize(
    ("key", "param"),
    [("2024-12-25", None), (None, "2024-12-25"), ("2024-12-25", "2024-12-25"), ("2024-12-25", "")],
    ids=["partition key", "parameter", "both and equal", "parameter empty"],
)
def test_the_day_comes_from_the_partition_key_or_the_parameter(key, param):
    assert arrival_day(key, {"arrival_day": param}, TODAY) == date(2024, 12, 25)


@pytest.mark.parametrize(
    ("key", "param", "message"),
    [
        (None, None, "No arrival day: give the day as the run's partition key"),
        ("", "", "No arrival day: give"),
        ("2024-12-25", "2024-12-24", "Two arrival days: partition key '2024-12-25'.*'2024-12-24'; give one"),
        (None, "2026-13-40", "expected a real date written YYYY-MM-DD, got '2026-13-40'; give"),
        (None, "../x", "expected a real date"),
        ("2024-12-25T00:00:00", None, "expected a real date"),
        (None, "2024-12-28", "2024-12-28 has not begun"),
    ],
)
def test_what_is_no_day_fails_for_good_and_says_what_to_give(key, param, message):
    with pytest.raises(AirflowFailException, match=message):
        arrival_day(key, {"arrival_day": param}, TODAY)


def test_the_day_is_returned_and_told_to_the_links_of_all_tasks():
    task, run = MagicMock(), SimpleNamespace(partition_key="2024-12-25")
    context = {"ti": task, "dag_run": run, "params": {}}
    assert finish(AwaitDayClosedOperator(task_id="wait"), context) == "2024-12-25"
    task.xcom_push.assert_called_once_with(key=DAY, value="2024-12-25")


def test_today_may_be_given_and_is_waited_for():
    assert arrival_day(None, {"arrival_day": str(TODAY)}, TODAY) == TODAY
