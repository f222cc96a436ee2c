"""What must hold in every state, said without the protocol's own words: the auditor.

The oracle computes what a snapshot's runs should show from the raw events alone; the view is what a reader would get
from the files that exist now. They must be equal for every snapshot that a reader may hold.
"""

from functools import cache

from tests.model.world import (
    DAYS,
    LATE,
    LIVE,
    MAIN,
    PINNED,
    File,
    Live,
    Row,
    Run,
    Snapshot,
    State,
    main_of,
    of_kind,
    rows_in,
    rows_of,
)

Table = tuple[tuple[Row, ...], ...]


def problem(state: State) -> str:
    """What is wrong in a state; empty where nothing is."""
    return (
        state.alarm
        or next(filter(None, (misread(one, state.files, state.registered) for one in state.readable)), "")
        or _broken_promise(state)
    )


@cache
def misread(snapshot: Snapshot, files: frozenset[File], registered: frozenset[int]) -> str:
    """How a reader of the snapshot would be misled by these files."""
    for day in DAYS:
        seen, expected = view(snapshot, day, files, registered), oracle(snapshot, day)
        if seen != expected:
            return f"day {day}: a reader sees {_shown(seen)}, the published runs say {_shown(expected)}"
        if of_kind(snapshot, MAIN, day):
            ids = [row.id for row in (*seen, *_live_rows(snapshot, day, files))]
            if len(ids) > len(set(ids)):
                return f"day {day}: a reader sees an event twice, live rows beside the day's run: {sorted(ids)}"
    return ""


def view(snapshot: Snapshot, day: int, files: frozenset[File], registered: frozenset[int]) -> tuple[Row, ...]:
    """Rows of main and late generations that a query of the day returns: files in registered partitions."""
    named = [line.generation for line in (of_kind(snapshot, kind, day) for kind in (MAIN, LATE)) if line]
    found = [File(one, day) for one in named if File(one, day) in files and day in registered]
    return tuple(sorted(row for file in found for row in rows_in(file)))


def _live_rows(snapshot: Snapshot, day: int, files: frozenset[File]) -> list[Row]:
    """Live rows are at-least-once, so they are no part of the oracle: they must only never stand beside a main."""
    named = of_kind(snapshot, LIVE, day)
    return [row for file in files if named and file[:2] == (Live(day), day) for row in rows_in(file)]


@cache
def oracle(snapshot: Snapshot, day: int) -> tuple[Row, ...]:
    """The day as a function of the published runs: its main, then the lowest arrival day of every other event."""
    main = main_of(snapshot, day)
    rows = {row.id: row for row in (rows_of(main, day) if main else ())}
    for arrival in DAYS:
        run = main_of(snapshot, arrival)
        for row in rows_of(run, day) if run else ():
            rows.setdefault(row.id, row)
    return tuple(sorted(rows.values()))


def table(state: State) -> Table:
    """What the view shows in the end, live rows aside."""
    return tuple(view(state.current, day, state.files, state.registered) for day in DAYS)


def _broken_promise(state: State) -> str:
    """Every committed change is there, and no raw object that was published is published no more."""
    there = {line for line in state.current if line.kind in (MAIN, PINNED)}
    if there != state.promised:
        gone = sorted(f"{line.kind} of day {line.day}" for line in state.promised - there)
        return f"a committed change is undone by a publication that did not know of it: {', '.join(gone) or 'removal'}"
    for day, name in state.covered:
        main = main_of(state.current, day)
        if not main or name not in main.inputs:
            return f"day {day}: raw object {name} was published and is no more"
    return ""


def newest_offered(state: State) -> frozenset[tuple[int, frozenset[str]]]:
    """Per day the most that a finished run read: of this alone the final table is a function."""
    best: dict[int, Run] = {}
    for run in state.ledgers:
        if run.day not in best or best[run.day].inputs <= run.inputs:
            best[run.day] = run
    return frozenset((day, run.inputs) for day, run in best.items())


def _shown(rows: tuple[Row, ...]) -> str:
    return ", ".join(f"{row.id} (arrived on {row.arrival})" for row in rows) or "nothing"
