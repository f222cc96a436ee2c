"""Raw objects as Firehose leaves them, put straight into the raw bucket, and what the view should show of them."""

import gzip
import json
import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.late_rows import partition


def event_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def land(catalog: Catalog, arrived: date, name: str, events: Iterable[tuple[str, date]]) -> None:
    """An object of these events, each a name and the day on which it happened."""
    lines = [
        {
            "event_id": event_id(event),
            "event_type": "page_view",
            "event_timestamp": f"{happened}T12:00:00Z",
            "session_id": "s1",
        }
        for event, happened in events
    ]
    land_text(catalog, arrived, name, "".join(json.dumps(line) + "\n" for line in lines))


def land_text(catalog: Catalog, arrived: date, name: str, text: str) -> None:
    key = f"{layout.raw_prefix(arrived)}hour=12/{name}.gz"
    catalog.s3.put_object(Bucket=catalog.settings.name("raw_bucket"), Key=key, Body=gzip.compress(text.encode()))


def shown(catalog: Catalog, *days: date) -> dict[str, list[str]]:
    """The ids of the events that the view shows, with repetitions, by day."""
    where = " OR ".join(partition(day) for day in days)
    rows = catalog.ask(
        "SELECT concat(year, '-', month, '-', day) AS day, event_id FROM clickstream_events "
        f"WHERE {where} ORDER BY 1, 2"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["day"], []).append(row["event_id"])
    return found


def expected(events: dict[date, Any]) -> dict[str, list[str]]:
    """What the view should show: names of events by the day on which they happened."""
    return {str(day): sorted(map(event_id, names)) for day, names in events.items()}
