"""What must be published after a change, said once more and in other words than `clickstream.changes`.

A state goes in, a state comes out, or None where the change must be refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True)
class Run:
    """A finished run. ``number`` counts the runs in the order of their ledgers; ``inputs`` are its raw objects."""

    id: str
    day: date
    number: int
    inputs: frozenset[str] = field(repr=False)

    def is_newer_than(self, other: "Run") -> bool:
        return self.inputs > other.inputs or (self.inputs == other.inputs and self.number > other.number)


@dataclass(frozen=True)
class Pin:
    """A day that stays at a run, or without it where it was withdrawn; ``surpass``: was out when it was pinned.

    Only a run that is newer than both releases it.
    """

    at: Run
    surpass: Run


@dataclass(frozen=True)
class State:
    mains: Mapping[date, Run] = field(default_factory=dict)
    pins: Mapping[date, Pin] = field(default_factory=dict)
    retired: frozenset[Run] = frozenset()

    def with_main(self, run: Run, pin: Pin | None = None) -> "State":
        pins = {day: old for day, old in self.pins.items() if day != run.day} | ({run.day: pin} if pin else {})
        return replace(self, mains={**self.mains, run.day: run}, pins=pins)


Change = Callable[[State], State | None]


def nothing(state: State) -> State:
    return state


def publish(runs: Iterable[Run], respect_pins: bool = False) -> Change:
    """All of them or none. ``respect_pins``: days that are pinned, or show all that the run read, stay as they are."""

    def change(state: State) -> State | None:
        for run in runs:
            main, pin = state.mains.get(run.day), state.pins.get(run.day)
            if run == main or (respect_pins and (pin or (main and run.inputs <= main.inputs))):
                continue
            rivals = [main] * bool(main) + ([pin.at, pin.surpass] if pin else [])
            if run in state.retired or not all(run.is_newer_than(rival) for rival in rivals):
                return None
            state = state.with_main(run)
        return state

    return change


def roll_back(run: Run) -> Change:
    def change(state: State) -> State | None:
        if run in state.retired:
            return None
        pin = state.pins.get(run.day)
        return state.with_main(run, Pin(run, pin.surpass if pin else state.mains.get(run.day, run)))

    return change


def withdraw(day: date) -> Change:
    def change(state: State) -> State:
        main, pin = state.mains.get(day), state.pins.get(day)
        if not main:
            return state
        made = Pin(main, pin.surpass if pin else main)
        return replace(state, mains=_without(state.mains, day), pins={**state.pins, day: made})

    return change


def release(day: date) -> Change:
    return lambda state: replace(state, pins=_without(state.pins, day))


def retire_invisible(finished: Iterable[Run]) -> Change:
    """What the janitor does once the retention is over."""
    return lambda state: replace(state, retired=state.retired | (frozenset(finished) - set(state.mains.values())))


def _without[T](days: Mapping[date, T], day: date) -> dict[date, T]:
    return {key: value for key, value in days.items() if key != day}
