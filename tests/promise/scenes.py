"""Scenes of the sweep: what is there, what a client is about to do, and which days a reader watches meanwhile."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from clickstream.snapshots import MAIN
from tests.parquet import parquet, row
from tests.promise import in_process
from tests.promise.daily_run import DailyRun
from tests.promise.deployment import put_raw
from tests.promise.lake import Lake

EVE, DAY, NEXT = date(2024, 12, 24), date(2024, 12, 25), date(2024, 12, 26)
DAYS = frozenset({EVE, DAY, NEXT})
STAGED = "staging/overwrite/"


@dataclass(frozen=True)
class Scene:
    """``order``: what the client is to do (`victim.TASKS`), given a name for its attempt.

    ``before``, ``after``: the events of the table, by day, one letter each.
    ``tidies``: it deletes what lies there beyond the retention, so that queries planned that long ago may fail.
    """

    order: Callable[[str], dict[str, Any]]
    before: Mapping[date, str]
    after: Mapping[date, str]
    tidies: bool = False


def first_run(lake: Lake) -> Scene:
    """The day's first publication: its partition is new. It brings late rows to the eve, and one to the next day."""
    put_raw(lake.catalog, EVE, lines(EVE, "abc"))
    published(lake, EVE)
    put_raw(lake.catalog, DAY, [*lines(DAY, "defd"), *lines(EVE, "bxy"), b"", b"{broken"])
    put_raw(lake.catalog, DAY, [*lines(DAY, "gh"), *lines(NEXT, "u")], hour=23)
    return Scene(daily_run, {EVE: "abc"}, {EVE: "abcxy", DAY: "defgh", NEXT: "u"})


def another_run(lake: Lake) -> Scene:
    """A published day is run again with two objects more: rows change there and on both days beside it."""
    put_raw(lake.catalog, EVE, lines(EVE, "abc"))
    put_raw(lake.catalog, DAY, [*lines(DAY, "def"), *lines(EVE, "bx"), b"{broken"])
    put_raw(lake.catalog, NEXT, [*lines(NEXT, "mn"), *lines(DAY, "gk"), *lines(EVE, "yz")])
    for day in (EVE, NEXT, DAY):
        published(lake, day)
    put_raw(lake.catalog, DAY, [*lines(DAY, "gh"), *lines(EVE, "wy")])
    put_raw(lake.catalog, DAY, lines(NEXT, "mu"), hour=23)
    before = {EVE: "abcxyz", DAY: "defgk", NEXT: "mn"}
    return Scene(daily_run, before, {EVE: "abcwxyz", DAY: "defghk", NEXT: "mnu"})


def catching_up(lake: Lake) -> Scene:
    """Two closed days that no run has seen yet, in one commit, and what they bring to each other and to the eve."""
    put_raw(lake.catalog, EVE, lines(EVE, "abc"))
    published(lake, EVE)
    put_raw(lake.catalog, DAY, [*lines(DAY, "defd"), *lines(EVE, "bx"), b"{broken"])
    put_raw(lake.catalog, NEXT, [*lines(NEXT, "mn"), *lines(DAY, "gd"), *lines(EVE, "xy")])
    return Scene(catch_up, {EVE: "abc"}, {EVE: "abcxy", DAY: "defg", NEXT: "mn"})


def going_back(lake: Lake) -> Scene:
    """A rollback to the run before the last one."""
    then = another_run(lake)
    run = main_of(lake, DAY)
    published(lake, DAY)
    return Scene(partial(rollback, run), then.after, then.before)


def sweeping(lake: Lake) -> Scene:
    """The janitor, a month later: a superseded run, its late rows and a run that was never published have to go."""
    table = another_run(lake).after
    published(lake, DAY)
    in_process.run_day(lake.catalog, NEXT, "never_published")
    return Scene(janitor, table, table, tidies=True)


def overwriting(lake: Lake) -> Scene:
    """The negative control: two new files take the place of a published day's one, under the same generation."""
    put_raw(lake.catalog, DAY, lines(DAY, "def"))
    run = published(lake, DAY)
    for number, events in enumerate(("def", "gh")):
        body = parquet([row(event_id(x), datetime(2024, 12, 25), DAY, run) for x in events])
        name = f"{STAGED}{number}.parquet"
        lake.catalog.s3.put_object(Bucket=lake.catalog.settings.name("work_bucket"), Key=name, Body=body)
    return Scene(overwrite, {DAY: "def"}, {DAY: "defgh"})


def published(lake: Lake, day: date) -> str:
    """Runs the day as it is and publishes it; the run's id."""
    job_run_id = f"before_{len(lake.rows_left())}"
    DailyRun(lake.catalog, lake.catalog.s3, day, job_run_id)()
    return main_of(lake, day)


def main_of(lake: Lake, day: date) -> str:
    main = lake.catalog.current_snapshot().of_kind(MAIN, day)
    assert main
    return main.run_id


def daily_run(attempt: str) -> dict[str, Any]:
    return {"task": "daily_run", "day": str(DAY), "job_run_id": attempt}


def catch_up(attempt: str) -> dict[str, Any]:
    return {"task": "catch_up", "job_run_id": attempt, "now": "2024-12-28T00:00:00+00:00"}


def rollback(run: str, attempt: str) -> dict[str, Any]:
    return {"task": "rollback", "day": str(DAY), "run": run}


def janitor(attempt: str) -> dict[str, Any]:
    return {"task": "janitor", "now": (datetime.now(UTC) + timedelta(days=30)).isoformat()}


def overwrite(attempt: str) -> dict[str, Any]:
    return {"task": "overwrite", "day": str(DAY), "staged": STAGED}


def lines(day: date, events: str) -> list[bytes]:
    """One event each, half an hour after midnight of the day on which they happened."""
    moment = f"{day}T00:30:00Z"
    about = {"event_type": "page_view", "event_timestamp": moment, "session_id": "s1"}
    return [json.dumps({"event_id": event_id(letter), **about}).encode() for letter in events]


def event_id(letter: str) -> str:
    return str(UUID(int=ord(letter)))


def events_of(result: bytes) -> dict[date, str]:
    """The letters in a result of the view, by day."""
    found: dict[date, str] = {}
    for one in csv.DictReader(io.StringIO(result.decode())):
        day = date(int(one["year"]), int(one["month"]), int(one["day"]))
        found[day] = found.get(day, "") + chr(UUID(one["event_id"]).int)
    return {day: "".join(sorted(letters)) for day, letters in found.items()}
