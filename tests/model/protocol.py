"""The protocol of DESIGN sections 4 and 5 as steps of processes, each guard with a switch.

A process is a table of phases (PHASES); a phase yields what may happen next, as (words, state). One step is one thing
that AWS does for us as a whole: a read, an INSERT, an UpdateTable. Whatever happens between two steps, the search
tries. Code and model use the same names: `clickstream.changes`, `publication`, `merger`, the janitor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.model import changes, janitor
from tests.model.changes import Refused
from tests.model.late_rows import inputs_of, insert, is_doubled, kept, touched_days, with_late
from tests.model.world import LIVE, RAW, File, Line, Live, Process, Run, State, files_of, main_of, rows_in

# What each guard demands. A test takes one away and the search must find how that breaks the table.
GUARDS = {
    "version": "UpdateTable carries the VersionId that was read",
    "count": "merged late rows are counted before they are used",
    "merge": "late rows of the touched days are merged again",
    "own day": "the arrival day itself is touched: its late rows depend on its main",
    "replaced": "the days of the run that goes are touched, too",
    "main in key": "a merge is kept only while the day's main is the same, too",
    "handover": "live rows go in the commit that brings the main",
    "covers": "a run that lacks a published raw object is refused",
    "ledger": "a run without a ledger is not published",
    "crawl": "the partition is registered before the commit",
    "refuse retired": "a retired run is refused, on top of the snapshot that the commit replaces",
    "pins": "catch-up leaves pinned days alone, on top of the snapshot that the commit replaces",
    "withdrawal": "a withdrawn day is pinned, so that neither catch-up nor the run itself brings it back",
    "surpass": "a pin gives way only to a run newer than the one it put aside",
    "retire": "what is to be deleted is retired by a commit first",
    "retention": "what a superseded snapshot names is kept for its readers",
    "superseded": "a snapshot's age counts from when it was superseded, not from when it was written",
    "lineage": "what superseded a snapshot is known by its `replaces`, not by the next object in the listing",
    "forget": "a retired line stays as long as a file or a ledger of it is left",
}
ALL_GUARDS = frozenset(GUARDS)
Move = tuple[str, State]


@dataclass(frozen=True)
class Rules:
    """The guards in force, what the world may do beside the processes, and whether the auditor counts effects."""

    guards: frozenset[str] = ALL_GUARDS
    later: tuple[str, ...] = ()  # raw objects that land at any time
    live_days: tuple[int, ...] = ()  # days for which the Lambda writes, and publishers add, live rows
    effect_once: bool = False


def steps(rules: Rules, state: State) -> Iterator[Move]:
    """Everything that may happen next."""
    for me in state.processes:
        if me.phase in PHASES:
            for what, after in PHASES[me.phase](rules, state, me):
                yield f"{me.name} {what}", after
        if state.budget.crashes and _restarted(rules, state, me) != me:
            yield f"{me.name} dies and is started again", _crash(rules, state, me)
    yield from _world(rules, state)


def _world(rules: Rules, state: State) -> Iterator[Move]:
    for name in rules.later:
        if name not in state.raw:
            yield f"raw object {name} lands", state._replace(raw=state.raw | {name})
    for name in sorted(state.raw):
        file = File(Live(RAW[name].arrival), RAW[name].arrival, name)
        if file.day in rules.live_days and file not in state.files and rows_in(file):
            yield f"the Lambda writes live rows of {name}", state._replace(files=state.files | {file})
    if state.budget.ticks:
        yield "the retention passes; whatever was in flight has died", tick(rules, state)


def tick(rules: Rules, state: State) -> State:
    return state._replace(
        processes=tuple(_restarted(rules, state, one) for one in state.processes),
        budget=state.budget._replace(ticks=state.budget.ticks - 1),
        tick=state.tick + 1,
        readable=frozenset({state.current}),
        fresh=frozenset(),
    )


def put(state: State, me: Process, **changed: object) -> State:
    """The state with the process as it is now, and with other fields changed."""
    processes = tuple(me if one.name == me.name else one for one in state.processes)
    return state._replace(processes=processes, **changed)  # type: ignore[arg-type]


def _ended(me: Process, phase: str = "done") -> Process:
    return Process(me.name, me.kind, me.days, phase)


# -- a crash: memory is lost; a run that is finished, or that an operator named, is not


def _restarted(rules: Rules, state: State, me: Process) -> Process:
    if me.phase in ("done", "refused"):
        return me
    runs = () if me.kind == "catch_up" or not set(me.runs) <= set(state.ledgers) else me.runs
    phase = RESUMED[me.kind] if runs else START[me.kind]
    return Process(me.name, me.kind, me.days, phase, me.attempt, runs, is_out=me.is_out and rules.effect_once)


def _crash(rules: Rules, state: State, me: Process) -> State:
    orphan = state.has_orphan or ("lineage" not in rules.guards and me.phase == "commit" and state.tick == 0)
    budget = state.budget._replace(crashes=state.budget.crashes - 1)
    return put(state, _restarted(rules, state, me), budget=budget, has_orphan=orphan)


# -- a run: a function of the raw objects that it lists, invisible


def _write(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    days = changes.unprocessed_days(state, me.days) if me.kind == "catch_up" else me.days
    listed = {day: frozenset(name for name in state.raw if RAW[name].arrival == day) for day in days}
    if not all(listed.values()):
        yield "finds no raw object and fails", put(state, _ended(me, "refused"))
    elif not days:
        yield "finds nothing new", put(state, _ended(me))
    else:
        attempt = me.attempt + 1
        runs = tuple(Run(day, me.name, attempt, state.tick, names) for day, names in listed.items())
        main = {file for run in runs for file in files_of(run) if file.day == run.day}
        phase = "ledger" if "ledger" in rules.guards else "crawl"
        now = me._replace(phase=phase, runs=runs, attempt=attempt)
        read = ", ".join(sorted(name for names in listed.values() for name in names))
        yield f"reads {read} and writes main rows", put(state, now, files=state.files | main)


def _finish(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    files = state.files.union(*map(files_of, me.runs))
    now = me._replace(phase="crawl")
    yield "writes candidates, then its ledger", put(state, now, files=files, ledgers=state.ledgers + me.runs)


def _crawl(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    days = {run.day for run in me.runs} if "crawl" in rules.guards else set()
    now = me._replace(phase="check" if "ledger" in rules.guards else "read")
    yield "has its partitions registered", put(state, now, registered=state.registered | days)


def _choose(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """An operator names any finished run of the day that is not out."""
    targets = [run for run in state.ledgers if run.day in me.days and run != main_of(state.current, run.day)]
    for run in targets:
        yield f"is asked for the run of {run.by}", put(state, me._replace(phase="check", runs=(run,)))
    if not targets:
        yield "has no other run to name", put(state, _ended(me, "refused"))


# -- a publication


def _check(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """HEAD of every file. Once, before the rounds: whoever deletes a run's files has retired the run before."""
    if all(files_of(run) <= state.files for run in me.runs):
        yield "finds every file of the run", put(state, me._replace(phase="read"))
    else:
        yield "finds files of the run gone: refused", put(state, _ended(me, "refused"))


