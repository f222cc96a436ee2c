"""Small worlds, each with the processes that may get in one another's way; and the worlds that prove each guard."""

from tests.model.protocol import PHASES, START, Rules, tick
from tests.model.world import Budget, Process, State


def process(name: str, kind: str, *days: int) -> Process:
    return Process(name, kind, days, START[kind])


def world(raw: str, *processes: Process, budget: Budget | None = None) -> State:
    """A world in which these raw objects are there and nothing was ever run."""
    return State(processes, frozenset(raw.split()), budget or Budget())


def settled(state: State, *ended: Process, raw: str = "", ticks: int = 0) -> State:
    """The world after these processes ran, one after the other and without trouble; then raw objects, then ticks."""
    rules = Rules()
    for one in ended:
        alone = state._replace(processes=(one,), budget=Budget())
        while alone.processes[0].phase in PHASES:
            alone = next(iter(PHASES[alone.processes[0].phase](rules, alone, alone.processes[0])))[1]
        state = alone._replace(processes=state.processes, budget=state.budget)
    for _ in range(ticks):
        state = tick(rules, state)._replace(budget=state.budget)
    return state._replace(raw=state.raw | set(raw.split()))


Scenario = tuple[Rules, State]

DAY_1, DAY_2, DAY_3 = process("day 1", "daily", 1), process("day 2", "daily", 2), process("day 3", "daily", 3)
DAY_1_AGAIN = process("day 1 again", "daily", 1)
ROLLBACK, WITHDRAWAL = process("rollback", "rollback", 1), process("withdrawal", "withdraw", 1)
RELEASE, CATCH_UP = process("release", "release", 1), process("catch-up", "catch_up", 1, 2)
JANITOR, NEXT_JANITOR = process("janitor", "janitor"), process("next janitor", "janitor")
LAMBDA = process("Lambda", "lambda", 1)


def two_days() -> Scenario:
    """Two days at once, each with late rows for the other; an object lands after its day was read."""
    budget = Budget(crashes=1, lost_answers=1, double_inserts=1)
    return Rules(later=("1b",)), world("1a 2a", DAY_1, DAY_2, budget=budget)


def same_day() -> Scenario:
    """A published day is run twice at once, while an object lands; another day's late rows wait beside it."""
    start = world("1a 2a", DAY_1, DAY_1_AGAIN, budget=Budget(crashes=1))
    return Rules(later=("1b",)), settled(start, process("before", "daily", 1), DAY_2)


def rolled_back() -> Scenario:
    """A day with a new object is rolled back and caught up at once, while another day is published."""
    start = world("1a 2a", ROLLBACK, CATCH_UP, DAY_2)
    return Rules(), settled(start, process("before", "daily", 1), DAY_1, raw="1b")


def pinned() -> Scenario:
    """A pinned day is released and caught up, while somebody clears the task that published the run put aside."""
    start = settled(world("1a 2a"), DAY_1, raw="1b")
    start = settled(start, DAY_1_AGAIN, DAY_2, ROLLBACK)
    cleared = process("cleared task", "daily", 1)._replace(phase="crawl", runs=(start.ledgers[1],))
    return Rules(), start._replace(processes=(cleared, RELEASE, CATCH_UP), budget=Budget(crashes=1))


def withdrawn() -> Scenario:
    """A run is withdrawn while the days to which it brought late rows are published."""
    budget = Budget(crashes=1, lost_answers=1)
    return Rules(), settled(world("1a 1b 2a", WITHDRAWAL, DAY_2, budget=budget), DAY_1, raw="2b")


def withdrawn_for_good() -> Scenario:
    """A day is withdrawn, released and caught up, while somebody clears the task that published the withdrawn run."""
    start = settled(world("1a 2a"), DAY_1)
    cleared = process("cleared task", "daily", 1)._replace(phase="crawl", runs=start.ledgers)
    return Rules(), start._replace(processes=(cleared, WITHDRAWAL, RELEASE, CATCH_UP), budget=Budget(crashes=1))


def swept() -> Scenario:
    """Old generations, a janitor that may die at any file, a rollback to a run that is about to go."""
    start = settled(world("1a 2a", JANITOR, ROLLBACK, budget=Budget(crashes=1, ticks=1)), DAY_1, DAY_2, raw="1b")
    return Rules(), settled(start, DAY_1_AGAIN, ticks=1)


def swept_under_readers() -> Scenario:
    """A janitor while a run supersedes what readers still read; some of it was written long ago."""
    start = world("1a 2a", JANITOR, DAY_1_AGAIN, budget=Budget(crashes=1, ticks=1))
    return Rules(), settled(start, DAY_1, DAY_2, raw="1b")


def live() -> Scenario:
    """The Lambda writes and shows live rows of a day, whenever it likes, while the day and the next are published."""
    return Rules(live_days=(1,)), world("1a 2a", DAY_1, DAY_2, LAMBDA, budget=Budget(crashes=1))


def repeated(budget: Budget) -> Scenario:
    """A withdrawal that may have to be repeated, and a new run of the day."""
    return Rules(), settled(world("1a", DAY_1_AGAIN, WITHDRAWAL, budget=budget), DAY_1)


# Bigger worlds: minutes.


def three_days() -> Scenario:
    """Three days at once; two objects land after their days were read."""
    return Rules(later=("1b", "2b")), world("1a 2a 3a", DAY_1, DAY_2, DAY_3, budget=Budget(double_inserts=1))


def three_days_in_trouble() -> Scenario:
    """The third day joins two that are out, while the first is run again; with a crash and a lost answer."""
    budget = Budget(crashes=1, lost_answers=1, double_inserts=1)
    start = world("1a 2a 3a", DAY_1_AGAIN, DAY_3, CATCH_UP, budget=budget)
    return Rules(), settled(start, DAY_1, DAY_2, raw="1b")


def operators() -> Scenario:
    """A rollback, a withdrawal and a release of one day, and catch-up, with a crash and a lost answer."""
    start = world("1a 2a", ROLLBACK, WITHDRAWAL, RELEASE, CATCH_UP, budget=Budget(crashes=1, lost_answers=1))
    return Rules(), settled(start, process("before", "daily", 1), DAY_1, DAY_2, raw="1b")


def swept_twice() -> Scenario:
    """Two janitors, at once or one after the other, a run again and a rollback to what they take."""
    start = world("1a 2a", JANITOR, NEXT_JANITOR, ROLLBACK, DAY_2, budget=Budget(crashes=1, ticks=1))
    start = settled(start, process("before", "daily", 1), raw="1b")
    return Rules(), settled(start, DAY_1, ticks=1)


def live_and_swept() -> Scenario:
    """Live rows of a day that is published, withdrawn and swept; the Lambda goes on writing."""
    start = world("1a 2a", DAY_1, WITHDRAWAL, LAMBDA, JANITOR, budget=Budget(lost_answers=1, ticks=1))
    return Rules(live_days=(1,)), settled(start, DAY_2)
