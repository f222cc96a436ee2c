"""Alerts, to the SNS topic of `clickstream.alert_topic_arn` or, without one, to the task's log.

A message is made of days, ids, counts and links. The text of an error is never in it: Glue's own messages, say, may
quote a value of the data. It stands in the task's log, to which the message links, behind Airflow's login.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
from airflow.sdk import Context

from clickstream import layout
from clickstream.checks import PASS, Result
from clickstream_airflow import tables
from clickstream_airflow.configuration import airflow_settings

RUNBOOK = "docs/runbook.md"
_MAX_SUBJECT = 100  # characters: SNS refuses longer ones

log = logging.getLogger(__name__)


def task_failed(context: Context) -> None:
    """``on_failure_callback`` of every task: it failed for good. An audit's message names each check with its bound."""
    _tell(context, "failed", _results(context))


def checks_warned(context: Context) -> None:
    """``on_success_callback`` of the audit: the run may be published, and some checks of severity warn did not pass."""
    if results := _results(context):
        _tell(context, f"passed, warnings: {len(results)}", results)


def send(subject: str, lines: Sequence[str]) -> None:
    """Publishes one message, or logs it where no topic is set. Nothing in it is rendered as a template."""
    settings = airflow_settings()
    message = "\n".join(lines)
    if not settings.alert_topic_arn:
        log.warning("Alert (no clickstream.alert_topic_arn is set): %s\n%s", subject, message)
        return
    notifier: Any = SnsNotifier(
        target_arn=settings.alert_topic_arn,
        subject=f"[{settings.name('database')}] {subject}"[:_MAX_SUBJECT],
        message=message,
        region_name=settings.region,
    )
    notifier.notify({})  # untyped


def day_given(partition_key: str | None, params: Mapping[str, Any]) -> str | None:
    """The arrival day of a run as it was asked for; None where there is none, for what is no day is not repeated."""
    for text in (partition_key, params.get("arrival_day")):
        try:
            return str(layout.parse_day(text))
        except ValueError:
            continue
    return None


def _tell(context: Context, what: str, results: Sequence[Result]) -> None:
    task = context["ti"]
    # Of a task whose process was killed Airflow may not give the run.
    day = day_given(getattr(context.get("dag_run"), "partition_key", None), context.get("params") or {})
    lines = [
        f"{task.dag_id}{f', arrival day {day}' if day else ''}: {task.task_id} {what}.",
        *(["", tables.results(results)] if results else []),
        "",
        f"Log: {task.log_url}",
        f"What to do: {RUNBOOK}, {task.dag_id}, {task.task_id}",
    ]
    send(f"{day or task.dag_id}: {task.task_id} {what}", lines)


def _results(context: Context) -> list[Result]:
    """What did not pass of the checks that this task made; none of a task that makes no checks."""
    task = context["ti"]
    try:
        documents = task.xcom_pull(task_ids=task.task_id, key="checks") or []
    except Exception:  # whatever it is, the failure is told, if without its checks
        log.exception("The checks of %s cannot be read for the alert.", task.task_id)
        return []
    return [result for result in map(Result.from_dict, documents) if result.verdict != PASS]
