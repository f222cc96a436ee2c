"""The callback against the local AWS, with what Airflow gives it.."""

from datetime import timedelta

import pytest
from airflow.sdk.definitions.deadline import DeadlineReference
from airflow.serialization.decoders import decode_deadline_alert
from airflow.serialization.encoders import encode_deadline_alert

from clickstream.publication import publish
from clickstream_airflow import alerts
from clickstream_airflow.deadline import PUBLISHED_BY_SIX, alert_unpublished, deadline
from local_aws.stack import Stack
from tests.dags.clickstream.test_publication import DAY, finished_run
from tests.inbox import TOPIC_ARN, Inbox

RUN_ID = "scheduled__2024-12-26T00:00:00+00:00"


@pytest.fixture
def stack(worker, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CLICKSTREAM__ALERT_TOPIC_ARN", TOPIC_ARN)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/")
    stack = Stack(worker.endpoint_url)
    stack.create_buckets()
    return stack


@pytest.fixture
def inbox(stack):
    return Inbox(stack.endpoint_url, "deadline")


def late(run_type="scheduled"):
    """The context of a run that was not done in time."""
    return {
        "dag_run": {
            "dag_id": "clickstream_daily",
            "dag_run_id": RUN_ID,
            "run_type": run_type,
            "partition_key": str(DAY),
            "conf": None,
        }
    }


def test_the_scheduled_run_is_queued_at_midnight_and_due_at_six():
    assert PUBLISHED_BY_SIX.reference == DeadlineReference.DAGRUN_QUEUED_AT
    stored = encode_deadline_alert(PUBLISHED_BY_SIX)
    assert decode_deadline_alert(stored).interval == timedelta(hours=6)
    assert timedelta(seconds=stored["interval"]) == timedelta(hours=6), "as Airflow's Clear reads it"
    assert PUBLISHED_BY_SIX.callback.path == "clickstream_airflow.deadline.alert_unpublished"


def test_a_day_that_is_not_published_is_told(stack, inbox):
    stack.create_catalog()
    alert_unpublished(late())
    (message,) = inbox.messages()
    assert message.subject == f"[clickstream_local] {DAY}: not published in time"
    assert f"arrival day {DAY}: not published 6 hours after its run was queued." in message.text
    link = "https://airflow.example/dags/clickstream_daily/runs/scheduled__2024-12-26T00%3A00%3A00%2B00%3A00"
    assert f"Run: {link}" in message.text.splitlines()
    assert f"{alerts.RUNBOOK}, clickstream_daily, deadline" in message.text


def test_a_day_that_another_run_published_meanwhile_is_no_alert(stack, inbox):
    stack.create_catalog()
    publish(stack.catalog, {DAY: finished_run(stack.catalog)})
    alert_unpublished(late())
    assert inbox.messages() == []


@pytest.mark.parametrize("run_type", ["manual", "backfill", "asset_triggered"])
def test_who_asks_for_days_by_hand_has_no_deadline(stack, inbox, run_type):
    alert_unpublished(late(run_type))
    assert inbox.messages() == []


def test_what_cannot_be_read_counts_as_unpublished(stack, inbox):
    """There is no catalog."""
    alert_unpublished(late())
    (message,) = inbox.messages()
    assert "could not be read: EntityNotFoundException" in message.text


def test_a_snapshot_that_is_damaged_is_told_too(stack, inbox):
    stack.create_catalog()
    publish(stack.catalog, {DAY: finished_run(stack.catalog)})
    work = stack.name("work_bucket")
    for entry in stack.catalog.s3.list_objects_v2(Bucket=work, Prefix="snapshots/")["Contents"]:
        stack.catalog.s3.put_object(Bucket=work, Key=entry["Key"], Body=b"{")
    alert_unpublished(late())
    (message,) = inbox.messages()
    assert "could not be read: " in message.text


def test_a_dag_has_its_deadline_but_under_dags_test(monkeypatch):
    assert deadline() is PUBLISHED_BY_SIX
    monkeypatch.setattr("sys.argv", ["airflow", "dags", "test", "clickstream_daily"])
    assert deadline() is None
