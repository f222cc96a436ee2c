"""The arrival days of one backfill: three of made-up events, which `make airflow` sends, then the oracle's own.

Ten days in all where everything is tested, five otherwise.
"""

import gzip
import json
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from tests.promise.deployment import put_raw
from tests.promise.oracle import ARRIVAL_HOUR, RawLine, expected_rows

FIRST = date(2024, 12, 24)
COUNT, FEWEST = 10, 5
GENERATED = ("--first-day", str(FIRST), "--days", "3", "--events", "6000", "--seed", "11")
GENERATED_DAYS = [str(FIRST + timedelta(days=number)) for number in range(3)]
CLEARED, BAD = date(2024, 12, 27), date(2024, 12, 28)  # the first of the own days

VIEW = f"""SELECT event_timestamp, event_id, page_title, arrival_date, source_object FROM clickstream_events
WHERE arrival_date >= DATE '{CLEARED}'"""

Raw = dict[date, list[RawLine]]


@dataclass(frozen=True)
class BackfilledDays:
    """What came of the backfill from FIRST to ``last``.

    ``planned``: what its dry run said; ``too_early``: runs that the dry run made; ``states``: how the runs ended, by
    day. ``raw``: the lines of the own days; ``made``: the generator's own count of its days.
    """

    last: date
    planned: list[str]
    too_early: set[str]
    states: dict[str, str]
    raw: Raw
    made: dict[str, dict[str, Any]]

    def land(self, catalog: Catalog, day: date, lines: Collection[bytes]) -> None:
        """One more object for an own day."""
        _land(catalog, self.raw, day, lines)

    def expected(self, without: Collection[date] = ()) -> list[tuple[str, ...]]:
        """What the view must show of the own days, where these are not published."""
        return expected_rows({day: lines for day, lines in self.raw.items() if day not in without})


def land_all(catalog: Catalog, count: int) -> Raw:
    """Objects of the own days among the first ``count`` days.

    The bad day's holds nothing but blank lines: the job accepts them, the audit finds no row.
    """
    raw: Raw = {}
    for day in (FIRST + timedelta(days=number) for number in range(len(GENERATED_DAYS), count)):
        _land(catalog, raw, day, [b"", b" "] if day == BAD else lines_of(day))
    return raw


@contextmanager
def blanked(catalog: Catalog, day: date) -> Iterator[None]:
    """Meanwhile the day's raw objects hold nothing but a blank line, as if somebody had overwritten them."""
    bucket = catalog.settings.name("raw_bucket")
    keys = [entry["Key"] for entry in catalog.list_objects("raw_bucket", layout.raw_prefix(day))]
    bodies = {key: catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    for key in keys:
        catalog.s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(b"\n"))
    yield
    for key, body in bodies.items():
        catalog.s3.put_object(Bucket=bucket, Key=key, Body=body)


def shown(catalog: Catalog) -> list[tuple[str, ...]]:
    """What the view shows of the own days, as the oracle writes it."""
    names = ("event_timestamp", "event_id", "page_title", "arrival_date", "source_object")
    return sorted(tuple(row[name] for name in names) for row in catalog.ask(VIEW))


def lines_of(day: date) -> list[bytes]:
    """A day's lines, some of them repeated, in conflict, late, here the day before already, or broken."""
    lines = [event(f"{day}-{number}", day, number) for number in range(24)]
    before = day - timedelta(days=1)
    return [
        *lines,
        lines[0],
        event(f"{day}-1", day, 5, "another payload"),
        event(f"{day}-late", day - timedelta(days=2), 12),
        event(f"{before}-3", before, 3),
        b"{broken",
    ]


def event(name: str, day: date, hour: int, title: str = "home") -> bytes:
    fields = {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
        "event_type": "page_view",
        "event_timestamp": f"{day}T{hour:02d}:00:00Z",
        "session_id": "s",
        "page_title": title,
    }
    return json.dumps(fields).encode()


def _land(catalog: Catalog, raw: Raw, day: date, lines: Collection[bytes]) -> None:
    source = catalog.settings.raw_uri + put_raw(catalog, day, lines, ARRIVAL_HOUR)
    raw.setdefault(day, []).extend(RawLine(source, line) for line in lines)
