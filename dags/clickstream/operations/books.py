"""Reads the books of a range of days: ledgers, quality history, the current snapshot, raw listings. Changes nothing."""

import json
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.checks import Result
from clickstream.ledger import Ledger, parse_ledger
from clickstream.publication import publication_id_of
from clickstream.settings import limits, prefix
from clickstream.snapshots import MAIN, Snapshot
from clickstream.unprocessed import listed_days

log = logging.getLogger(__name__)
AT_ONCE = 32  # objects that are read at the same time
KEPT = 10_000  # objects; a year of days with two runs each and their checks is 1,500


@dataclass(frozen=True)
class Run:
    """A run by its ledger, without the lists of objects and files. ``checks``: its last; empty where none were made."""

    run_id: str
    day: date
    written_at: str
    lines: int
    records: int
    accepted: int
    main_rows: int
    late_rows: int
    duplicates: int
    conflicting: int
    blank: int
    quarantined: Mapping[str, int]
    quarantined_share: float
    inputs: int
    checks: tuple[Result, ...] = ()
    checked_at: str = ""


@dataclass(frozen=True)
class Books:
    """``runs``: by day, newest first. ``waiting``: raw objects that the published run did not read, of late days only.

    ``published_at`` and ``arrived_at`` (aware): the last publication, and the last raw object of those days.
    """

    snapshot: Snapshot
    published_at: datetime | None
    runs: Mapping[date, tuple[Run, ...]]
    waiting: Mapping[date, int]
    arrived_at: datetime | None


class Reader:
    """Reads the books of one deployment. An object that was read is kept: ledgers and check runs never change."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def read(self, first: date, last: date, now: datetime) -> Books:
        """The books of the days from ``first`` to ``last``, both included. botocore's errors."""
        table = self._catalog.published_table()
        location = table["StorageDescriptor"]["Location"]
        snapshot = self._catalog.snapshot_at(location)
        is_initial = publication_id_of(table) == layout.INITIAL_PUBLICATION
        waiting, arrived_at = self._waiting(snapshot, now)
        return Books(
            snapshot=snapshot,
            published_at=None if is_initial else self._written_at(location),
            runs=self._runs(first, last),
            waiting=waiting,
            arrived_at=arrived_at,
        )

    def _written_at(self, location: str) -> datetime:
        bucket, folder = layout.split_uri(location)
        head = self._catalog.s3.head_object(Bucket=bucket, Key=folder.rstrip("/") + "/published.json")
        written: datetime = head["LastModified"]
        return written

    def _runs(self, first: date, last: date) -> dict[date, tuple[Run, ...]]:
        ledgers = list(self._keys("ledgers", first, last, layout.run_of_ledger))
        latest: dict[str, str] = dict(self._keys("quality", first, last, layout.run_of_quality))  # in order of time
        keys = [key for _, key in ledgers] + list(latest.values())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(zip(keys, pool.map(self._object, keys), strict=True))
        runs: dict[date, list[Run]] = {}
        for run, key in ledgers:
            made = _run(found[key], found.get(latest.get(run, "")))
            if made:
                runs.setdefault(made.day, []).append(made)
        return {day: tuple(sorted(of, key=lambda one: one.written_at, reverse=True)) for day, of in runs.items()}

    def _keys(
        self, role: str, first: date, last: date, run_of: Callable[[str], str | None]
    ) -> Iterator[tuple[str, str]]:
        """Run and key of each object of these days, in key order."""
        common = os.path.commonprefix([str(first), str(last)])
        for entry in self._catalog.list_objects("work_bucket", f"{prefix(role)}arrival_date={common}"):
            run = run_of(entry["Key"])
            if run and first <= layout.arrival_day_of(run) <= last:
                yield run, entry["Key"]

    def _object(self, key: str) -> Any:
        """A ledger without its lists, or a check run; None where its content is neither."""
        bucket = self._catalog.settings.name("work_bucket")
        return self._kept_or(
            key, lambda: _parsed(key, self._catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        )

    def _kept_or(self, key: str, read: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = read()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _waiting(self, snapshot: Snapshot, now: datetime) -> tuple[dict[date, int], datetime | None]:
        """Of the days that late objects may still land for; the open day's objects wait for nobody yet."""
        waiting: dict[date, int] = {}
        arrived: list[datetime] = []
        for ago in range(limits().max_lateness_days + 1):
            day = (now - timedelta(days=ago)).date()
            entries = list(self._catalog.list_objects("raw_bucket", layout.raw_prefix(day)))
            arrived += [entry["LastModified"] for entry in entries]
            main = snapshot.of_kind(MAIN, day)
            if main and (number := self._unread(day, entries, main.run_id)):
                waiting[day] = number
        return waiting, max(arrived, default=None)

    def _unread(self, day: date, entries: Iterable[Mapping[str, Any]], run: str) -> int:
        listed = dict(listed_days(entries)).get(day, frozenset())
        return len(listed - self._kept_or(f"objects of {run}", lambda: self._catalog.fetch_ledger(run).objects))


def _parsed(key: str, body: bytes) -> Any:
    try:
        return _summary(parse_ledger(body)) if layout.run_of_ledger(key) else _checks(json.loads(body))
    except (ValueError, TypeError, KeyError):
        log.exception("%s is no ledger and no check run", key)
        return None


def _summary(ledger: Ledger) -> dict[str, Any]:
    return {
        "run_id": ledger.run_id,
        "day": layout.parse_day(ledger.arrival_day),
        "written_at": ledger.written_at,
        "lines": ledger.lines,
        "records": ledger.records,
        "accepted": ledger.accepted,
        "main_rows": ledger.main_rows,
        "late_rows": ledger.candidate_rows,
        "duplicates": ledger.duplicates,
        "conflicting": ledger.conflicting,
        "blank": ledger.blank,
        "quarantined": dict(ledger.quarantined),
        "quarantined_share": ledger.quarantined_share,
        "inputs": len(ledger.inputs),
    }


def _checks(document: Mapping[str, Any]) -> dict[str, Any]:
    results = tuple(Result.from_dict(one) for one in document["checks"])
    return {"checks": results, "checked_at": document["checked_at"]}


def _run(ledger: Any, checks: Any) -> Run | None:
    return Run(**ledger, **(checks or {})) if ledger else None
