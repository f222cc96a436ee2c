"""The Glue job started without arguments, as `aws glue start-job-run` starts it; its bookmark; no Airflow.

Three runs of one deployment, one after the other: a day fails its checks, it is mended, nothing is left to do.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from local_aws.process import LocalAwsProcess
from local_aws.stack import Stack
from scripts import build_artifacts
from tests.end_to_end.raw_events import expected, land, land_text, shown

pytestmark = pytest.mark.slow
FIRST, SECOND, THIRD = (date(2023, 3, day) for day in (1, 2, 3))
MANY = [f"c{number}" for number in range(25)]  # so that one broken line is no large share


@dataclass(frozen=True)
class After:
    """What there was when a run had ended."""

    run: dict[str, Any]
    location: str
    view: dict[str, list[str]]
    ledgers: set[str]
    bookmark: dict[str, Any]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, calls_file: Path) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("catch-up")
    with LocalAwsProcess(folder / "aws", record=calls_file) as aws:
        made = Stack(aws.endpoint_url)
        made.create(build_artifacts.build_local(folder / "artifacts"))
        yield made


def start_and_await(stack: Stack) -> After:
    glue, job = stack.client("glue"), stack.name("glue_job")
    run_id = glue.start_job_run(JobName=job)["JobRunId"]
    deadline = time.monotonic() + 300
    while (run := glue.get_job_run(JobName=job, RunId=run_id)["JobRun"])["JobRunState"] in ("STARTING", "RUNNING"):
        assert time.monotonic() < deadline, run
        time.sleep(0.3)
    entry = glue.get_job_bookmark(JobName=job)["JobBookmarkEntry"]
    return After(
        run=run,
        location=stack.catalog.published_table()["StorageDescriptor"]["Location"],
        view=shown(stack.catalog, FIRST, SECOND, THIRD),
        ledgers={entry["Key"] for entry in stack.catalog.list_objects("work_bucket", "ledgers/")},
        bookmark=json.loads(entry["JobBookmark"]),
    )


@pytest.fixture(scope="module")
def runs(stack: Stack) -> list[After]:
    catalog = stack.catalog
    land(catalog, FIRST, "a", [("a", FIRST), ("a", FIRST), ("b", FIRST)])
    land_text(catalog, SECOND, "blank", "\n \n")  # the job accepts it, the audit finds no row
    land(catalog, THIRD, "c", [*((name, THIRD) for name in MANY), ("late", FIRST)])
    land(catalog, datetime.now(UTC).date(), "today", [("today", datetime.now(UTC).date())])
    failed = start_and_await(stack)
    land(catalog, SECOND, "d", [("d", SECOND)])
    land_text(catalog, THIRD, "broken", "{broken")  # no record at all, as Glue's own reader sees it
    mended = start_and_await(stack)
    return [failed, mended, start_and_await(stack)]


def test_a_day_that_fails_its_checks_fails_the_run_which_names_check_value_and_bound(runs):
    error = runs[0].run["ErrorMessage"]
    assert runs[0].run["JobRunState"] == "FAILED"
    assert "CatchUpFailed: 1 of 3 days failed: 2023-03-02: " in error
    assert "rows is 0.0, expected >= 1" in error


def test_the_other_closed_days_are_published_all_the_same(runs):
    assert runs[0].view == expected({FIRST: ["a", "b", "late"], THIRD: MANY})


def test_a_failed_run_leaves_the_bookmark_where_it_was(runs):
    assert runs[0].bookmark == {}
    assert "raw_objects" in runs[1].bookmark


def test_the_good_run_after_it_loses_and_doubles_nothing(runs):
    assert runs[1].run["JobRunState"] == "SUCCEEDED"
    assert runs[1].view == expected({FIRST: ["a", "b", "late"], SECOND: ["d"], THIRD: MANY})


def test_an_object_without_a_record_is_accounted_for_too(stack, runs):
    """Glue's reader counts nothing in it: a bookmark that decided would have passed it over."""
    (line,) = [one for one in stack.catalog.current_snapshot().lines if (one.kind, one.day) == ("main", str(THIRD))]
    assert dict(stack.catalog.read_ledger(line.run_id).quarantined) == {"malformed_json": 1}


def test_a_run_with_nothing_to_do_is_green_and_changes_nothing(runs):
    assert runs[2].run["JobRunState"] == "SUCCEEDED"
    assert (runs[2].location, runs[2].ledgers) == (runs[1].location, runs[1].ledgers)


def test_today_is_left_alone(runs):
    today = f"arrival_date={datetime.now(UTC).date()}"
    assert not [key for key in runs[2].ledgers if today in key]
