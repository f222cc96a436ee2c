"""One `make airflow`, as a user starts it, for all end-to-end tests: they use different arrival days."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from clickstream.ledger import Ledger
from clickstream.publication import Catalog
from clickstream.snapshots import MAIN
from local_airflow import events
from local_airflow.api import AirflowApi
from local_airflow.backfill import ALL, Backfill, await_run, follow, is_backfilling, runs, trigger
from local_airflow.environment import REPOSITORY, airflow_environment
from local_airflow.login import Login
from local_airflow.scheduler import airflow
from local_aws.safety import local_environment
from local_aws.stack import Stack
from tests.end_to_end import backfilled_days
from tests.end_to_end.backfilled_days import FIRST, BackfilledDays
from tests.local_airflow.made_airflow import login_of, make_airflow


@dataclass(frozen=True)
class LocalAws:
    endpoint_url: str
    log: Path


@dataclass(frozen=True)
class Airflow:
    url: str
    login: Login
    home: Path
    api: AirflowApi


@dataclass(frozen=True)
class Pipeline:
    """Everything that is up, and what a user would do with it."""

    aws: LocalAws
    airflow: Airflow
    stack: Stack

    @property
    def catalog(self) -> Catalog:
        return self.stack.catalog

    def send(self, script: str, *arguments: str, summary: Path) -> dict[str, Any]:
        """Runs a producer script, each event arriving in its own hour; returns its summary."""
        command = [
            sys.executable, f"scripts/{script}", *arguments, "--stream-name", self.stack.name("stream"),
            "--arrival", "replay", "--endpoint-url", self.aws.endpoint_url, "--summary-json", str(summary),
        ]  # fmt: skip
        environment = local_environment(self.aws.endpoint_url, os.environ)
        subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
        return json.loads(summary.read_text())

    def run_by_form(
        self, conf: dict[str, Any], partition_key: str | None = None, dag_id: str = "clickstream_daily"
    ) -> str:
        """The state in which a manual run ended."""
        return await_run(self.airflow, trigger(self.airflow, conf, partition_key, dag_id), timeout=600, dag_id=dag_id)

    def backfill(self, first: date, last: date, reprocess: str = ALL) -> dict[str, str]:
        """The state of each day's new run, by arrival day, when these and what they started have ended."""
        asked = Backfill(first, last, reprocess)
        days, before = asked.days(self.airflow), set(self.states())
        self.start_backfill(asked)
        states = follow(self.airflow, len(before) + len(days), tell=lambda _: None, timeout=1500)
        found = runs(self.airflow)
        return {found[run]["partition_key"]: state for run, state in states.items()
                if run not in before and found[run]["run_type"] == "backfill"}  # fmt: skip

    def start_backfill(self, asked: Backfill) -> None:
        """As soon as Airflow has marked the one before as complete."""
        deadline = time.monotonic() + 120
        while is_backfilling(self.airflow) and time.monotonic() < deadline:
            time.sleep(1)
        asked.start(self.airflow)

    def states(self) -> dict[str, str]:
        return {run_id: run["state"] for run_id, run in runs(self.airflow).items()}

    def main_of(self, day: str) -> str:
        """The published run of the day."""
        line = self.catalog.current_snapshot().of_kind(MAIN, date.fromisoformat(day))
        assert line, f"{day} is not published"
        return line.run_id

    def ledger(self, day: str) -> Ledger:
        """The ledger of the day's published run."""
        return self.catalog.read_ledger(self.main_of(day))

    def glue_runs(self) -> int:
        return len(self.catalog.glue.get_job_runs(JobName=self.stack.name("glue_job"))["JobRuns"])

    def ask(self, sql: str) -> list[dict[str, str]]:
        """The answer through the Athena API: a dict per row."""
        return self.catalog.ask(sql)

    def objects(self, role: str, prefix: str = "") -> dict[str, bytes]:
        """Every object of a bucket under a prefix: key to content."""
        bucket = self.stack.name(role)
        pages = self.catalog.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return {key: self.catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@pytest.fixture
def dags_test(pipeline, tmp_path):
    """`airflow dags test` with a database of its own: beside a scheduler, both would run the same tasks."""
    database = f"sqlite:///{tmp_path / 'airflow.db'}"
    environment = airflow_environment(tmp_path, database, pipeline.aws.endpoint_url)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = airflow(*arguments)
        return subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=300)

    assert run("db", "migrate").returncode == 0
    return lambda conf: run("dags", "test", "clickstream_daily", "--conf", json.dumps(conf))


@pytest.fixture(scope="session")
def calls_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the local AWSs of these tests write down who calls what: test_recorded_calls.py."""
    return tmp_path_factory.mktemp("calls") / "calls.ndjson"


@pytest.fixture(scope="session")
def pipeline(calls_file: Path) -> Iterator[Pipeline]:
    # Not under pytest's own folder: as root PostgreSQL runs as another user, whom the next pytest would lock out of it.
    with TemporaryDirectory(prefix="clickstream-") as folder:
        home = Path(folder) / "home"
        made = make_airflow(home, *backfilled_days.GENERATED, "--record", str(calls_file))
        try:
            url, login, endpoint_url = login_of(made)
            site = Airflow(url, login, home / "airflow", AirflowApi(url, login))
            yield Pipeline(LocalAws(endpoint_url, home / "aws" / "local_aws.log"), site, Stack(endpoint_url))
        finally:
            family = {one.name() for one in made.family()}
            left = made.end(signal.SIGINT)  # as Ctrl-C; SIGTERM: tests/local_airflow/test_up.py
        assert "postgres" in family
        assert left == []
        assert made.process.returncode == 0, "".join(made.said)


@pytest.fixture(scope="session")
def days(pipeline: Pipeline, request: pytest.FixtureRequest) -> BackfilledDays:
    """A backfill in which one day is bad; shorter where long tests are left out."""
    is_short = "not long" in request.config.getoption("markexpr")
    count = backfilled_days.FEWEST if is_short else backfilled_days.COUNT
    last = FIRST + timedelta(days=count - 1)
    raw = backfilled_days.land_all(pipeline.catalog, count)
    before = pipeline.states().keys()
    planned = Backfill(FIRST, last).days(pipeline.airflow)
    too_early = pipeline.states().keys() - before
    states = pipeline.backfill(FIRST, last)
    return BackfilledDays(last, planned, too_early, states, raw, events.made(pipeline.airflow.home.parent))
