"""Changes of what is visible, each a function of the snapshot that its commit replaces; and the auditor's notes."""

from collections.abc import Callable

from tests.model.world import (
    LIVE,
    MAIN,
    PINNED,
    RAW,
    Line,
    Live,
    Process,
    Run,
    Snapshot,
    State,
    main_of,
    of_kind,
    retired,
    without,
)

Ledgers = tuple[Run, ...]


class Refused(Exception):
    """The change does not fit what is visible."""


def _publish(guards: frozenset[str], ledgers: Ledgers, before: Snapshot, me: Process) -> Snapshot:
    """Each run becomes its day's main where it is newer; a pin of the day goes, or keeps the run out."""
    coming = []
    for run in me.runs:
        main, pin = main_of(before, run.day), of_kind(before, PINNED, run.day)
        if run == main or (pin and me.kind == "catch_up" and "pins" in guards):
            continue
        if me.kind == "catch_up" and main and run.inputs <= main.inputs:
            continue  # nothing of the day is unprocessed any more
        _require_kept(guards, before, run)
        if main and "covers" in guards:
            _require_newer(ledgers, run, main)
        for rival in _put_aside(pin) if "surpass" in guards else ():
            _require_newer(ledgers, run, rival)
        coming.append(run)
    return _with_mains(guards, before, tuple(coming))


def _roll_back(guards: frozenset[str], ledgers: Ledgers, before: Snapshot, me: Process) -> Snapshot:
    """The run becomes its day's main, older or not, and the day is pinned at it."""
    (run,) = me.runs
    _require_kept(guards, before, run)
    main, pin = main_of(before, run.day), of_kind(before, PINNED, run.day)
    newest = pin.note if pin else main or run
    after = before if main == run else _with_mains(guards, before, me.runs)
    return without(after, (PINNED,), me.days) | {Line(PINNED, run.day, run, newest)}


def _withdraw(guards: frozenset[str], ledgers: Ledgers, before: Snapshot, me: Process) -> Snapshot:
    """The day shows no run, and is pinned so that this one stays away."""
    main, pin = main_of(before, me.days[0]), of_kind(before, PINNED, me.days[0])
    if not main:
        return before
    pins = {Line(PINNED, main.day, main, pin.note if pin else main)} if "withdrawal" in guards else frozenset[Line]()
    return without(before, (MAIN, PINNED), me.days) | pins


def _release(guards: frozenset[str], ledgers: Ledgers, before: Snapshot, me: Process) -> Snapshot:
    return without(before, (PINNED,), me.days)


def _go_live(guards: frozenset[str], ledgers: Ledgers, before: Snapshot, me: Process) -> Snapshot:
    """The Lambda adds the live line of a day that has none and no main."""
    return before | {Line(LIVE, day, Live(day)) for day in me.days if may_go_live(before, day)}


CHANGES: dict[str, Callable[[frozenset[str], Ledgers, Snapshot, Process], Snapshot]] = {
    "daily": _publish, "catch_up": _publish, "rollback": _roll_back, "withdraw": _withdraw, "release": _release,
    "lambda": _go_live,
}  # fmt: skip


def _with_mains(guards: frozenset[str], before: Snapshot, runs: tuple[Run, ...]) -> Snapshot:
    gone = (MAIN, LIVE, PINNED) if "handover" in guards else (MAIN, PINNED)
    return without(before, gone, tuple(run.day for run in runs)) | {Line(MAIN, run.day, run) for run in runs}


def may_go_live(snapshot: Snapshot, day: int) -> bool:
    is_decided = of_kind(snapshot, MAIN, day) or of_kind(snapshot, PINNED, day)
    return not is_decided and Live(day) not in retired(snapshot)


def _require_kept(guards: frozenset[str], before: Snapshot, run: Run) -> None:
    if run in retired(before) and "refuse retired" in guards:
        raise Refused("the run is retired")


def _put_aside(pin: Line | None) -> list[Run]:
    """The runs that a run must be newer than to release the pin."""
    return [run for run in (pin.generation, pin.note) if isinstance(run, Run)] if pin else []


def _require_newer(ledgers: Ledgers, run: Run, rival: Run) -> None:
    if run == rival or rival.inputs - run.inputs:
        raise Refused(f"it lacks what the run of {rival.by} read")
    if run.inputs == rival.inputs and (*ledgers, run).index(run) < (*ledgers, rival).index(rival):
        raise Refused(f"the run of {rival.by} is newer")


def unprocessed_days(state: State, days: tuple[int, ...]) -> tuple[int, ...]:
    """Days that are not pinned and have a raw object that their published run did not read."""
    found = []
    for day in days:
        main, pin = main_of(state.current, day), of_kind(state.current, PINNED, day)
        listed = {name for name in state.raw if RAW[name].arrival == day}
        if not pin and listed - (main.inputs if main else frozenset()):
            found.append(day)
    return tuple(found)


def audited(state: State, me: Process, effect_once: bool) -> dict[str, object]:
    """The auditor's notes after a commit: what was promised before, with this change and nothing else; or an alarm."""
    promised, covered, withdrawn, alarm = state.promised, state.covered, state.withdrawn, state.alarm
    before, after = me.before or frozenset(), me.after or frozenset()
    for day in me.days:
        old, new = main_of(before, day), main_of(after, day)
        changed = {line for line in after if line.day == day and line.kind in (MAIN, PINNED)}
        if changed == {line for line in before if line.day == day and line.kind in (MAIN, PINNED)}:
            continue
        alarm = alarm or _alarm(state, me, day, old != new, effect_once)
        promised = without(promised, (MAIN, PINNED), (day,)) | changed
        if old != new:
            kept = {one for one in covered if one[0] != day or me.kind in ("daily", "catch_up")}
            covered = frozenset(kept | {(day, name) for name in (new.inputs if new else ())})
        gone = {old} if old and me.kind == "withdraw" else set()
        withdrawn = frozenset({run for run in withdrawn if run.day != day} | gone)
    return {"promised": promised, "covered": covered, "withdrawn": withdrawn, "alarm": alarm}


def _alarm(state: State, me: Process, day: int, is_moved: bool, effect_once: bool) -> str:
    pin = of_kind(state.promised, PINNED, day)
    withdrawn = [one for one in state.withdrawn if one.day == day]
    run = next((one for one in me.runs if one.day == day), None)
    if effect_once and me.is_out:
        return f"{me.name} took effect twice"
    if not is_moved or not run:
        return ""
    if me.kind == "catch_up" and (pin or withdrawn):
        return f"day {day} is {'pinned' if pin else 'withdrawn'}, and catch-up changed it"
    if me.kind == "daily" and not all(_surpasses(run, rival) for rival in [*_put_aside(pin), *withdrawn]):
        return f"day {day} is pinned or withdrawn, and a run that is not newer than the one put aside came out"
    return ""


def _surpasses(run: Run, rival: Run) -> bool:
    return run != rival and not rival.inputs - run.inputs
