"""The operator's own part; what is counted and judged: tests/dags/clickstream/test_verification.py, test_change.py."""

from contextlib import suppress

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.execution_time.context import OutletEventAccessors

from clickstream.verification import verify_query
from clickstream_airflow.verify import VerifyOperator
from local_airflow.environment import clickstream_options

DAYS = {"2024-12-25": {"main": "2024-12-25-jr_1", "main_rows": 8, "late": None, "late_rows": 0}}
LATE_DAY = {"2024-12-23": {"main": None, "main_rows": 0, "late": "merge-2024-12-23", "late_rows": 2}}
EVENTS = Asset("clickstream_events")


@pytest.fixture
def task(monkeypatch):
    for name, value in clickstream_options().items():
        monkeypatch.setenv(name, value)
    return VerifyOperator(task_id="verify", publication={"publication_id": "p1", "days": DAYS})


def test_it_asks_about_the_days_of_its_publication(task):
    assert task.build_query({}) == verify_query(DAYS)


def test_rows_as_they_must_be_are_returned(task):
    row = {"main_20241225": "8", "repeated_ids": "0", "view_rows": "8"}
    assert task.judge({}, row, "q1") == {"main_20241225": 8, "repeated_ids": 0, "view_rows": 8}


def test_wrong_rows_fail_for_good(task):
    row = {"main_20241225": "7", "repeated_ids": "0", "view_rows": "8"}
    with pytest.raises(AirflowFailException, match="Publication p1 is wrong: 7 rows of 2024-12-25-jr_1"):
        task.judge({}, row, "q1")


def judged(days, row):
    """The asset's event of a task that judged this row."""
    task = VerifyOperator(task_id="verify", publication={"publication_id": "p1", "days": days}, outlets=[EVENTS])
    context = {"outlet_events": OutletEventAccessors()}
    with suppress(AirflowFailException):
        task.judge(context, row, "q1")
    return context["outlet_events"][EVENTS]


def test_each_day_that_the_publication_touched_is_a_partition_of_the_asset(task):
    row = {"main_20241225": "8", "late_20241223": "2", "repeated_ids": "0", "view_rows": "10"}
    event = judged(DAYS | LATE_DAY, row)
    assert event.partition_keys == {"2024-12-23", "2024-12-25"}
    assert event.extra == {"publication_id": "p1"}


def test_wrong_rows_are_no_partition_of_the_asset(task):
    assert judged(DAYS, {"main_20241225": "7", "repeated_ids": "0", "view_rows": "8"}).partition_keys == set()
