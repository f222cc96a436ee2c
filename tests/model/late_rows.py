"""Late rows in the model: what a day's are a function of, the INSERT, and what a publisher keeps of it."""

from tests.model.world import (
    DAYS,
    LATE,
    DayInputs,
    File,
    Late,
    Line,
    Process,
    Row,
    Run,
    Snapshot,
    State,
    days_of,
    main_of,
    retired,
    rows_in,
    rows_of,
    without,
)

NONE: Snapshot = frozenset()


def touched_days(guards: frozenset[str], me: Process) -> set[int]:
    """Days whose late rows change, because a main with rows of theirs comes or goes."""
    if "merge" not in guards:
        return set()
    pairs = [(main_of(me.before or NONE, day), main_of(me.after or NONE, day)) for day in me.days]
    sides = (0, 1) if "replaced" in guards else (1,)
    moved = {pair[side] for pair in pairs if pair[0] != pair[1] for side in sides}
    own = set() if "own day" in guards else set(me.days)
    return set().union(*(days_of(run) for run in moved if run)) - own


def inputs_of(snapshot: Snapshot, day: int) -> DayInputs:
    others = (main_of(snapshot, arrival) for arrival in DAYS if arrival != day)
    return DayInputs(day, main_of(snapshot, day), tuple(run for run in others if run and rows_of(run, day)))


def insert(state: State, one: DayInputs, times: int) -> Late:
    """INSERT ... SELECT over the files that exist: lowest arrival day first, minus the ids of the day's main."""
    taken = {row.id for row in _rows(state, one.main, one.day)}
    rows: dict[str, Row] = {}
    for run in one.sources:  # by arrival day
        for row in _rows(state, run, one.day):
            if row.id not in taken:
                rows.setdefault(row.id, row)
    return Late(one.day, state.tick, tuple(sorted(times * [*rows.values()])))


def _rows(state: State, run: Run | None, day: int) -> tuple[Row, ...]:
    return rows_in(File(run, day)) if run and File(run, day) in state.files else ()


def is_doubled(late: Late) -> bool:
    return len(late.rows) != len({row.id for row in late.rows})


def kept(guards: frozenset[str], me: Process, one: DayInputs) -> Late | None:
    """What this publisher merged before from the same inputs, unless a janitor took it for rubbish since."""
    gone, key = retired(me.after or NONE), _key(guards, one)
    found = [late for inputs, late in me.merged if _key(guards, inputs) == key and late not in gone]
    return min(found, default=None)


def _key(guards: frozenset[str], one: DayInputs) -> DayInputs:
    return one if "main in key" in guards else one._replace(main=None)


def with_late(guards: frozenset[str], me: Process) -> Snapshot:
    """The process's snapshot with the late rows of the touched days in place of the former ones."""
    days = touched_days(guards, me)
    after = me.after or NONE
    made = {day: kept(guards, me, inputs_of(after, day)) for day in days if inputs_of(after, day).sources}
    lines = {Line(LATE, day, late) for day, late in made.items() if late and late.rows}
    return without(after, (LATE,), tuple(days)) | lines
