"""What became of each arrival day, and what to do about it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clickstream import layout
from clickstream.checks import FAIL, WARN, Result
from clickstream.operations.books import Books, Run
from clickstream.snapshots import MAIN, PINNED, RETIRED
from clickstream.volume import Usual, usual_on


class State(StrEnum):
    """Of an arrival day, the worst first."""

    MISSING = "missing"  # closed, and no run of it is published
    FAILED = "failed"  # its newest run failed its checks; what was published before, if anything, stays
    WAITING = "waiting"  # raw objects arrived after its published run
    RUNNING = "running"  # a run has written its ledger and is not published yet
    WITHDRAWN = "withdrawn"  # a person took it away
    UNUSUAL = "unusual"  # published, with a volume that the weekday does not have
    PUBLISHED = "published"
    LIVE = "live"  # not closed: what arrived is shown as it came
    NONE = "none"  # before the first day that anything is known of, or ahead


BAD = (State.MISSING, State.FAILED, State.WAITING, State.UNUSUAL)
RUN_TAKES = timedelta(hours=6)  # after that an unpublished run of a day without one counts as missing
STANDINGS = ("current", "pinned", "superseded", "failed", "retired", "not published")
_ORDER = {state: number for number, state in enumerate(State)}


@dataclass(frozen=True)
class Generation:
    """A run of the day, and what it is to readers: a word of ``STANDINGS``."""

    run: Run
    standing: str


@dataclass(frozen=True)
class Day:
    """``run``: the published one. ``generations``: newest first. ``usual``: None without history."""

    day: date
    state: State
    run: Run | None
    pinned: bool
    generations: tuple[Generation, ...]
    usual: Usual | None
    waiting: int

    @property
    def failed_checks(self) -> tuple[Result, ...]:
        """Of the newest run."""
        return _failed(self.generations[0].run) if self.generations else ()

    @property
    def warned_checks(self) -> tuple[Result, ...]:
        """Of the published run."""
        return tuple(one for one in (self.run.checks if self.run else ()) if one.verdict == WARN)


def days(books: Books, first: date, last: date, now: datetime) -> list[Day]:
    """Each day from ``first`` to ``last``, oldest first. ``now`` is aware."""
    known_since = min((*books.runs, *_published(books)), default=None)
    return [_day(books, one, known_since, now) for one in _range(first, last)]


def _range(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _published(books: Books) -> list[date]:
    return [layout.parse_day(line.day) for line in books.snapshot.lines if line.kind == MAIN]


def _day(books: Books, day: date, known_since: date | None, now: datetime) -> Day:
    runs = books.runs.get(day, ())
    main = books.snapshot.of_kind(MAIN, day)
    published = next((run for run in runs if main and run.run_id == main.run_id), None)
    usual = usual_on(day, lambda one: _main_rows(books, one))
    waiting = books.waiting.get(day, 0)
    pinned = books.snapshot.of_kind(PINNED, day) is not None
    return Day(
        day=day,
        state=_state(runs, main is not None, pinned, waiting, published, usual, _age(day, known_since, now)),
        run=published,
        pinned=pinned,
        generations=tuple(Generation(run, _standing(books, run, published, pinned)) for run in runs),
        usual=usual,
        waiting=waiting,
    )


def _age(day: date, known_since: date | None, now: datetime) -> timedelta | None:
    """Since the day was closed (negative: it is open); None of a day of which nothing can be known."""
    is_known = known_since is not None and known_since <= day <= now.date()
    return now - layout.closes_at(day) if is_known else None


def _state(
    runs: tuple[Run, ...],
    is_published: bool,
    is_pinned: bool,
    waiting: int,
    published: Run | None,
    usual: Usual | None,
    age: timedelta | None,
) -> State:
    newest = runs[0] if runs else None
    if newest and newest is not published and _failed(newest) and not is_pinned:
        return State.FAILED
    if is_published:
        if waiting and not is_pinned:
            return State.WAITING
        return State.UNUSUAL if published and usual and not usual.holds(published.main_rows) else State.PUBLISHED
    if is_pinned:
        return State.WITHDRAWN
    if age is None:
        return State.NONE
    if age < timedelta(0):
        return State.LIVE
    return State.RUNNING if newest and age < RUN_TAKES else State.MISSING


def _standing(books: Books, run: Run, published: Run | None, is_pinned: bool) -> str:
    if run is published:
        return "pinned" if is_pinned else "current"
    if any(line.kind == RETIRED and line.run_id == run.run_id for line in books.snapshot.lines):
        return "retired"
    if _failed(run):
        return "failed"
    return "superseded" if published and run.written_at <= published.written_at else "not published"


def _failed(run: Run) -> tuple[Result, ...]:
    return tuple(one for one in run.checks if one.verdict == FAIL)


def _main_rows(books: Books, day: date) -> int | None:
    main = books.snapshot.of_kind(MAIN, day)
    rows = (run.main_rows for run in books.runs.get(day, ()) if main and run.run_id == main.run_id)
    return next(rows, None)


def worst(found: Iterable[Day]) -> Day | None:
    """The day to look at first: the worst state, the latest of those; None where nothing is wrong."""
    bad = [one for one in found if one.state in BAD]
    return min(bad, key=lambda one: (_ORDER[one.state], -one.day.toordinal()), default=None)
