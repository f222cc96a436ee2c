"""Breadth-first search over every interleaving: the first broken state it meets has the shortest trace."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.model.world import State

Steps = Callable[[State], Iterable[tuple[str, State]]]
ENDS = ("done", "refused")


@dataclass
class Result:
    """What a search found. ``trace`` leads to the first broken state, and is empty where there is none."""

    states: int = 0
    steps: int = 0
    seconds: float = 0.0
    problem: str = ""
    trace: list[str] = field(default_factory=list)
    final: list[State] = field(default_factory=list)  # every process has ended

    def __str__(self) -> str:
        size = f"{self.states} states, {self.steps} steps, {self.seconds:.1f} s"
        if not self.problem:
            return f"holds: {size}, {len(self.final)} of them final"
        told = "\n".join(f"  {number:2}. {step}" for number, step in enumerate(self.trace, 1))
        return f"{self.problem}\n{told}\n({size})"


def explore(start: State, steps: Steps, problem: Callable[[State], str], limit: int = 5_000_000) -> Result:
    """Visits every state that can be reached, until one is broken. RuntimeError beyond ``limit`` states."""
    result, began = Result(), time.perf_counter()
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    queue = deque([start])
    while queue and not result.problem:
        state = queue.popleft()
        result.problem = problem(state) or _visit(state, steps, came_from, queue, result)
        if result.problem:
            result.trace = _trace(state, came_from)
        if len(came_from) > limit:
            raise RuntimeError(f"more than {limit} states: give the scenario less to do")
    result.states, result.seconds = len(came_from), time.perf_counter() - began
    return result


def _visit(
    state: State,
    steps: Steps,
    came_from: dict[State, tuple[State, str] | None],
    queue: deque[State],
    result: Result,
) -> str:
    """Queues what follows a state. Nothing follows and a process has not ended: that is broken, too."""
    is_last = True
    for label, following in steps(state):
        is_last = False
        result.steps += 1
        if following not in came_from:
            came_from[following] = (state, label)
            queue.append(following)
    waiting = [one.name for one in state.processes if one.phase not in ENDS]
    if not waiting:
        result.final.append(state)
    return f"{', '.join(waiting)} cannot go on" if is_last and waiting else ""


def _trace(state: State, came_from: dict[State, tuple[State, str] | None]) -> list[str]:
    labels: list[str] = []
    while step := came_from[state]:
        state, label = step
        labels.append(label)
    return labels[::-1]
