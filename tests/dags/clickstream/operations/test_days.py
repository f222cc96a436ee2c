from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream.checks import Result
from clickstream.operations import words
from clickstream.operations.books import Books, _summary
from clickstream.operations.books import Run as BookedRun
from clickstream.operations.days import RUN_TAKES, State, days, worst
from clickstream.snapshots import MAIN, PINNED, RETIRED, Line, Snapshot
from tests.operations.made_books import made_checks, made_ledger

DAY = date(2024, 12, 25)
LATER = datetime(2024, 12, 28, 12, tzinfo=UTC)
CLOSED = datetime(2024, 12, 26, 0, 45, tzinfo=UTC)
FAILED = {"repeated_event_ids": 4.0}


def run(day=DAY, rows=1000, name="jr_1", failed=None) -> BookedRun:
    made = made_ledger(day, rows, name)
    return BookedRun(**_summary(made), checks=tuple(made_checks(made, failed)), checked_at="2024-12-26T01:00:00")


def books(*runs, shown=(), extra=(), waiting=None) -> Books:
    by_day: dict[date, tuple[BookedRun, ...]] = {}
    for one in sorted(runs, key=lambda one: one.written_at, reverse=True):
        by_day[one.day] = (*by_day.get(one.day, ()), one)
    mains = {Line(str(one.day), MAIN, one.run_id, one.run_id) for one in shown}
    return Books(Snapshot(frozenset({*mains, *extra})), None, by_day, waiting or {}, None)


def state(*runs, now=LATER, day=DAY, **more) -> State:
    (one,) = days(books(*runs, **more), day, day, now)
    return one.state


GOOD, BAD, NEWER = run(), run(name="jr_2", failed=FAILED), run(name="jr_2")
PIN = Line(str(DAY), PINNED, GOOD.run_id, GOOD.run_id)
EARLIER = run(DAY - timedelta(days=30))


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        (State.PUBLISHED, {"runs": [GOOD], "shown": [GOOD]}),
        (State.PUBLISHED, {"runs": [GOOD, NEWER], "shown": [NEWER]}),
        (State.FAILED, {"runs": [BAD]}),
        (State.FAILED, {"runs": [GOOD, BAD], "shown": [GOOD]}),
        (State.PUBLISHED, {"runs": [GOOD, BAD], "shown": [GOOD], "extra": [PIN]}),
        (State.PUBLISHED, {"runs": [run(failed=FAILED), NEWER], "shown": [NEWER]}),
        (State.WAITING, {"runs": [GOOD], "shown": [GOOD], "waiting": {DAY: 2}}),
        (State.PUBLISHED, {"runs": [GOOD], "shown": [GOOD], "extra": [PIN], "waiting": {DAY: 2}}),
        (State.WITHDRAWN, {"runs": [GOOD], "extra": [PIN]}),
        (State.MISSING, {"runs": [EARLIER], "shown": [EARLIER]}),
        (State.MISSING, {"runs": [GOOD]}),
        (State.RUNNING, {"runs": [GOOD], "now": CLOSED + timedelta(hours=1)}),
        (State.MISSING, {"runs": [GOOD], "now": CLOSED + RUN_TAKES}),
        (State.LIVE, {"runs": [EARLIER], "shown": [EARLIER], "now": CLOSED - timedelta(seconds=1)}),
        (State.MISSING, {"runs": [EARLIER], "shown": [EARLIER], "now": CLOSED}),
        (State.NONE, {"runs": [EARLIER], "shown": [EARLIER], "day": DAY + timedelta(days=9)}),
        (State.NONE, {"runs": [GOOD], "shown": [GOOD], "day": DAY - timedelta(days=1)}),
        (State.NONE, {"runs": []}),
    ],
    ids=[
        "published", "a newer run is", "failed at first", "failed later", "failed, and pinned since", "mended",
        "objects wait", "objects wait for a pinned day", "withdrawn", "no run", "a run that nobody published",
        "a run has just written", "a run wrote long ago", "open", "just closed", "ahead", "before the first",
        "nothing is known",
    ],
)  # fmt: skip
def test_state_of_a_day(expected, made):
    made = dict(made)
    assert state(*made.pop("runs"), **made) is expected


