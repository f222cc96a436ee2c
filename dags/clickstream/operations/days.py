"""What became of each arrival day. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from clickstream import layout
from clickstream.checks import FAIL, WARN, Result
from clickstream.operations.booked import Run
from clickstream.operations.books import Arrived, Books
from clickstream.snapshots import LIVE, MAIN, PINNED, RETIRED, Snapshot
from clickstream.volume import Usual, usual_on


class State(StrEnum):
    """Of an arrival day, the worst first."""

    MISSING = "missing"  # closed, and no run of it is published
    FAILED = "failed"  # its newest run failed its checks, and what was published before stays; or the published one did
    WAITING = "waiting"  # raw objects arrived after its published run
    UNUSUAL = "unusual"  # published, with a volume that the weekday does not have
    RUNNING = "running"  # its run is due, or has written its ledger a while ago and is not published yet
    WITHDRAWN = "withdrawn"  # a person took it away
    PUBLISHED = "published"
    LIVE = "live"  # not closed: what arrived is shown as it came
    NONE = "none"  # nothing is known of it: before the first day, ahead, or long after the last


ORDER: Mapping[State, int] = {state: number for number, state in enumerate(State)}
RUN_TAKES = timedelta(hours=6)  # from a ledger to its publication, at most; afterwards nobody works on it any more
RUN_DUE = timedelta(hours=2)  # after its end, a day's run may take to write its ledger
QUIET = timedelta(days=35)  # after the last day that anything is known of, a deployment is at rest, not broken
STANDINGS = ("current", "pinned", "superseded", "failed", "retired", "not published")


@dataclass(frozen=True)
class Generation:
    """A run of the day, and what it is to readers: a word of ``STANDINGS``."""

    run: Run
    standing: str

    @property
    def may_be_shown(self) -> bool:
        """Whether a rollback to it can be asked for."""
        return self.standing in ("superseded", "not published") and bool(self.run.checks)


@dataclass(frozen=True)
class Day:
    """``run``: the published one. ``generations``: newest first. ``usual``: None without history.

    ``has_live``: whether live rows are shown, where there are any. ``waiting``: raw objects that no published run read.
    """

    day: date
    state: State
    run: Run | None
    pinned: bool
    has_live: bool
    generations: tuple[Generation, ...]
    usual: Usual | None
    waiting: int

    @property
    def failed_checks(self) -> tuple[Result, ...]:
        """Of the published run where it failed (its audit was run again), else of the newest."""
        if self.run and failed(self.run):
            return failed(self.run)
        return failed(self.generations[0].run) if self.generations else ()

    @property
    def warned_checks(self) -> tuple[Result, ...]:
        """Of the published run."""
        return tuple(one for one in (self.run.checks if self.run else ()) if one.verdict == WARN)


def failed(run: Run) -> tuple[Result, ...]:
    """The checks that keep a run from being published."""
    return tuple(one for one in run.checks if one.verdict == FAIL)


def days(books: Books, first: date, last: date, now: datetime) -> list[Day]:
    """Each day from ``first`` to ``last``, oldest first. ``now`` is aware."""
    shelf = _Shelf(books, now)
    return [shelf.day(first + timedelta(days=number)) for number in range((last - first).days + 1)]


def last_published(snapshot: Snapshot) -> date | None:
    """The last day that shows a run; None where none does."""
    shown = [layout.parse_day(line.day) for line in snapshot.lines if line.kind == MAIN]
    return max(shown, default=None)


def last_event(found: Iterable[Day]) -> datetime | None:
    """When the last event happened (aware) that a published run of these days holds."""
    return max(filter(None, (one.run.last_event_at for one in found if one.run)), default=None)


def last_publication(found: Iterable[Day]) -> datetime | None:
    """When the newest of the published runs of these days passed its checks (aware): it is published within minutes.

    Not when the current snapshot was written: the janitor and rollbacks write some too.
    """
    checked = (one.run.checked_at for one in found if one.run and one.run.checked_at)
    return max(map(datetime.fromisoformat, checked), default=None)


@dataclass(frozen=True)
class _Shelf:
    """The books, ordered for questions about one day."""

    books: Books
    now: datetime

    @cached_property
    def _lines(self) -> Mapping[tuple[str, str], str]:
        """Kind and day to run, of the kinds that a day has at most one of."""
        kinds = (MAIN, PINNED, LIVE)
        return {(line.kind, line.day): line.run_id for line in self.books.snapshot.lines if line.kind in kinds}

    @cached_property
    def _retired(self) -> frozenset[str]:
        return frozenset(line.run_id for line in self.books.snapshot.lines if line.kind == RETIRED)

    @cached_property
    def _known(self) -> list[date]:
        published = (layout.parse_day(day) for kind, day in self._lines if kind == MAIN)
        return sorted({*self.books.runs, *self.books.arrived, *published})

    def day(self, day: date) -> Day:
        runs, published = self.books.runs.get(day, ()), self._published(day)
        usual = usual_on(day, self._main_rows)
        arrived = self.books.arrived.get(day)
        return Day(
            day=day,
            state=self._state(day, published, usual, arrived),
            run=published,
            pinned=(PINNED, str(day)) in self._lines,
            has_live=(LIVE, str(day)) in self._lines,
            generations=tuple(Generation(run, self._standing(run, published)) for run in runs),
            usual=usual,
            waiting=arrived.waiting if arrived else 0,
        )

    def _published(self, day: date) -> Run | None:
        main = self._lines.get((MAIN, str(day)))
        return next((run for run in self.books.runs.get(day, ()) if run.run_id == main), None)

    def _main_rows(self, day: date) -> int | None:
        published = self._published(day)
        return published.main_rows if published else None

    def _state(self, day: date, published: Run | None, usual: Usual | None, arrived: Arrived | None) -> State:
        is_pinned = (PINNED, str(day)) in self._lines
        newest = next(iter(self.books.runs.get(day, ())), None)
        if (published and failed(published)) or (newest and failed(newest) and not is_pinned):
            return State.FAILED
        if (MAIN, str(day)) in self._lines:
            if arrived and arrived.waiting and not is_pinned:
                return State.WAITING
            return State.UNUSUAL if published and usual and not usual.holds(published.main_rows) else State.PUBLISHED
        return State.WITHDRAWN if is_pinned else self._state_without_run(day, newest)

    def _state_without_run(self, day: date, newest: Run | None) -> State:
        """Of a day of which no run is published or withdrawn; ``newest``: one that did not fail."""
        if not self._is_within_life(day):
            return State.NONE
        closed_for = self.now - layout.closes_at(day)
        if closed_for < timedelta(0):
            return State.LIVE
        is_worked_on = newest is not None and self.now - datetime.fromisoformat(newest.written_at) < RUN_TAKES
        return State.RUNNING if is_worked_on or (newest is None and closed_for < RUN_DUE) else State.MISSING

    def _is_within_life(self, day: date) -> bool:
        known = self._known
        return bool(known) and known[0] <= day <= min(self.now.date(), known[-1] + QUIET)

    def _standing(self, run: Run, published: Run | None) -> str:
        if run is published:
            return "pinned" if (PINNED, str(run.day)) in self._lines else "current"
        if run.run_id in self._retired:
            return "retired"
        if failed(run):
            return "failed"
        return "superseded" if published and run.written_at <= published.written_at else "not published"


def to_look_at(found: Iterable[Day], today: date) -> list[Day]:
    """The days that somebody should look at, the worst first, of those alike the latest first.

    A volume that is unusual is news for a week; afterwards whoever could do something has done it.
    """
    bad = (State.MISSING, State.FAILED, State.WAITING)
    news = [one for one in found if one.state is State.UNUSUAL and one.day >= today - timedelta(days=7)]
    return sorted(
        [*(one for one in found if one.state in bad), *news], key=lambda one: (ORDER[one.state], -one.day.toordinal())
    )
