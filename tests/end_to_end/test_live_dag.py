"""The hourly DAG under the real scheduler: today's events can be queried before any daily run, and the janitor runs."""

import time
from datetime import UTC, datetime

import pytest

from clickstream import layout
from local_airflow.backfill import tasks
from tests.end_to_end.raw_events import expected, land, shown

pytestmark = pytest.mark.slow
DAG_ID = "clickstream_live"
PATIENCE = 120  # seconds: from the raw object to the function's file


@pytest.fixture(scope="module")
def today():
    return datetime.now(UTC).date()


@pytest.fixture(scope="module")
def arrived(pipeline, today):
    """An object has landed, S3 has told the function of it, and the function has written its rows."""
    land(pipeline.catalog, today, "live", [("live", today), ("again", today)])
    deadline = time.monotonic() + PATIENCE
    while not list(pipeline.catalog.list_objects("processed_bucket", layout.partition_path(today))):
        assert time.monotonic() < deadline, pipeline.aws.log.read_text()[-3000:]
        time.sleep(0.5)


def test_todays_events_are_shown_after_the_hourly_run_and_its_tasks_are_green(pipeline, today, arrived):
    assert shown(pipeline.catalog, today) == {}
    before = {run["dag_run_id"] for run in live_runs(pipeline)}
    assert pipeline.run_by_form({}, dag_id=DAG_ID) == "success"
    (run,) = {one["dag_run_id"] for one in live_runs(pipeline)} - before
    assert {one["task_id"]: one["state"] for one in tasks(pipeline.airflow, run, DAG_ID)} == {
        "crawl": "success", "clean": "success",
    }  # fmt: skip
    assert shown(pipeline.catalog, today) == expected({today: ["live", "again"]})


def live_runs(pipeline):
    return list(pipeline.airflow.api.pages(f"/api/v2/dags/{DAG_ID}/dagRuns", "dag_runs"))
