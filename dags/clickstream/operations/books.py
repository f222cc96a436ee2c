"""Reads the books of a range of days: ledgers, quality history, the current snapshot, raw listings. Changes nothing."""

import logging
from collections import ChainMap, Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.operations import booked, bundles
from clickstream.operations.booked import CheckRun, Run
from clickstream.settings import limits
from clickstream.snapshots import MAIN, Snapshot
from clickstream.unprocessed import RawObject, listed_days

log = logging.getLogger(__name__)
AT_ONCE = 8  # calls at the same time; more only fight for Python's interpreter
FEW = 3  # check runs of a month are opened one by one; more are worth a look into its bundle
KEPT = 10_000  # objects; a year of days with two runs each is 850


@dataclass(frozen=True)
class Arrived:
    """Raw objects of a day: when the last came (aware), and how many the published run did not read: all of them where
    no run is published.
    """

    last_at: datetime
    waiting: int


@dataclass(frozen=True)
class Books:
    """``runs``: by day, newest first. ``arrived``: of the days that late events may come for, and have objects."""

    snapshot: Snapshot
    runs: Mapping[date, tuple[Run, ...]]
    arrived: Mapping[date, Arrived]

    @property
    def arrived_at(self) -> datetime | None:
        """When the last raw object of those days came."""
        return max((one.last_at for one in self.arrived.values()), default=None)


class Reader:
    """Reads the books of one deployment. An object that was read is kept: ledgers and check runs never change.

    ``_read_by``: the raw objects of the runs that the recent days show, and of no others: a busy day's take 30 MB.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: OrderedDict[str, Run | CheckRun] = OrderedDict()
        self._read_by: dict[str, frozenset[RawObject]] = {}
        self._lock = Lock()

    def snapshot(self) -> Snapshot:
        return self._catalog.current_snapshot()

    def read(self, first: date, last: date, now: datetime) -> Books:
        """The books of the days from ``first`` to ``last``, both included. botocore's errors."""
        snapshot = self.snapshot()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Books(snapshot, self._runs(pool, first, last), self._recently_arrived(pool, snapshot, now))

    def _runs(self, pool: ThreadPoolExecutor, first: date, last: date) -> dict[date, tuple[Run, ...]]:
        months = bundles.months(first, last)
        listed = pool.map(lambda month: self._listed("ledgers", month, layout.run_of_ledger), months)
        # In order of time, so that the last check run of each run stays.
        checked = pool.map(lambda month: self._listed("quality", month, layout.run_of_quality), months)
        ledgers = {run: key for of_month in listed for run, key in of_month if first <= _day(run) <= last}
        latest = {run: key for of_month in checked for run, key in of_month if run in ledgers}
        self._unbundle(pool, latest)
        checks = self._objects(pool, latest)
        counted = {run: one.run for run, one in checks.items() if one.run}
        alone = self._objects(pool, {run: key for run, key in ledgers.items() if run not in counted})
        made = [*counted.values(), *(booked.with_checks(run, checks.get(name)) for name, run in alone.items())]
        runs: dict[date, list[Run]] = {}
        for one in made:
            runs.setdefault(one.day, []).append(one)
        return {day: tuple(sorted(of, key=lambda one: one.written_at, reverse=True)) for day, of in runs.items()}

    def _listed(self, role: str, month: str, run_of: Callable[[str], str | None]) -> list[tuple[str, str]]:
        return bundles.keys_of_month(self._catalog, role, month, run_of)

    def _unbundle(self, pool: ThreadPoolExecutor, latest: Mapping[str, str]) -> None:
        """Keeps what bundles hold of these check runs, where many of a month were not read yet."""
        unread = {run: key for run, key in latest.items() if key not in self._kept}
        of_months = Counter(f"{_day(run):%Y-%m}" for run in unread)
        many = [month for month, number in of_months.items() if number > FEW]
        found = ChainMap(*pool.map(lambda month: bundles.read_bundle(self._catalog, month), many))
        for run, key in unread.items():
            if found.get(key):
                self._kept_or(key, partial(booked.checked, run, key, found[key]))

    def _objects(self, pool: ThreadPoolExecutor, keys: Mapping[str, str]) -> dict[str, Any]:
        """What the object of each run holds; those are left out that hold nothing of ours."""
        found = zip(keys, pool.map(self._object, keys, keys.values()), strict=True)
        return {run: one for run, one in found if one}

    def _object(self, run: str, key: str) -> Run | CheckRun | None:
        """A run by its ledger, or a check run; None where the content is neither."""
        bucket = self._catalog.settings.name("work_bucket")
        return self._kept_or(
            key, lambda: booked.parsed(run, key, self._catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        )

    def _kept_or(self, key: str, read: Callable[[], Run | CheckRun | None]) -> Run | CheckRun | None:
        """What is no book is not kept: a bundle's bad entry must not stand for the book, which may be good."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = read()
        if made is None:
            return None
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _recently_arrived(self, pool: ThreadPoolExecutor, snapshot: Snapshot, now: datetime) -> dict[date, Arrived]:
        """Of the days that late events may come for, and have objects."""
        recent = [(now - timedelta(days=ago)).date() for ago in range(limits().max_lateness_days + 1)]
        arrived = zip(recent, pool.map(lambda day: self._arrived(snapshot, day), recent), strict=True)
        found = {day: one for day, one in arrived if one}
        shown = {main.run_id for day in recent if (main := snapshot.of_kind(MAIN, day))}
        with self._lock:
            self._read_by = {run: objects for run, objects in self._read_by.items() if run in shown}
        return found

    def _arrived(self, snapshot: Snapshot, day: date) -> Arrived | None:
        entries = list(self._catalog.list_objects("raw_bucket", layout.raw_prefix(day)))
        if not entries:
            return None
        main = snapshot.of_kind(MAIN, day)
        waiting = self._unread(day, entries, main.run_id) if main else len(entries)
        return Arrived(max(entry["LastModified"] for entry in entries), waiting)

    def _unread(self, day: date, entries: Iterable[Mapping[str, Any]], run: str) -> int:
        listed = dict(listed_days(entries)).get(day, frozenset())
        try:
            read = self._objects_of(run)
        except ValueError as error:  # PublicationRefused is one
            log.error("what waits for %s is not known: %s", day, error)
            return 0
        return len(listed - read)

    def _objects_of(self, run: str) -> frozenset[RawObject]:
        """What the run read. ValueError where its ledger is none, or gone."""
        if (read := self._read_by.get(run)) is None:
            read = self._catalog.fetch_ledger(run).objects
            with self._lock:
                self._read_by[run] = read
        return read


def _day(run: str) -> date:
    return layout.arrival_day_of(run)
