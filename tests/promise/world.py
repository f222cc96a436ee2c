"""A deployment to which operations happen, and what must be true of it after each."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import singledispatchmethod

from clickstream import janitor, publication
from clickstream.catalog import Catalog, PublicationRefused
from clickstream.catch_up import CatchUp
from clickstream.ledger import Ledger
from clickstream.publication import publication_id_of
from clickstream.snapshots import MAIN, PINNED, RETIRED, Snapshot
from tests.promise import operations as op
from tests.promise import published
from tests.promise.deployment import put_raw, register_partition
from tests.promise.in_process import run_day
from tests.promise.oracle import ARRIVAL_HOUR, RawLine, expected_rows
from tests.promise.published import Change, Run, State

VIEW = """SELECT event_timestamp, event_id, page_title, arrival_date, source_object, year, month, day
FROM clickstream_events"""


@dataclass(frozen=True)
class Done:
    """What was tried, and whether it was refused."""

    change: Change
    was_refused: bool = False


class World:
    """``counted``: how often each operation did something, and how often a change was refused."""

    def __init__(self, catalog: Catalog, counted: Counter[str]) -> None:
        self.catalog = catalog
        self.state = State()
        self.raw: dict[date, dict[str, tuple[bytes, ...]]] = {}
        self.runs: dict[date, list[Run]] = {}
        self.counted = counted
        self._numbers = itertools.count(1)
        self._looked_at = ""

    def do(self, operation: op.Operation) -> None:
        """Carries it out and checks everything."""
        done = self._done(operation)
        self.counted["refused"] += sum(one.was_refused for one in done)
        self._check(operation, done)

    def settle(self) -> None:
        """Runs every day that is not pinned again: then all raw lines are shown, those of pinned days aside."""
        days = [day for day in sorted(self.raw) if day not in self.state.pins]
        runs = [run for day in days for run in self._run(day)]
        self._check("the end", self._publish(runs))
        lacking = [day for day in days if self.state.mains[day].inputs != self.raw[day].keys()]
        assert not lacking, "days that are not pinned lack raw objects"

    def _done(self, operation: op.Operation) -> list[Done]:
        if isinstance(operation, op.CatchUp | op.Together):
            for landed in operation.landed:
                self._done(landed)
        done = self._carry_out(operation)
        self.counted[type(operation).__name__] += bool(done)
        return done

    # --- operations: each returns what it tried, nothing where there was nothing to do ---

    @singledispatchmethod
    def _carry_out(self, operation: op.Operation) -> list[Done]:
        raise NotImplementedError(operation)

    @_carry_out.register
    def _(self, operation: op.Add) -> list[Done]:
        day = _day(operation.day)
        key = put_raw(self.catalog, day, operation.lines, ARRIVAL_HOUR)
        self.raw.setdefault(day, {})[self.catalog.settings.raw_uri + key] = operation.lines
        return [Done(published.nothing)]

    @_carry_out.register
    def _(self, operation: op.Run) -> list[Done]:
        return [Done(published.nothing) for _ in self._run(_day(operation.day))]

    @_carry_out.register
    def _(self, operation: op.Publish) -> list[Done]:
        return self._publish([run for pick in operation.picks for run in self._picked(*pick)])

    @_carry_out.register
    def _(self, operation: op.Rerun) -> list[Done]:
        return self._publish([run for day in operation.days for run in self._run(_day(day))])

    @_carry_out.register
    def _(self, operation: op.Rollback) -> list[Done]:
        return [
            _tried(published.roll_back(run), lambda run=run: publication.rollback(self.catalog, run.day, run.id))
            for run in self._picked(operation.day, operation.number)
        ]

    @_carry_out.register
    def _(self, operation: op.Withdraw) -> list[Done]:
        day = _day(operation.day)
        return [_tried(published.withdraw(day), lambda: publication.withdraw(self.catalog, day))]

    @_carry_out.register
    def _(self, operation: op.Release) -> list[Done]:
        day = _day(operation.day)
        return [_tried(published.release(day), lambda: publication.release(self.catalog, day))]

    @_carry_out.register
    def _(self, operation: op.Janitor) -> list[Done]:
        finished = [run for runs in self.runs.values() for run in runs]
        now = datetime.now(UTC) + timedelta(days=operation.ahead)
        is_over = operation.ahead >= op.RETENTION_OVER
        change = published.retire_invisible(finished) if is_over else published.nothing
        return [_tried(change, lambda: janitor.clean(self.catalog, now, apply=True))]

    @_carry_out.register
    def _(self, operation: op.CatchUp) -> list[Done]:
        built: list[Run] = []

        def build(day: date) -> Ledger:
            built.extend(self._run(day))
            return self.catalog.read_ledger(built[-1].id)

        catch_up = CatchUp(self.catalog, build, lambda text: None, max_quarantined_share=1.0)
        done = _tried(published.publish(built, respect_pins=True), lambda: catch_up.run(datetime.now(UTC)))
        return [done] if built else []

    @_carry_out.register
    def _(self, operation: op.Backfill) -> list[Done]:
        threads = op.DAYS if operation.in_parallel else 1
        with ThreadPoolExecutor(threads) as pool:
            done = list(pool.map(lambda day: self._publish(self._run(_day(day))), operation.order))
        return list(itertools.chain(*done))

    @_carry_out.register
    def _(self, operation: op.Together) -> list[Done]:
        together = threading.Barrier(2)

        def at_once(one: op.Operation) -> list[Done]:
            together.wait()
            return self._done(one)

        with ThreadPoolExecutor(2) as pool:
            return list(itertools.chain(*pool.map(at_once, (operation.first, operation.second))))

    def _run(self, day: date) -> list[Run]:
        """One finished run of the day; none where nothing arrived."""
        if not self.raw.get(day):
            return []
        number, objects = next(self._numbers), dict(self.raw[day])
        moment = datetime(2024, 3, 5, tzinfo=UTC) + timedelta(seconds=number)
        name = run_day(self.catalog, day, f"jr_{number}", now=moment)
        register_partition(self.catalog, day)
        ledger = self.catalog.read_ledger(name)
        assert ledger.problems() == []
        assert ledger.lines == sum(map(len, objects.values()))
        run = Run(name, day, number, frozenset(objects))
        self.runs.setdefault(day, []).append(run)
        return [run]

    def _picked(self, day: int, number: int) -> list[Run]:
        finished = self.runs.get(_day(day), [])
        return [finished[number % len(finished)]] if finished else []

    def _publish(self, runs: Sequence[Run]) -> list[Done]:
        named = {run.day: run.id for run in runs}
        return [_tried(published.publish(runs), lambda: publication.publish(self.catalog, named))] if runs else []

    # --- checks ---

    def _check(self, why: object, done: Sequence[Done]) -> None:
        table = self.catalog.published_table()
        snapshot = self.catalog.snapshot_at(table["StorageDescriptor"]["Location"])
        self.state = _agreed(self.state, done, snapshot, why)
        if isinstance(why, op.Janitor) or self._looked_at != publication_id_of(table):
            self._looked_at = publication_id_of(table)
            assert self.shown() == expected_rows({day: self._read(day) for day in self.state.mains}), why

    def _read(self, day: date) -> list[RawLine]:
        """The raw lines of what the day shows."""
        return [RawLine(source, line) for source in self.state.mains[day].inputs for line in self.raw[day][source]]

    def shown(self) -> list[tuple[str, ...]]:
        """The view's rows, as the oracle writes them."""
        rows = self.catalog.ask(VIEW)
        assert all(row["event_timestamp"][:10] == f"{row['year']}-{row['month']}-{row['day']}" for row in rows)
        names = ("event_timestamp", "event_id", "page_title", "arrival_date", "source_object")
        return sorted(tuple(row[name] for name in names) for row in rows)


