"""What a run tells others: alerts through SNS, and the asset's events, with the consumer of docs/assets.md.

By `airflow dags test`, with copies of the DAGs: one in which a check cannot pass, one with the consumer beside them.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clickstream.snapshots import MAIN
from local_airflow.environment import REPOSITORY, airflow_environment
from local_airflow.scheduler import airflow
from tests.end_to_end.raw_events import event_id, land, land_text
from tests.inbox import TOPIC_ARN, Inbox

pytestmark = pytest.mark.slow
REFUSED, WARNED, LATE = date(2016, 5, 1), date(2016, 5, 4), date(2016, 5, 3)
DOCUMENT = REPOSITORY / "docs" / "assets.md"
CONSUMER = "daily_revenue"


class OwnAirflow:
    """Airflow's commands with a database of their own, and messages to the topic of the alarms."""

    def __init__(self, home: Path, endpoint_url: str) -> None:
        self._home = home
        self._environment = airflow_environment(home, f"sqlite:///{home / 'airflow.db'}", endpoint_url)
        self._environment["AIRFLOW__CLICKSTREAM__ALERT_TOPIC_ARN"] = TOPIC_ARN
        self.run("db", "migrate", dags=REPOSITORY / "dags")

    def run(self, *arguments: str, dags: Path, **more: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(dags), self._environment["PYTHONPATH"]])
        environment = {**self._environment, "AIRFLOW__CORE__DAGS_FOLDER": str(dags), "PYTHONPATH": path, **more}
        command = airflow(*arguments)
        return subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=500)

    def dags_test(self, day: date, dags: Path) -> subprocess.CompletedProcess[str]:
        return self.run("dags", "test", "clickstream_daily", "--conf", json.dumps({"arrival_day": str(day)}), dags=dags)

    def schedule(self, dag_id: str, dags: Path) -> list[str]:
        """The partition keys of the runs that the scheduler makes of a DAG; no task begins, other DAGs are paused."""
        self.ask(f"UPDATE dag SET is_paused = (dag_id <> '{dag_id}')")
        self.ask("UPDATE slot_pool SET slots = 0")
        self.run("scheduler", "--num-runs", "2", dags=dags, AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE="True")
        return [key for (key,) in self.ask(f"SELECT partition_key FROM dag_run WHERE dag_id = '{dag_id}' ORDER BY 1")]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._home / "airflow.db")) as database, database:
            return database.execute(sql).fetchall()

    def asset_events(self) -> dict[str, dict[str, Any]]:
        """Extra by partition key."""
        rows = self.ask("SELECT partition_key, extra FROM asset_event ORDER BY partition_key")
        return {key: json.loads(extra) for key, extra in rows}


@pytest.fixture(scope="module")
def own_airflow(pipeline, tmp_path_factory) -> OwnAirflow:
    return OwnAirflow(tmp_path_factory.mktemp("airflow"), pipeline.aws.endpoint_url)


@pytest.fixture
def inbox(pipeline, request) -> Inbox:
    return Inbox(pipeline.aws.endpoint_url, request.node.name[:80])


@pytest.fixture
def dags_with(tmp_path) -> Callable[[Callable[[Path], None]], Path]:
    """A copy of the DAGs, changed."""

    def copy(change: Callable[[Path], None]) -> Path:
        folder = tmp_path / "dags"
        shutil.copytree(REPOSITORY / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
        change(folder)
        return folder

    return copy


def a_check_that_cannot_pass(folder: Path) -> None:
    file = folder / "clickstream" / "checks" / "accepted.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["checks"][0]["min"] = 1000  # rows
    file.write_text(json.dumps(document), encoding="utf-8")


def the_consumer_of_the_document(folder: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (folder / f"{CONSUMER}.py").write_text(code, encoding="utf-8")


def test_a_failed_check_is_told_and_leaves_no_event(pipeline, own_airflow, inbox, dags_with):
    land(pipeline.catalog, REFUSED, "one", [("refused", REFUSED)])
    done = own_airflow.dags_test(REFUSED, dags_with(a_check_that_cannot_pass))
    messages = inbox.messages()
    assert [message.subject for message in messages] == [f"[clickstream_local] {REFUSED}: audit failed"], done.stdout
    assert re.search(r"^fail +rows +1 +>= 1000$", messages[0].text, re.MULTILINE)
    assert re.search(r"^Log: http://127.0.0.1:\d+/dags/clickstream_daily/runs/.*/tasks/audit\b", messages[0].text, re.M)
    assert pipeline.catalog.current_snapshot().of_kind(MAIN, REFUSED) is None
    assert own_airflow.asset_events() == {}


def test_a_warning_is_told_and_each_day_that_changed_has_its_event(pipeline, own_airflow, inbox, dags_with):
    """A run from the form: it has no partition key of its own."""
    event = {
        "event_id": event_id("warned"),
        "event_type": "page_view",
        "event_timestamp": f"{WARNED}T12:00:00Z",
        "session_id": "s1",
        "page_title": "Write to jane@example.com",
    }
    land_text(pipeline.catalog, WARNED, "one", json.dumps(event) + "\n")
    land(pipeline.catalog, WARNED, "two", [("late", LATE)])
    dags = dags_with(the_consumer_of_the_document)
    own_airflow.run("dags", "reserialize", dags=dags)

    done = own_airflow.dags_test(WARNED, dags)
    (message,) = inbox.messages()
    assert re.search(r"^warn +emails_in_text +1 +0$", message.text, re.MULTILINE), done.stdout
    assert f"{WARNED}: audit passed, warnings: " in message.subject
    assert "jane" not in message.text

    events = own_airflow.asset_events()
    assert list(events) == [str(LATE), str(WARNED)]
    (shown,) = {event["publication_id"] for event in events.values()}
    location = pipeline.catalog.published_table()["StorageDescriptor"]["Location"]
    assert location.rstrip("/").endswith(shown)

    assert own_airflow.schedule(CONSUMER, dags) == [str(LATE), str(WARNED)]


def test_the_scheduler_tells_that_yesterday_is_not_published_in_time(pipeline, tmp_path, inbox):
    """Its run is made by the schedule and goes no further; then its deadline has passed.

    In a database of its own: `airflow dags test` leaves the DAG behind without its deadline.
    """
    own_airflow = OwnAirflow(tmp_path, pipeline.aws.endpoint_url)
    dags, yesterday = REPOSITORY / "dags", datetime.now(UTC).date() - timedelta(days=1)
    own_airflow.run("dags", "reserialize", dags=dags)
    assert str(yesterday) in own_airflow.schedule("clickstream_daily", dags)
    own_airflow.run("scheduler", "--num-runs", "3", dags=dags)
    assert inbox.messages() == []
    own_airflow.ask("UPDATE deadline SET deadline_time = '2024-01-01 00:00:00'")
    said = own_airflow.run("scheduler", "--num-runs", "8", dags=dags)
    (message,) = inbox.messages()
    assert message.subject == f"[clickstream_local] {yesterday}: not published in time", said.stdout
    assert f"arrival day {yesterday}: not published 6 hours after its run was queued." in message.text
