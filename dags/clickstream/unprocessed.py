"""Raw objects that no published run has read, by arrival day: what catch-up builds and the daily DAG runs again.

An object is known by key and ETag. It is processed when it stands in the ledger of its day's *published* run, so no
clock and no bookmark can make it seem so (decision 7). Open days are never looked at, pinned ones are left alone.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.ledger import Ledger
from clickstream.snapshots import MAIN, Snapshot

log = logging.getLogger(__name__)

RawObject = tuple[str, str]  # key, ETag without quotes


@dataclass(frozen=True)
class Unprocessed:
    """A closed day's raw objects that its published run did not read. ``main``: that run, None where there is none.

    ``lost``: objects that the run did read and that are gone, or changed: raw is append-only, so somebody interfered.
    """

    day: date
    main: str | None
    new: frozenset[RawObject]
    lost: frozenset[RawObject]


def unprocessed(catalog: Catalog, snapshot: Snapshot, prefix: str, now: datetime) -> Iterator[Unprocessed]:
    """The days below a prefix of the raw bucket that have unprocessed objects, oldest first. ``now`` is aware.

    One listing, and one ledger per day: nothing of a day is kept when the next one comes.
    """
    pinned = snapshot.pinned_days()
    for day, listed in listed_days(catalog.list_objects("raw_bucket", prefix)):
        if now < layout.closes_at(day) or str(day) in pinned:
            continue
        main = snapshot.of_kind(MAIN, day)
        found = compared(day, listed, catalog.fetch_ledger(main.run_id) if main else None)
        if found.new:
            yield found


def compared(day: date, listed: frozenset[RawObject], published: Ledger | None) -> Unprocessed:
    """A day's listing against the ledger of its published run. Pure."""
    read = published.objects if published else frozenset()
    return Unprocessed(day, published.run_id if published else None, listed - read, read - listed)


def listed_days(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[date, frozenset[RawObject]]]:
    """A listing in key order, as S3 gives it, by arrival day. What lies in no day's folder is warned of."""
    for day, group in groupby(entries, key=lambda entry: layout.arrival_day_of_raw(entry["Key"])):
        objects = frozenset((entry["Key"], entry["ETag"].strip('"')) for entry in group)
        if day is None:
            log.warning("no run reads %d raw objects in no day's folder, such as %s", len(objects), min(objects)[0])
        else:
            yield day, objects
