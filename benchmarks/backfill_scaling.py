"""Backfills of 1, 10 and 30 days under the real scheduler, four days at once: seconds, crawls and AWS calls per day."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean

from local_airflow import events
from local_airflow.backfill import Backfill, follow, is_backfilling, runs
from local_airflow.events import Events
from local_airflow.scheduler import LocalAirflow
from local_aws.server import LocalAws
from local_aws.stack import Stack

# The first is not measured: whoever comes first pays for what stays warm.
BACKFILLS = (1, 1, 10, 30)
SENT = Events(count=1000 * sum(BACKFILLS), days=sum(BACKFILLS), first_day=date(2024, 10, 1), seed=7)
POLLS = frozenset({"GetQueryExecution", "GetCrawler", "GetJobRun"})  # they count time
MOST_SHOWN = 12  # operations


@dataclass(frozen=True)
class Done:
    """A backfill: how many days, its seconds from the first run's start to the last one's end; the runs' own seconds,
    on average, and their Glue jobs'; calls by service and operation.
    """

    days: int
    seconds: float
    run: float
    job: float
    calls: Counter[tuple[str, str]]

    def per_day(self, service: str, operation: str) -> float:
        return self.calls[service, operation] / self.days


def section(rounds: int) -> str:
    """One round: the smallest backfill takes a minute, the largest a quarter of an hour."""
    with _pipeline() as (aws, airflow, stack):
        first, done = SENT.first_day, []
        for days in BACKFILLS:
            last = first + timedelta(days=days - 1)
            done.append(_backfill(aws, airflow, stack, first, last))
            first = last + timedelta(days=1)
    return _report(done[1:])


@contextmanager
def _pipeline() -> Iterator[tuple[LocalAws, LocalAirflow, Stack]]:
    # PostgreSQL runs as another user where we are root, and must get into the folder.
    home = Path(tempfile.mkdtemp(prefix="backfill-"))
    home.chmod(0o755)
    try:
        with LocalAws(record=home / "calls.ndjson") as aws, LocalAirflow(home / "airflow", aws.endpoint_url) as airflow:
            yield aws, airflow, events.prepare(home, SENT, aws.endpoint_url, _quiet)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _quiet(_: str) -> None:
    """Nobody looks on."""


def _backfill(aws: LocalAws, airflow: LocalAirflow, stack: Stack, first: date, last: date) -> Done:
    assert aws.recorder
    while is_backfilling(airflow):  # Airflow takes half a minute to say that the one before is over
        time.sleep(1)
    before, jobs_before = runs(airflow), _jobs(stack)
    days = (last - first).days + 1
    aws.recorder.counted.clear()
    Backfill(first, last).start(airflow)
    states = follow(airflow, len(before) + days, lambda _: None, timeout=300.0 * days)
    calls = Counter(aws.recorder.counted)
    found = [run for name, run in runs(airflow).items() if name not in before]
    assert {states[run["dag_run_id"]] for run in found} == {"success"}, states
    spans = [(_moment(run["start_date"]), _moment(run["end_date"])) for run in found]
    seconds = (max(end for _, end in spans) - min(start for start, _ in spans)).total_seconds()
    jobs = {name: taken for name, taken in _jobs(stack).items() if name not in jobs_before}
    own = mean((end - start).total_seconds() for start, end in spans)
    return Done(days, seconds, own, mean(jobs.values()), calls)


def _jobs(stack: Stack) -> dict[str, float]:
    """Seconds by Glue run."""
    pages = stack.client("glue").get_paginator("get_job_runs").paginate(JobName=stack.name("glue_job"))
    return {run["Id"]: float(run["ExecutionTime"]) for page in pages for run in page["JobRuns"]}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _report(done: list[Done]) -> str:
    heads = [f"{one.days} days" if one.days > 1 else "1 day" for one in done]
    rows: list[tuple[str, list[float]]] = [
        ("seconds per day", [one.seconds / one.days for one in done]),
        ("seconds of a run", [one.run for one in done]),
        ("seconds of its Glue job", [one.job for one in done]),
        ("crawls per day", [one.per_day("glue", "StartCrawler") for one in done]),
    ]
    often = Counter[tuple[str, str]]()
    for one in done:
        often.update(one.calls)
    named = [call for call, _ in often.most_common() if call[1] not in POLLS][:MOST_SHOWN]
    rows += [(f"{service} {name} per day", [one.per_day(service, name) for one in done]) for service, name in named]
    table = [f"| backfill of | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    table += [f"| {what} | {' | '.join(f'{value:.1f}' for value in values)} |" for what, values in rows]
    ratio = (done[-1].seconds / done[-1].days) / (done[-2].seconds / done[-2].days)
    alone = done[0]
    return "\n".join(
        [
            *table,
            "",
            f"Per day, 30 days to 10: {ratio:.2f}x (goal 1.1x). A run alone: {alone.run:.1f} s, of which its Glue job "
            f"{alone.job:.1f} s; the rest, {alone.run - alone.job:.1f} s, is the crawl, the checks, publication, and "
            "Airflow between them.",
        ]
    )
