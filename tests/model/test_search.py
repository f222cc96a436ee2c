"""The search finds what there is to find, by the shortest way."""

import pytest

from tests.model.scenarios import DAY_1, process, world
from tests.model.search import explore
from tests.model.world import State


def counting(state: State) -> list[tuple[str, State]]:
    """A world that only counts its ticks: by one, or by two, up to four."""
    return [(f"+{n}", state._replace(tick=state.tick + n)) for n in (1, 2) if state.tick + n <= 4]


def ended() -> State:
    return world("", process("ended", "daily", 1)._replace(phase="done"))


def test_every_state_is_visited_once() -> None:
    result = explore(ended(), counting, lambda state: "")

    assert (result.states, result.steps, len(result.final), result.problem) == (5, 7, 5, "")


def test_counterexample_is_the_shortest() -> None:
    result = explore(ended(), counting, lambda state: "four" if state.tick == 4 else "")

    assert (result.problem, result.trace) == ("four", ["+2", "+2"])
    assert "   2. +2" in str(result)


def test_process_that_cannot_go_on_is_a_problem() -> None:
    assert explore(world("", DAY_1), lambda state: [], lambda state: "").problem == "day 1 cannot go on"


def test_search_that_grows_beyond_its_limit_says_so() -> None:
    with pytest.raises(RuntimeError, match="more than 2 states"):
        explore(ended(), counting, lambda state: "", limit=2)
