"""What `clickstream_events` must show, straight from the raw lines of the runs that are published."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

ARRIVAL_HOUR = 23  # of every object in these tests, so that a clock may be ahead into the next day


class RawLine(NamedTuple):
    """``source``: the S3 address of its object."""

    source: str
    line: bytes


class Row(NamedTuple):
    """A row of the view, in the order in which the earliest of an event id is found. Texts as Athena prints them."""

    event_timestamp: str
    content: str
    source_object: str
    event_id: str
    page_title: str

    @property
    def event_day(self) -> str:
        return self.event_timestamp[:10]


def expected_rows(published: Mapping[date, Iterable[RawLine]]) -> list[tuple[str, ...]]:
    """Rows (time, id, title, arrival day, object), sorted, from the published lines of each arrival day."""
    shown: dict[tuple[str, str], tuple[str, ...]] = {}
    for arrival in sorted(published):
        first: dict[str, Row] = {}
        for row in sorted(_accepted(published[arrival], arrival)):
            first.setdefault(row.event_id, row)
        for row in first.values():
            place = (row.event_day, row.event_id)
            if row.event_day == str(arrival) or place not in shown:
                shown[place] = (*row[0:1], *row[3:5], str(arrival), row.source_object)
    return sorted(shown.values())


def _accepted(lines: Iterable[RawLine], arrival: date) -> Iterator[Row]:
    midnight = datetime(arrival.year, arrival.month, arrival.day, tzinfo=UTC)
    for source, line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if "session_id" not in event:
            continue
        moment = datetime.fromisoformat(event["event_timestamp"])
        if midnight - timedelta(days=7) <= moment <= midnight + timedelta(hours=ARRIVAL_HOUR + 2):
            text = f"{moment:%Y-%m-%d %H:%M:%S}.000"
            yield Row(text, hashlib.md5(line).hexdigest(), source, event["event_id"], event["page_title"])  # noqa: S324
