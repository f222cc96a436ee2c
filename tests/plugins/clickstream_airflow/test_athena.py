from datetime import timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowException, TaskDeferred

from clickstream_airflow.athena import JudgeRowOperator
from clickstream_airflow.triggers import PatientAthenaTrigger
from local_airflow.environment import clickstream_options


class CountOperator(JudgeRowOperator):
    def build_query(self, context):
        return "SELECT 1 AS one"

    def judge(self, context, row, query_id):
        return row


def answer(*rows):
    return {"ResultSet": {"Rows": [{"Data": [{"VarCharValue": x} if x else {} for x in row]} for row in rows]}}


@pytest.fixture
def operator(monkeypatch):
    for name, value in clickstream_options(poll_seconds=7).items():
        monkeypatch.setenv(name, value)
    made = CountOperator(task_id="count", execution_timeout=timedelta(minutes=30))
    hook = SimpleNamespace(
        run_query=lambda *_: "query-1",
        get_query_results=lambda _: answer(("one", "two"), ("1", None)),
        conn_region_name="eu-west-1",
        conn_partition="aws",
    )
    monkeypatch.setattr(CountOperator, "hook", hook)
    monkeypatch.setattr(
        "airflow.providers.amazon.aws.operators.athena.AthenaQueryResultsLink.persist", lambda **_: None
    )
    return made


def test_the_query_is_awaited_without_a_worker_patiently_and_not_for_ever(operator):
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute({})
    assert isinstance(deferred.value.trigger, PatientAthenaTrigger)
    assert deferred.value.trigger.waiter_delay == 7
    assert deferred.value.timeout == timedelta(minutes=30)


def test_the_one_row_is_judged(operator):
    assert operator.execute_complete({}, {"status": "success", "value": "query-1"}) == {"one": "1", "two": None}


@pytest.mark.parametrize(
    ("found", "rows"),
    [(answer(("one",)), 0), (answer(("one",), ("1",), ("2",)), 2), (None, 0)],
    ids=["no row", "two rows", "no answer"],
)
def test_anything_but_one_row_is_an_error(operator, monkeypatch, found, rows):
    monkeypatch.setattr(operator.hook, "get_query_results", lambda _: found)
    with pytest.raises(AirflowException, match=f"query-1: expected one row, got {rows}"):
        operator.only_row("query-1")


def test_a_query_that_failed_is_an_error(operator):
    with pytest.raises(AirflowException):
        operator.execute_complete({}, {"status": "failed", "value": "query-1"})
