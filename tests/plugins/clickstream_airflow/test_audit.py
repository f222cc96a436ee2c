from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from airflow.sdk.exceptions import AirflowFailException

from clickstream import checks, layout
from clickstream_airflow.audit import AuditOperator
from local_airflow.report import last_results
from tests.dags.clickstream.test_publication import DAY, finished_run
from tests.parquet import parquet, row
from tests.plugins.clickstream_airflow.tasks import finish


class Task:
    """What a task instance keeps."""

    def __init__(self):
        self.pushed = {}

    def xcom_push(self, key, value):
        self.pushed[key] = value


@pytest.fixture
def catalog(stack):
    return stack.catalog


def audited(catalog, rows, monkeypatch, **params):
    """Audits a run whose ledger says eight rows and whose file holds ``rows``; the task, and what it left."""
    run = finished_run(catalog)
    events = [{**row(f"e{number}", datetime(2024, 12, 25, 12), DAY, run), **change} for number, change in rows.items()]
    bucket = catalog.settings.name("processed_bucket")
    catalog.s3.put_object(Bucket=bucket, Key=layout.main_key(run, 0), Body=parquet(events))
    monkeypatch.setattr(
        "airflow.providers.amazon.aws.operators.athena.AthenaQueryResultsLink.persist", lambda **_: None
    )
    task = Task()
    context = {"ti": task, "params": {"max_quarantined_share": 0.05, "allow_empty": False, **params}}
    try:
        finish(AuditOperator(task_id="audit", run=run), context)
    finally:
        task.history = [result for result in last_results(catalog, run) if result.verdict != "pass"]
    return task


@pytest.mark.slow
def test_a_run_with_the_rows_of_its_ledger_passes(catalog, monkeypatch):
    task = audited(catalog, {number: {} for number in range(8)}, monkeypatch)
    assert {result["verdict"] for result in task.pushed["checks"] if result["severity"] == "fail"} == {"pass"}
    assert [result.check.name for result in task.history] == [
        f"null_share_{column}"
        for column in ("page_url", "anonymous_id", "user_id", "country", "device_type", "browser", "os")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "failed"),
    [
        ({number: {} for number in range(7)}, "rows_beyond_ledger"),
        ({number: {"event_id": "same"} for number in range(8)}, "repeated_event_ids"),
        ({number: {"event_type": "teleport"} for number in range(8)}, "unknown_event_types"),
        ({number: {"session_id": None} for number in range(8)}, "missing_session_id"),
        ({number: {"event_timestamp": datetime(2024, 12, 24, 12)} for number in range(8)}, "rows_outside_their_day"),
        ({number: {"event_timestamp": datetime(2024, 12, 26, 2)} for number in range(8)}, "events_in_the_future"),
        ({number: {"price": Decimal("-1.00")} for number in range(8)}, "negative_prices"),
        ({number: {"arrival_date": date(2024, 12, 24)} for number in range(8)}, "wrong_arrival_dates"),
        ({number: {"page_url": "https://a.example/?email=x"} for number in range(8)}, "unscrubbed_urls"),
        ({number: {"referrer": "https://user:pw@a.example/"} for number in range(8)}, "unscrubbed_urls"),
        ({number: {"device_type": "toaster"} for number in range(8)}, "unknown_device_types"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_run_that_breaks_a_rule_fails_for_good_and_is_recorded(catalog, monkeypatch, rows, failed):
    before = catalog.published_table()["StorageDescriptor"]["Location"]
    with pytest.raises(AirflowFailException, match=f"nothing is published: .*{failed} is"):
        audited(catalog, rows, monkeypatch)
    assert failed in [result.check.name for result in last_results(catalog, layout.run_id(DAY, "jr_1"))
                      if result.verdict == "fail"]  # fmt: skip
    assert catalog.published_table()["StorageDescriptor"]["Location"] == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("page_title", "write to jane@example.com", "emails_in_text"),
        ("search_query", "who is 203.0.113.9", "addresses_in_text"),
        ("properties", '{"contact":"jane@example.com"}', "emails_in_text"),
    ],
)
def test_what_looks_personal_in_a_text_is_warned_of(catalog, monkeypatch, column, value, check):
    task = audited(catalog, {number: {column: value} for number in range(8)}, monkeypatch)
    assert check in [result.check.name for result in task.history]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("last", "silent", "verdict"),
    [(datetime(2024, 12, 25, 12), 43200, "pass"), (datetime(2024, 12, 25, 11, 59, 58), 43202, "warn")],
)
def test_half_a_day_without_events_at_the_end_is_warned_of(catalog, monkeypatch, last, silent, verdict):
    rows = {number: {"event_timestamp": last - timedelta(hours=number)} for number in range(8)}
    audited(catalog, rows, monkeypatch)
    (result,) = [one for one in last_results(catalog, layout.run_id(DAY, "jr_1")) if one.check.name == checks.SILENCE]
    assert (result.value, result.verdict) == (silent, verdict)