def _read(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """Reads pointer and VersionId and the snapshot there; decides on top of it."""
    before = state.current
    try:
        after = changes.CHANGES[me.kind](rules.guards, state.ledgers, before, me)
    except Refused as why:
        yield f"reads the current snapshot: refused, {why}", put(state, _ended(me, "refused"))
        return
    if after == before:
        yield "reads the current snapshot: nothing left to do", put(state, _ended(me))
        return
    me = me._replace(before=before, after=after, stale=False)
    wanted = [inputs_of(after, day) for day in sorted(touched_days(rules.guards, me))]
    missing = tuple(one for one in wanted if one.sources and not kept(rules.guards, me, one))
    now = me._replace(missing=missing, phase="insert") if missing else _drafted(rules, me)
    yield "reads the current snapshot and its version", put(state, now)


def _insert(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """One INSERT for all days; Athena may execute it twice, and its rows then stand there twice."""
    for times, words in ((1, ""), (2, ", executed twice")):
        if times > 1 and not state.budget.double_inserts:
            return
        made = {one: insert(state, one, times) for one in me.missing}
        files = state.files | {File(late, late.day) for late in made.values() if late.rows}
        budget = state.budget._replace(double_inserts=state.budget.double_inserts - (times - 1))
        registered = state.registered | {late.day for late in made.values() if late.rows}
        now = me._replace(merged=me.merged | set(made.items()), phase="count")
        days = ", ".join(str(one.day) for one in me.missing)
        label = f"merges late rows of day {days}{words}"
        yield label, put(state, now, files=files, budget=budget, registered=registered)


def _count(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    twice = frozenset(pair for pair in me.merged if pair[0] in me.missing and is_doubled(pair[1]))
    if twice and "count" in rules.guards:
        yield "counts rows twice: merges again", put(state, me._replace(merged=me.merged - twice, phase="insert"))
    else:
        yield "counts the merged rows and writes its snapshot", put(state, _drafted(rules, me))


def _drafted(rules: Rules, me: Process) -> Process:
    """The process with its new snapshot complete: late rows in place, live lines for days without a main."""
    after = with_late(rules.guards, me)
    coming = {Line(LIVE, day, Live(day)) for day in rules.live_days if changes.may_go_live(after, day)}
    return me._replace(after=after | coming, missing=(), phase="commit")


def _commit(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """UpdateTable. Its answer may be lost, whether it was carried out or not; or the process dies after it."""
    budget = state.budget
    is_lost = budget._replace(lost_answers=budget.lost_answers - 1)
    if me.stale and "version" in rules.guards:
        again = me._replace(phase=AGAIN.get(me.kind, "read"), before=None, after=None, doomed=frozenset())
        yield "is told that somebody else committed", put(state, again._replace(stale=False))
        return
    then = me._replace(phase="delete", before=None, after=None) if me.doomed else _ended(me)
    yield "commits", _committed(rules, state, me, then)
    if budget.lost_answers:
        unsure = me._replace(phase="unsure", stale=False, is_out=True)
        yield "commits, and the answer is lost", _committed(rules, state, me, unsure)._replace(budget=is_lost)
        yield (
            "has its commit and the answer lost",
            put(state, me._replace(phase="unsure", is_out=False), budget=is_lost),
        )
    if budget.crashes:
        dead = _restarted(rules, state, me._replace(is_out=True))
        fewer = budget._replace(crashes=budget.crashes - 1)
        yield "commits, dies and is started again", _committed(rules, state, me, dead)._replace(budget=fewer)


def _unsure(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """Follows what snapshots replace, from the current one back: is mine on the way? (``is_out`` says so here.)"""
    if me.is_out:
        then = me._replace(phase="delete", before=None, after=None) if me.doomed else _ended(me)
        yield "finds that its commit happened", put(state, then)
    else:
        again = me._replace(phase=AGAIN.get(me.kind, "read"), before=None, after=None, doomed=frozenset())
        yield "does not find its commit", put(state, again._replace(stale=False))


def _committed(rules: Rules, state: State, me: Process, then: Process) -> State:
    """The table points to the new snapshot; whoever read the version before holds a stale one; the auditor notes it."""
    after = me.after or frozenset()
    others = tuple(one._replace(stale=True) if one.before is not None else one for one in state.processes)
    return put(
        state._replace(processes=others),
        then,
        current=after,
        readable=state.readable | {after},
        fresh=state.fresh | {after},
        has_orphan=state.has_orphan and state.tick > 0,
        **changes.audited(state, me, rules.effect_once),
    )


# -- the janitor


def _plan(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    doomed, after = janitor.plan(rules.guards, state)
    now = me._replace(before=state.current, after=after, stale=False, doomed=doomed)
    if after == state.current and not doomed:
        yield "finds nothing to delete", put(state, _ended(me))
    elif after == state.current or "retire" not in rules.guards:
        yield "lists what may go", put(state, now._replace(phase="delete", before=None, after=None))
    else:
        yield "lists what may go and retires it in a new snapshot", put(state, now._replace(phase="commit"))


def _delete(rules: Rules, state: State, me: Process) -> Iterator[Move]:
    """One file after the other: it may die between any two."""
    files = sorted((file for file in state.files if file.generation in me.doomed), key=repr)
    if files:
        left = state.files - {files[0]}
        yield f"deletes a file of day {files[0].day}", put(state, me, files=left)
    else:
        yield "has deleted everything", put(state, _ended(me))


PHASES: dict[str, Callable[[Rules, State, Process], Iterator[Move]]] = {
    "write": _write, "ledger": _finish, "crawl": _crawl, "choose": _choose, "check": _check, "read": _read,
    "insert": _insert, "count": _count, "commit": _commit, "unsure": _unsure, "plan": _plan, "delete": _delete,
}  # fmt: skip
START = {
    "daily": "write", "catch_up": "write", "rollback": "choose", "withdraw": "read", "release": "read",
    "lambda": "read", "janitor": "plan",
}  # fmt: skip
RESUMED = {"daily": "crawl", "rollback": "check"}  # after a crash, with a run in hand
AGAIN = {"janitor": "plan"}  # after a lost race; others read again
