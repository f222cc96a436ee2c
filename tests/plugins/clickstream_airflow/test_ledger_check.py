import pytest
from airflow.sdk.exceptions import AirflowFailException

from clickstream.publication import PublicationRefused
from clickstream_airflow import ledger_check
from clickstream_airflow.ledger_check import CheckLedgerOperator, summary
from local_airflow.environment import clickstream_options
from tests.dags.clickstream.builders import RUN, ledger


class Catalog:
    def __init__(self, found):
        self.found = found

    def read_ledger(self, run):
        if self.found is None:
            raise PublicationRefused(f"run {run} has no ledger")
        return self.found


class Task:
    def __init__(self):
        self.pushed = {}

    def xcom_push(self, key, value):
        self.pushed[key] = value


def check(monkeypatch, found):
    for name, value in clickstream_options().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(ledger_check, "catalog", lambda _: Catalog(found))
    task = Task()
    operator = CheckLedgerOperator(task_id="check_ledger", arrival_day="2024-12-25", job_run_id="jr_1")
    return operator.execute({"ti": task}), task.pushed


def test_the_run_id_and_the_counts_are_handed_on(monkeypatch):
    run, pushed = check(monkeypatch, ledger())
    assert run == RUN
    assert (pushed["ledger"]["records"], pushed["ledger"]["accepted"]) == (10, 8)


def test_a_run_without_a_ledger_fails_for_good(monkeypatch):
    with pytest.raises(AirflowFailException, match=f"run {RUN} has no ledger"):
        check(monkeypatch, None)


def test_a_ledger_that_does_not_balance_fails_for_good(monkeypatch):
    with pytest.raises(AirflowFailException, match="does not balance: 11 records"):
        check(monkeypatch, ledger(lines=11))


def test_no_key_of_an_object_goes_into_the_xcom():
    assert "events/" not in str(summary(ledger()))
