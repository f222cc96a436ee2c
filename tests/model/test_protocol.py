"""The protocol holds under every interleaving, and breaks without any one of its guards. `-rP` prints the traces."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import pytest

from tests.model import invariants, protocol, scenarios
from tests.model.protocol import ALL_GUARDS, GUARDS, PHASES
from tests.model.scenarios import Scenario
from tests.model.search import Result, explore
from tests.model.world import Budget, State

Build = Callable[[], Scenario]

SMALL: list[Build] = [
    scenarios.two_days, scenarios.same_day, scenarios.rolled_back, scenarios.pinned, scenarios.withdrawn,
    scenarios.withdrawn_for_good, scenarios.swept, scenarios.swept_under_readers, scenarios.live,
]  # fmt: skip
BIG: list[Build] = [
    scenarios.three_days, scenarios.three_days_in_trouble, scenarios.operators, scenarios.swept_twice,
    scenarios.live_and_swept,
]  # fmt: skip
WITHOUT_OPERATORS = [scenarios.two_days, scenarios.same_day, scenarios.live]

# The guard that is taken away, the world in which that shows, and words of what a reader or the auditor then sees.
BROKEN: dict[str, tuple[Build, str]] = {
    "version": (scenarios.two_days, "a committed change is undone"),
    "count": (scenarios.two_days, "sees c (arrived on 1), c (arrived on 1)"),
    "merge": (scenarios.two_days, "sees nothing, the published runs say c"),
    "own day": (scenarios.same_day, "b (arrived on 1), b (arrived on 2)"),
    "replaced": (scenarios.withdrawn, "sees c (arrived on 1), the published runs say nothing"),
    "main in key": (scenarios.two_days, "sees c (arrived on 1), c (arrived on 2)"),
    "handover": (scenarios.live, "sees an event twice, live rows beside the day's run"),
    "covers": (scenarios.same_day, "raw object 1b was published and is no more"),
    "ledger": (scenarios.two_days, "sees nothing, the published runs say c"),
    "crawl": (scenarios.two_days, "sees nothing, the published runs say a"),
    "refuse retired": (scenarios.swept, "the published runs say a"),
    "pins": (scenarios.rolled_back, "pinned, and catch-up changed it"),
    "withdrawal": (scenarios.withdrawn_for_good, "pinned or withdrawn, and a run that is not newer"),
    "surpass": (scenarios.pinned, "pinned or withdrawn, and a run that is not newer"),
    "retire": (scenarios.swept, "the published runs say a"),
    "retention": (scenarios.swept_under_readers, "the published runs say a"),
    "superseded": (scenarios.swept_under_readers, "the published runs say a"),
    "lineage": (scenarios.swept_under_readers, "the published runs say a"),
    "forget": (scenarios.swept, "the published runs say a"),
}


def search(scenario: Scenario) -> Result:
    rules, start = scenario
    return explore(start, partial(protocol.steps, rules), invariants.problem)


@cache
def explored(build: Build) -> tuple[Result, frozenset[str]]:
    """The search of a world with all guards, made once, and the phases that its processes reached."""
    rules, start = build()
    phases: set[str] = set()

    def note(state: State) -> str:
        phases.update(one.phase for one in state.processes)
        return invariants.problem(state)

    return explore(start, partial(protocol.steps, rules), note), frozenset(phases)


def require_sound(build: Build) -> Result:
    result, _ = explored(build)
    print(f"{build.__name__} {result}")
    assert not result.problem, str(result)
    assert any(all(one.phase == "done" for one in state.processes) for state in result.final)
    return result


@pytest.mark.parametrize("build", SMALL, ids=lambda build: build.__name__)
def test_no_interleaving_misleads_a_reader_or_undoes_a_commit(build: Build) -> None:
    require_sound(build)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("build", BIG, ids=lambda build: build.__name__)
def test_no_interleaving_of_a_bigger_world_misleads_a_reader_or_undoes_a_commit(build: Build) -> None:
    require_sound(build)


@pytest.mark.parametrize("build", WITHOUT_OPERATORS, ids=lambda build: build.__name__)
def test_final_table_depends_on_what_was_read_and_not_on_the_order(build: Build) -> None:
    tables: dict[object, set[object]] = {}
    for state in require_sound(build).final:
        tables.setdefault(invariants.newest_offered(state), set()).add(invariants.table(state))

    assert {len(found) for found in tables.values()} == {1}


@pytest.mark.parametrize("guard", GUARDS)
def test_protocol_without_a_guard_is_caught(guard: str) -> None:
    build, words = BROKEN[guard]
    rules, start = build()

    result = search((replace(rules, guards=ALL_GUARDS - {guard}), start))

    print(f"Without this guard: {GUARDS[guard]}.\n{result}")
    assert words in result.problem, str(result)
    assert result.trace


def test_a_withdrawn_day_without_a_pin_is_brought_back_by_catch_up_too() -> None:
    rules, start = scenarios.withdrawn_for_good()
    alone = start._replace(processes=start.processes[1:])  # nobody clears the withdrawn run's task

    result = search((replace(rules, guards=ALL_GUARDS - {"withdrawal"}), alone))

    assert result.problem == "day 1 is withdrawn, and catch-up changed it"


def test_late_rows_of_one_publisher_survive_the_other_one() -> None:
    """The model is not idle: events that are late, early and delivered twice do reach the final table."""
    expected = (
        (("a", 1), ("b", 1), ("x", 2)),  # b came late, too; its own day's comes first
        (("c", 2),),  # c came on day 1 as well, with a clock ahead
        (),
    )

    assert expected in {invariants.table(state) for state in require_sound(scenarios.two_days).final}


def test_worlds_reach_every_phase() -> None:
    assert {phase for build in SMALL for phase in explored(build)[1]} == {*PHASES, "done", "refused"}


def test_a_change_whose_answer_is_lost_takes_effect_once() -> None:
    """Somebody may undo it before its publisher finds out that it happened."""
    rules, start = scenarios.repeated(Budget(lost_answers=1))

    assert not search((replace(rules, effect_once=True), start)).problem


def test_limit_a_change_whose_publisher_dies_after_the_commit_may_take_effect_twice() -> None:
    """Not promised (decision 5): who is started again knows nothing of the commit, and somebody may have undone it."""
    rules, start = scenarios.repeated(Budget(crashes=1))

    result = search((replace(rules, effect_once=True), start))

    print(result)
    assert result.problem == "withdrawal took effect twice"
    assert not search((rules, start)).problem