def _day(number: int) -> date:
    return op.FIRST_DAY + timedelta(days=number)


def _tried(change: Change, call: Callable[[], object]) -> Done:
    try:
        call()
    except PublicationRefused:
        return Done(change, was_refused=True)
    return Done(change)


def _agreed(state: State, done: Sequence[Done], snapshot: Snapshot, why: object) -> State:
    """The state after what was done, in the one order or the other, that is the published one."""
    ends = [end for order in _orders(done) if (end := _after(state, order)) is not None]
    fitting = [end for end in ends if _lines(end) == _published_lines(snapshot)]
    assert fitting, f"after {why}: expected one of {ends}, published is {sorted(snapshot.lines)}"
    return fitting[0]


def _orders(done: Sequence[Done]) -> Iterable[Sequence[Done]]:
    return itertools.permutations(done)


def _after(state: State, order: Sequence[Done]) -> State | None:
    """None where one of them was refused, or was not, and should not have been, or should."""
    for one in order:
        changed = one.change(state)
        if (changed is None) != one.was_refused:
            return None
        state = changed or state
    return state


def _lines(state: State) -> set[tuple[str, ...]]:
    mains = {(MAIN, str(day), run.id, run.id) for day, run in state.mains.items()}
    pins = {(PINNED, str(day), pin.surpass.id, pin.at.id) for day, pin in state.pins.items()}
    return mains | pins | {(RETIRED, str(run.day), run.id, run.id) for run in state.retired}


def _published_lines(snapshot: Snapshot) -> set[tuple[str, ...]]:
    """Late and live lines left out: they follow from the others, and the view shows whether they do."""
    lines = (x for x in snapshot.lines if x.kind in (MAIN, PINNED) or (x.kind == RETIRED and x.run_id))
    return {(x.kind, x.day, x.generation, x.run_id) for x in lines}