def test_a_volume_that_the_weekday_does_not_have_is_unusual():
    before = [run(DAY - timedelta(weeks=number)) for number in range(1, 6)]
    few = run(rows=100)
    assert state(*before, few, shown=[*before, few]) is State.UNUSUAL
    assert state(*before[:3], few, shown=[*before[:3], few]) is State.PUBLISHED
    assert state(*before, few, shown=[few]) is State.PUBLISHED, "only what is published is usual"


def standings(*runs, **more):
    (one,) = days(books(*runs, **more), DAY, DAY, LATER)
    return {generation.run.run_id[-4:]: generation.standing for generation in one.generations}


def test_generations_are_told_apart():
    retired = Line(str(DAY), RETIRED, "2024-12-25-jr_1", "2024-12-25-jr_1")
    third, fourth = run(name="jr_3"), run(name="jr_4")
    assert standings(GOOD, BAD, third, fourth, shown=[third], extra=[retired]) == {
        "jr_4": "not published", "jr_3": "current", "jr_2": "failed", "jr_1": "retired",
    }  # fmt: skip
    assert standings(GOOD, NEWER, shown=[NEWER]) == {"jr_2": "current", "jr_1": "superseded"}
    assert standings(GOOD, NEWER, shown=[GOOD], extra=[PIN]) == {"jr_2": "not published", "jr_1": "pinned"}


def test_every_day_of_the_range_is_there_oldest_first():
    found = days(books(GOOD, shown=[GOOD]), DAY - timedelta(days=2), DAY + timedelta(days=1), LATER)
    assert [str(one.day) for one in found] == ["2024-12-23", "2024-12-24", "2024-12-25", "2024-12-26"]


@pytest.fixture
def week():
    """The 25th failed, the 26th is missing, the 27th has objects waiting; the 28th is open."""
    good = run(DAY - timedelta(days=1))
    waits = run(DAY + timedelta(days=2))
    made = books(good, BAD, waits, shown=[good, waits], waiting={waits.day: 3})
    return days(made, good.day, LATER.date(), LATER)


def test_the_worst_day_is_the_one_to_look_at_first(week):
    assert [one.state.value for one in week] == ["published", "failed", "missing", "waiting", "live"]
    assert worst(week) is week[2]
    assert worst([week[0], week[1], week[3]]) is week[1]
    assert worst([week[0], week[4]]) is None


def test_of_days_alike_the_latest_is_named(week):
    older = replace(week[2], day=DAY - timedelta(days=9))
    assert worst([week[2], older]) is week[2]


def test_the_headline_says_what_is_the_matter_and_what_to_do(week):
    found = words.headline(week)
    assert (found.title, found.day) == ("2024-12-26 is missing", week[2])
    assert "run the day" in found.text
    assert [str(one.day) for one in found.others] == ["2024-12-27", "2024-12-25"]
    failed = words.advice(week[1])
    assert failed.startswith("repeated_event_ids is 4, expected 0. Nothing of that run is shown; readers see nothing")
    assert words.advice(week[3]).startswith("3 raw objects arrived after the published run.")


def test_all_is_well_and_nothing_is_there_are_told_apart(week):
    assert words.headline([week[0], week[4]]).title == "You can trust 2024-12-24"
    assert words.headline([week[4]]).title == "No day is published yet"
    assert [words.headline(one).tone for one in ([], [week[0]], week)] == ["calm", "well", "missing"]


def test_every_state_has_its_words():
    (one,) = days(books(GOOD, shown=[GOOD]), DAY, DAY, LATER)
    for state_ in State:
        named = replace(one, state=state_)
        assert words.title(named).startswith("2024-12-25 ")
        assert "{" not in words.advice(named)


def test_a_check_without_an_answer_is_said_so():
    none = replace(BAD, checks=(Result(made_checks(made_ledger(DAY))[0].check, None),))
    (one,) = days(books(none), DAY, DAY, LATER)
    assert words.advice(one).startswith("rows is no answer, expected >= 1.")
