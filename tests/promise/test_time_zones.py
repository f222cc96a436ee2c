"""A worker's time zone changes nothing: UTC alone says to which day an object and an event belong."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from event_arrivals import Plan, Tally, arrivals

from clickstream.settings import limits
from local_airflow.environment import REPOSITORY, clickstream_options
from tests.promise.in_time_zone import DAYS, RECORDS_A_DAY, SEED, SPANS

ZONES = {"Asia/Kathmandu": 5.5, "America/New_York": -5}  # hours from UTC in January 1970
LOG_ROWS = {"2024-02-29": 2, "2024-03-01": 1, "2024-12-31": 1, "2025-01-01": 1}


def observed(zone: str, scratch: Path) -> dict[str, Any]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
        **clickstream_options(),
        "TZ": zone,
        "AIRFLOW_HOME": str(scratch),
        "PYTHONPATH": os.pathsep.join(str(REPOSITORY / x) for x in (".", "dags", "plugins", "glue_scripts", "scripts")),
    }
    command = [sys.executable, "-m", "tests.promise.in_time_zone"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=500)
    told = [line for line in done.stderr.splitlines() if not line.startswith("\tat ")]  # Java's traces tell nothing
    if done.returncode:
        pytest.fail(f"under TZ={zone} it ended with {done.returncode}:\n" + "\n".join(told[-20:]))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the workers of each zone made, all at the same time."""
    with ThreadPoolExecutor(len(ZONES)) as pool:
        made = pool.map(lambda zone: observed(zone, tmp_path_factory.mktemp("zone")), ZONES)
        return dict(zip(ZONES, made, strict=True))


@pytest.fixture(scope="module")
def ledgers() -> dict[str, dict[str, Any]]:
    """What the generator and the log say of each arrival day."""
    tallies: dict[date, Tally] = {}
    for first, days in SPANS:
        for _ in arrivals(Plan(first, days, days * RECORDS_A_DAY, SEED, limits().max_lateness_days), tallies):
            pass
    made = {}
    for day, tally in tallies.items():
        logged = LOG_ROWS.get(str(day), 0)
        tally.lines += logged
        tally.accept(day, day, logged)
        names = ("lines", "accepted", "quarantined", "rows_per_event_day")
        made[str(day)] = {name: value for name, value in tally.as_dict().items() if name in names}
    return made


pytestmark = [pytest.mark.slow, pytest.mark.parametrize("zone", ZONES)]


def test_the_workers_clock_is_elsewhere(found: Any, zone: str) -> None:
    assert found[zone]["offset"] == ZONES[zone] * 3600


def test_a_backfills_days_and_their_ends_are_utc(found: Any, zone: str) -> None:
    margin = timedelta(minutes=limits().day_closes_after_minutes)
    assert found[zone]["tasks"] == {
        str(day): f"{day + timedelta(1)}T00:{margin.seconds // 60:02d}:00+00:00" for day in DAYS
    }


def test_objects_lie_under_the_utc_day_of_their_arrival(found: Any, zone: str) -> None:
    assert found[zone]["raw_days"] == [str(day) for day in DAYS]


def test_the_job_finds_what_was_made_for_each_utc_day(found: Any, ledgers: Any, zone: str) -> None:
    assert found[zone]["ledgers"] == ledgers


def test_the_view_shows_every_event_in_the_partition_of_its_utc_day(found: Any, ledgers: Any, zone: str) -> None:
    rows: dict[str, int] = {}
    for ledger in ledgers.values():
        for day, number in ledger["rows_per_event_day"].items():
            rows[day] = rows.get(day, 0) + number
    assert found[zone]["view"] == dict(sorted(rows.items()))
