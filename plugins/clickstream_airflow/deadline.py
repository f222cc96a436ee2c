"""The deadline of the scheduled run: its day is published six hours after it was queued, at midnight UTC as a rule."""

import logging
import sys
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import conf
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from clickstream import layout
from clickstream.snapshots import MAIN
from clickstream_airflow import alerts
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings

PUBLISHED_WITHIN = timedelta(hours=6)  # from midnight UTC, when the schedule queues the run of yesterday

log = logging.getLogger(__name__)


def alert_unpublished(context: dict[str, Any]) -> None:
    """Called by Airflow when a run was not done in time; ``context`` is what it has of the run (``dag_run``, a dict).

    Only the scheduled run of a day has a deadline: who backfills asks for many days at once, and looks. What counts is
    what readers see: where another run published the day meanwhile, all is well.
    """
    run = context["dag_run"]
    if run["run_type"] != "scheduled":
        return
    day = layout.parse_day(run["partition_key"])
    found = _published(day)
    if found is True:
        log.info("Run %s is late, and %s is published.", run["dag_run_id"], day)
        return
    hours = PUBLISHED_WITHIN.total_seconds() / 3600
    lines = [
        f"{run['dag_id']}, arrival day {day}: not published {hours:g} hours after its run was queued.",
        *([f"(What is published could not be read: {found}.)"] if found else []),
        "",
        f"Run: {_link(run)}",
        f"What to do: {alerts.RUNBOOK}, {run['dag_id']}, deadline",
    ]
    alerts.send(f"{day}: not published in time", lines)


def _published(day: date) -> bool | str:
    """Whether readers see a run of the day; the kind of error where that cannot be read, which is never a yes."""
    try:
        return catalog(airflow_settings()).current_snapshot().of_kind(MAIN, day) is not None
    except Exception as error:  # whatever it is: nobody else would tell
        return type(error).__name__


def _link(run: dict[str, Any]) -> str:
    base = conf.get("api", "base_url", fallback="").rstrip("/")
    return f"{base}/dags/{run['dag_id']}/runs/{quote(run['dag_run_id'])}"


# By when it was queued, since a partitioned run has no logical date. Carried out by the executor, which puts the DAGs'
# folder on the path; a triggerer may not find the package `clickstream`.
PUBLISHED_BY_SIX = DeadlineAlert(
    name="published by 06:00 UTC",
    reference=DeadlineReference.DAGRUN_QUEUED_AT,
    # As seconds, which Airflow 3.3.1 takes, too: of a timedelta it stores what its Clear cannot read, and answers 500
    # (https://github.com/apache/airflow/issues/70368).
    interval=PUBLISHED_WITHIN.total_seconds(),  # type: ignore[arg-type]
    callback=SyncCallback(alert_unpublished),
)


def deadline() -> DeadlineAlert | None:
    """The DAG's. None under ``airflow dags test``: 3.3.1 makes no row of it there, asks for it, and fails."""
    return None if sys.argv[1:3] == ["dags", "test"] else PUBLISHED_BY_SIX
