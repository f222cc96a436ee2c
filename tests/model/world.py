"""What the model is made of: raw objects, generations, snapshots, files, processes. Values only; nothing happens here.

The world is small (days 1 to 3, a handful of events) and holds every awkward case: an event that is delivered again, in
the same day's next object and on another day; a late one that arrives on two days; one whose clock is ahead; an object
that lands after its day was run.
"""

from functools import cache
from typing import NamedTuple

MAIN, LATE, LIVE, RETIRED, PINNED = "main", "late", "live", "retired", "pinned"
DAYS = (1, 2, 3)


class Event(NamedTuple):
    """An event by the day on which it happened and its id."""

    day: int
    id: str


class Row(NamedTuple):
    """A row of the table: an event's id, and the day on which it arrived."""

    id: str
    arrival: int


class RawObject(NamedTuple):
    arrival: int
    events: tuple[Event, ...]


RAW = {
    "1a": RawObject(1, (Event(1, "a"), Event(2, "c"))),  # c has a clock ahead; it comes again on its own day
    "1b": RawObject(1, (Event(1, "a"), Event(1, "b"))),  # a again; b comes late as well
    "2a": RawObject(2, (Event(2, "c"), Event(1, "b"), Event(1, "x"))),
    "2b": RawObject(2, (Event(2, "d"), Event(1, "y"))),
    "3a": RawObject(3, (Event(3, "e"), Event(1, "x"), Event(2, "d"))),
}


class Run(NamedTuple):
    """A run of one arrival day, and the generation that it writes: a function of the objects that it listed."""

    day: int
    by: str  # the process, and which of its attempts: no two runs share a name
    attempt: int
    tick: int  # when it was written
    inputs: frozenset[str]


class Late(NamedTuple):
    """A generation of late rows of one day. It is named by what Athena wrote: alike in content is alike."""

    day: int
    tick: int
    rows: tuple[Row, ...]


class Live(NamedTuple):
    """The one generation to which the Lambda adds files for a day, whenever it likes."""

    day: int


Generation = Run | Late | Live


class File(NamedTuple):
    generation: Generation
    day: int
    part: str = ""  # of live rows: the raw object that they come from


class Line(NamedTuple):
    """A line of a snapshot. A pin's ``generation``: the run at which, or without which, the day stays; its ``note``:
    the run that was out before."""

    kind: str
    day: int
    generation: Generation
    note: Run | None = None


Snapshot = frozenset[Line]


class DayInputs(NamedTuple):
    """What a day's late rows are a function of."""

    day: int
    main: Run | None
    sources: tuple[Run, ...]


class Process(NamedTuple):
    """A process, and what it remembers; a crash takes everything but the first three and a finished run."""

    name: str
    kind: str
    days: tuple[int, ...]
    phase: str
    attempt: int = 0
    runs: tuple[Run, ...] = ()
    before: Snapshot | None = None
    stale: bool = False  # somebody committed since `before` was read: all that a VersionId is compared for
    after: Snapshot | None = None
    missing: tuple[DayInputs, ...] = ()  # late rows still to be merged
    merged: frozenset[tuple[DayInputs, Late]] = frozenset()
    is_out: bool = False  # its commit was carried out, whether it knows or not
    doomed: frozenset[Generation] = frozenset()  # what the janitor is about to delete


class Budget(NamedTuple):
    """How often the world may still be unkind: each bounds the search, none weakens what is checked."""

    crashes: int = 0
    lost_answers: int = 0
    double_inserts: int = 0
    ticks: int = 0


class State(NamedTuple):
    """Everything there is. ``readable``: the snapshots that a query may have resolved and still be reading.

    A tick is the retention passing: whatever was in flight, queries included, has ended. So the readable snapshots are
    those that were current since the last tick; every one of them has a reader that reads at every moment.
    The last four fields are the auditor's, no process sees them: ``promised`` main and pin lines by the changes that
    were committed, the raw objects ``covered`` by them, the runs that operators withdrew, and an ``alarm`` that a step
    raised.
    """

    processes: tuple[Process, ...]
    raw: frozenset[str]
    budget: Budget
    tick: int = 0
    files: frozenset[File] = frozenset()
    registered: frozenset[int] = frozenset()
    ledgers: tuple[Run, ...] = ()  # in the order in which they were written
    current: Snapshot = frozenset()
    readable: frozenset[Snapshot] = frozenset({frozenset()})
    fresh: frozenset[Snapshot] = frozenset()  # written since the last tick
    has_orphan: bool = False  # a snapshot object newer than the current one was never committed
    promised: frozenset[Line] = frozenset()
    covered: frozenset[tuple[int, str]] = frozenset()
    withdrawn: frozenset[Run] = frozenset()
    alarm: str = ""


@cache
def rows_of(run: Run, day: int) -> tuple[Row, ...]:
    """What a run writes for an event day: each event once."""
    ids = {event.id for name in run.inputs for event in RAW[name].events if event.day == day}
    return tuple(Row(id_, run.day) for id_ in sorted(ids))


@cache
def days_of(run: Run) -> frozenset[int]:
    """The event days of a run's rows, and its arrival day: those whose late rows depend on it."""
    return frozenset({run.day}.union(*({event.day for event in RAW[name].events} for name in run.inputs)))


@cache
def files_of(run: Run) -> frozenset[File]:
    return frozenset(File(run, day) for day in days_of(run) if rows_of(run, day))


@cache
def rows_in(file: File) -> tuple[Row, ...]:
    if isinstance(file.generation, Run):
        return rows_of(file.generation, file.day)
    if isinstance(file.generation, Late):
        return file.generation.rows
    return tuple(Row(event.id, file.day) for event in RAW[file.part].events if event.day == file.day)


@cache
def of_kind(snapshot: Snapshot, kind: str, day: int) -> Line | None:
    return next((line for line in snapshot if line.kind == kind and line.day == day), None)


@cache
def main_of(snapshot: Snapshot, day: int) -> Run | None:
    line = of_kind(snapshot, MAIN, day)
    return line.generation if line and isinstance(line.generation, Run) else None


@cache
def visible(snapshot: Snapshot) -> frozenset[Generation]:
    return frozenset(line.generation for line in snapshot if line.kind in (MAIN, LATE, LIVE))


@cache
def retired(snapshot: Snapshot) -> frozenset[Generation]:
    return frozenset(line.generation for line in snapshot if line.kind == RETIRED)


def without(snapshot: Snapshot, kinds: tuple[str, ...], days: tuple[int, ...]) -> Snapshot:
    return frozenset(line for line in snapshot if not (line.kind in kinds and line.day in days))
