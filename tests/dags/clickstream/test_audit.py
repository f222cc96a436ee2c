"""The audit through the local Athena. Each check's own test: tests/plugins/clickstream_airflow/test_audit.py."""

import json

import pytest

from clickstream import athena, layout
from clickstream.audit import audit, checks_of, failure, record
from clickstream.checks import Check, Result
from tests.dags.clickstream.builders import RUN, ledger
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, put_rows, run_of


def result(value, severity="fail", name="rows"):
    return Result(Check(name, "count(*)", severity, "d", minimum=1), value)


def history(catalog, run):
    """What `quality/` says of a run, oldest first."""
    bucket = catalog.settings.name("work_bucket")
    keys = sorted(entry["Key"] for entry in catalog.list_objects("work_bucket", layout.quality_prefix(run)))
    return [json.loads(catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]


def test_a_failed_check_is_named_with_value_and_bound():
    text = failure("run-1", [result(0), result(5, name="other")])
    assert text == "1 of 2 checks of run-1 failed, nothing is published: rows is 0, expected >= 1"


def test_no_answer_fails():
    assert "rows is None" in failure("run-1", [result(None)])


def test_warnings_and_passes_are_no_failure():
    assert failure("run-1", [result(0, severity="warn"), result(1)]) is None


def test_the_share_and_the_permission_of_emptiness_reach_the_checks(catalog):
    made = {check.name: check for check in checks_of(catalog, ledger(), 0.25, allow_empty=True)}
    assert (made["quarantined_share"].maximum, made["rows"].minimum) == (0.25, 0)


def test_every_check_run_is_recorded_beside_the_former(catalog):
    record(catalog, ledger(), [result(1)], "q1")
    record(catalog, ledger(), [result(0)], "q2")
    first, second = history(catalog, RUN)
    assert (first["query_id"], second["query_id"]) == ("q1", "q2")
    assert (second["arrival_day"], second["run_id"]) == ("2024-12-25", RUN)
    assert second["ledger"] == ledger().summary()
    assert [check["verdict"] for check in second["checks"]] == ["fail"]


@pytest.mark.slow
def test_a_run_with_the_rows_of_its_ledger_passes_and_is_recorded(catalog):
    run = run_of(catalog, FIFTH, {FIFTH: ["b", "c"], THIRD: ["late"]})
    results = audit(catalog, run, 0.05, allow_empty=False)
    assert failure(run, results) is None
    (document,) = history(catalog, run)
    assert [check["name"] for check in document["checks"]] == [one.check.name for one in results]
    assert athena.rows_of(catalog.athena, document["query_id"])[0]["rows"] == "3"


@pytest.mark.slow
def test_a_run_with_other_rows_than_its_ledgers_fails_and_is_recorded(catalog):
    run = run_of(catalog, FIFTH, {FIFTH: ["b", "c"]})
    put_rows(catalog, run, FIFTH, FIFTH, ["b"])
    assert "rows_beyond_ledger is -1.0, expected 0" in failure(run, audit(catalog, run, 0.05, allow_empty=False))
    (document,) = history(catalog, run)
    assert "fail" in {check["verdict"] for check in document["checks"]}


def test_an_answer_without_a_row_passes_no_check(catalog, monkeypatch):
    run = run_of(catalog, FIFTH, {FIFTH: ["b"]})
    monkeypatch.setattr(athena, "rows_of", lambda *_: [])
    results = audit(catalog, run, 0.05, allow_empty=True)
    assert {one.value for one in results} == {None}
    assert failure(run, results)
