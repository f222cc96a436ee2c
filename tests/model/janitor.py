"""The janitor in the model: what may go, and the snapshot that retires it."""

from tests.model.world import MAIN, RETIRED, Generation, Line, Live, Snapshot, State, of_kind, retired, visible


def plan(guards: frozenset[str], state: State) -> tuple[frozenset[Generation], Snapshot]:
    """Generations to delete, and the current snapshot with these as retired ones and without what can be forgotten."""
    protected = frozenset[Generation]().union(*map(visible, _recent(guards, state)))
    there = {file.generation for file in state.files}
    doomed = frozenset(one for one in there - protected if _is_old(state, one))
    lines = {Line(RETIRED, one.day, one) for one in doomed - retired(state.current)}
    needed = there | set(state.ledgers) if "forget" in guards else there
    gone = retired(state.current) - needed
    forgotten = {line for line in state.current if line.kind == RETIRED and line.generation in gone}
    return doomed, (state.current - forgotten) | lines


def _recent(guards: frozenset[str], state: State) -> frozenset[Snapshot]:
    """Snapshots that a reader may still hold: the current one, and those superseded within the retention."""
    if "retention" not in guards:
        return frozenset({state.current})
    if "superseded" not in guards or ("lineage" not in guards and state.has_orphan):
        return state.fresh | {state.current}
    return state.readable


def _is_old(state: State, generation: Generation) -> bool:
    """Older than the retention; live rows, which the Lambda may add to at any time, once their day has a main."""
    if isinstance(generation, Live):
        return state.tick > 0 and bool(of_kind(state.current, MAIN, generation.day))
    return generation.tick < state.tick
