"""Messages really arrive: through the SNS of the local AWS. From whole runs: tests/end_to_end/test_alerts.py."""

import logging
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from airflow.sdk.exceptions import AirflowFailException

from clickstream.checks import Check, Result
from clickstream_airflow import alerts
from tests.inbox import TOPIC_ARN, Inbox
from tests.plugins.clickstream_airflow.tasks import task_environment

LOG = "http://127.0.0.1:8080/dags/clickstream_daily/runs/r/tasks/audit?try_number=1"
ROWS = Result(Check("rows", "count(*)", "fail", "Some.", minimum=1), 0.0)
EMAILS = Result(Check("emails_in_text", "count(*)", "warn", "None.", minimum=0, maximum=0), 3.0)
PASSED = Result(Check("repeated_event_ids", "count(*)", "fail", "None.", minimum=0, maximum=0), 0.0)


@pytest.fixture
def without_topic(monkeypatch):
    for name, value in task_environment("http://127.0.0.1:9").items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def inbox(worker, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CLICKSTREAM__ALERT_TOPIC_ARN", TOPIC_ARN)
    return Inbox(worker.endpoint_url, "alerts")


def context(*results, task_id="audit", partition_key="2024-12-25", **more):
    """Of a task that made these checks."""
    documents = [result.to_dict() for result in results] or None
    task = SimpleNamespace(
        dag_id="clickstream_daily",
        task_id=task_id,
        log_url=LOG,
        xcom_pull=lambda task_ids, key: documents if (task_ids, key) == (task_id, "checks") else None,
    )
    return {"ti": task, "dag_run": SimpleNamespace(partition_key=partition_key), "params": {}, **more}


def test_a_failed_audit_tells_day_check_value_bound_and_link(inbox):
    alerts.task_failed(context(ROWS, EMAILS, PASSED))
    (message,) = inbox.messages()
    assert message.subject == "[clickstream_local] 2024-12-25: audit failed"
    lines = [" ".join(line.split()) for line in message.text.splitlines()]
    assert "clickstream_daily, arrival day 2024-12-25: audit failed." in lines
    assert {"fail rows 0 >= 1", "warn emails_in_text 3 0"} <= set(lines)
    assert "repeated_event_ids" not in message.text
    assert f"Log: {LOG}" in lines
    assert "What to do: docs/runbook.md, clickstream_daily, audit" in lines


def test_the_text_of_an_error_is_never_in_a_message(inbox):
    error = AirflowFailException("Glue run jr_1 ended FAILED: cannot parse jane@example.com")
    alerts.task_failed(context(task_id="await_transform", exception=error))
    (message,) = inbox.messages()
    assert "await_transform failed" in message.subject
    assert "jane" not in message.text


def test_a_failure_is_told_although_its_checks_cannot_be_read(inbox):
    failed = context(ROWS)
    failed["ti"].xcom_pull = Mock(side_effect=TimeoutError("the API server is busy"))
    alerts.task_failed(failed)
    (message,) = inbox.messages()
    assert message.subject == "[clickstream_local] 2024-12-25: audit failed"


def test_an_audit_with_warnings_tells_them(inbox):
    alerts.checks_warned(context(EMAILS, PASSED))
    (message,) = inbox.messages()
    assert message.subject == "[clickstream_local] 2024-12-25: audit passed, warnings: 1"
    assert "emails_in_text" in message.text


def test_an_audit_without_warnings_is_silent(inbox):
    alerts.checks_warned(context(PASSED))
    assert inbox.messages() == []


def test_nothing_in_a_message_is_a_template_and_no_subject_is_too_long_for_sns(inbox):
    alerts.send("x" * 200, ["{{ 1 + 1 }}"])
    (message,) = inbox.messages()
    assert message.text == "{{ 1 + 1 }}"
    assert len(message.subject) == 100


def test_without_a_topic_the_message_goes_to_the_log(without_topic, caplog):
    with caplog.at_level(logging.WARNING, logger=alerts.log.name):
        alerts.task_failed(context(ROWS))
    assert "no clickstream.alert_topic_arn is set" in caplog.text
    assert "audit failed" in caplog.text
    assert ">= 1" in caplog.text


def test_a_killed_task_of_which_airflow_gives_no_run_has_its_message_too(without_topic, caplog):
    given = {"ti": context(task_id="publish")["ti"]}
    alerts.task_failed(given)
    assert "clickstream_daily: publish failed" in caplog.text


@pytest.mark.parametrize(
    ("partition_key", "params", "day"),
    [
        ("2024-12-25", {}, "2024-12-25"),
        (None, {"arrival_day": "2024-12-26"}, "2024-12-26"),
        ("../x", {"arrival_day": "2024-12-26"}, "2024-12-26"),
        ("jane@example.com", {}, None),
        (None, {"arrival_day": None}, None),
    ],
)
def test_what_is_no_day_is_not_repeated(partition_key, params, day):
    assert alerts.day_given(partition_key, params) == day
