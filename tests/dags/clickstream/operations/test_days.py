from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream.checks import Result
from clickstream.operations import words
from clickstream.operations.booked import Run as BookedRun
from clickstream.operations.booked import run_of
from clickstream.operations.books import Arrived, Books
from clickstream.operations.days import (
    QUIET,
    RUN_DUE,
    RUN_TAKES,
    State,
    days,
    last_event,
    last_publication,
    last_published,
    to_look_at,
)
from clickstream.snapshots import LIVE, MAIN, PINNED, RETIRED, Line, Snapshot
from tests.operations.made_books import made_checks, made_ledger

DAY = date(2024, 12, 25)
LATER = datetime(2024, 12, 28, 12, tzinfo=UTC)
CLOSED = datetime(2024, 12, 26, 0, 45, tzinfo=UTC)
FAILED = {"repeated_event_ids": 4.0}


def run(day=DAY, rows=1000, name="jr_1", failed=None) -> BookedRun:
    made = made_ledger(day, rows, name)
    checks = tuple(made_checks(made, failed))
    return replace(run_of(made.summary()), checks=checks, checked_at="2024-12-26T01:00:00+00:00")


def books(*runs, shown=(), extra=(), waiting=None) -> Books:
    by_day: dict[date, tuple[BookedRun, ...]] = {}
    for one in sorted(runs, key=lambda one: one.written_at, reverse=True):
        by_day[one.day] = (*by_day.get(one.day, ()), one)
    mains = {Line(str(one.day), MAIN, one.run_id, one.run_id) for one in shown}
    arrived = {day: Arrived(LATER, number) for day, number in (waiting or {}).items()}
    return Books(Snapshot(frozenset({*mains, *extra})), by_day, arrived)


def state(*runs, now=LATER, day=DAY, **more) -> State:
    (one,) = days(books(*runs, **more), day, day, now)
    return one.state


GOOD, BAD, NEWER = run(), run(name="jr_2", failed=FAILED), run(name="jr_2")
PIN = Line(str(DAY), PINNED, GOOD.run_id, GOOD.run_id)
EARLIER = run(DAY - timedelta(days=30))
WRITTEN = datetime.fromisoformat(GOOD.written_at)
NIGHT = {"runs": [EARLIER], "shown": [EARLIER]}


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        (State.PUBLISHED, {"runs": [GOOD], "shown": [GOOD]}),
        (State.PUBLISHED, {"runs": [GOOD, NEWER], "shown": [NEWER]}),
        (State.FAILED, {"runs": [BAD]}),
        (State.FAILED, {"runs": [GOOD, BAD], "shown": [GOOD]}),
        (State.PUBLISHED, {"runs": [GOOD, BAD], "shown": [GOOD], "extra": [PIN]}),
        (State.PUBLISHED, {"runs": [run(failed=FAILED), NEWER], "shown": [NEWER]}),
        (State.FAILED, {"runs": [BAD], "shown": [BAD]}),
        (State.FAILED, {"runs": [BAD], "shown": [BAD], "extra": [PIN]}),
        (State.WAITING, {"runs": [GOOD], "shown": [GOOD], "waiting": {DAY: 2}}),
        (State.PUBLISHED, {"runs": [GOOD], "shown": [GOOD], "waiting": {DAY: 0}}),
        (State.PUBLISHED, {"runs": [GOOD], "shown": [GOOD], "extra": [PIN], "waiting": {DAY: 2}}),
        (State.WITHDRAWN, {"runs": [GOOD], "extra": [PIN]}),
        (State.MISSING, NIGHT),
        (State.MISSING, {"runs": [], "waiting": {DAY: 2}}),
        (State.MISSING, {"runs": [GOOD]}),
        (State.RUNNING, {"runs": [GOOD], "now": WRITTEN + timedelta(hours=1)}),
        (State.RUNNING, {"runs": [EARLIER], "now": datetime.fromisoformat(EARLIER.written_at), "day": EARLIER.day}),
        (State.MISSING, {"runs": [GOOD], "now": WRITTEN + RUN_TAKES}),
        (State.LIVE, NIGHT | {"now": CLOSED - timedelta(seconds=1)}),
        (State.LIVE, {"runs": [], "waiting": {DAY: 2}, "now": CLOSED - timedelta(hours=9)}),
        (State.RUNNING, NIGHT | {"now": CLOSED}),
        (State.RUNNING, NIGHT | {"now": CLOSED + RUN_DUE - timedelta(seconds=1)}),
        (State.MISSING, NIGHT | {"now": CLOSED + RUN_DUE}),
        (State.NONE, NIGHT | {"day": DAY + timedelta(days=9)}),
        (State.NONE, NIGHT | {"day": EARLIER.day + QUIET + timedelta(days=1), "now": LATER + timedelta(days=90)}),
        (State.NONE, {"runs": [GOOD], "shown": [GOOD], "day": DAY - timedelta(days=1)}),
        (State.NONE, {"runs": []}),
    ],
    ids=[
        "published", "a newer run is", "failed at first", "failed later", "failed, and pinned since", "mended",
        "failed after it was published", "the pinned run failed",
        "objects wait", "objects were read", "objects wait for a pinned day", "withdrawn", "no run",
        "objects of the first day and no run", "a run that nobody published", "a run has just written",
        "a run of an old day has", "a run wrote long ago", "open", "the first day, open", "just closed",
        "its run is due", "its run is overdue", "ahead", "long at rest", "before the first", "nothing is known",
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


def test_a_rollback_is_offered_to_what_was_checked_and_may_be_shown():
    unchecked = replace(run(name="jr_3"), checks=())
    (one,) = days(books(GOOD, NEWER, unchecked, shown=[NEWER]), DAY, DAY, LATER)
    assert [generation.run.run_id[-4:] for generation in one.generations if generation.may_be_shown] == ["jr_1"]
    (withdrawn,) = days(books(GOOD, BAD, extra=[PIN]), DAY, DAY, LATER)
    assert [generation.may_be_shown for generation in withdrawn.generations] == [False, True]


def test_every_day_of_the_range_is_there_oldest_first():
    found = days(books(GOOD, shown=[GOOD]), DAY - timedelta(days=2), DAY + timedelta(days=1), LATER)
    assert [str(one.day) for one in found] == ["2024-12-23", "2024-12-24", "2024-12-25", "2024-12-26"]


def test_the_last_published_day_is_that_of_the_snapshot():
    assert last_published(books(GOOD, EARLIER, shown=[GOOD, EARLIER]).snapshot) == DAY
    assert last_published(books(GOOD).snapshot) is None


def test_the_last_event_is_that_of_the_published_runs():
    found = days(books(GOOD, BAD, shown=[GOOD]), DAY, DAY + timedelta(days=1), LATER)
    assert last_event(found) == GOOD.last_event_at == layout.day_end(DAY)
    assert last_event(days(books(GOOD), DAY, DAY, LATER)) is None


def test_the_last_publication_is_that_of_a_run_and_of_nobody_who_tidies():
    found = days(books(GOOD, NEWER, shown=[GOOD]), DAY, DAY, LATER)
    assert last_publication(found) == datetime(2024, 12, 26, 1, tzinfo=UTC)
    assert last_publication(days(books(GOOD), DAY, DAY, LATER)) is None


@pytest.fixture
def made():
    """The 25th failed, the 26th is missing, the 27th has objects waiting; the 28th is open."""
    good, waits = run(DAY - timedelta(days=1)), run(DAY + timedelta(days=2))
    return books(good, BAD, waits, shown=[good, waits], waiting={waits.day: 3})


@pytest.fixture
def week(made):
    return days(made, DAY - timedelta(days=1), LATER.date(), LATER)


def test_the_worst_day_is_the_one_to_look_at_first(week):
    assert [one.state.value for one in week] == ["published", "failed", "missing", "waiting", "live"]
    assert to_look_at(week, LATER.date()) == [week[2], week[1], week[3]]
    assert to_look_at([week[0], week[4]], LATER.date()) == []


def test_of_days_alike_the_latest_is_named_first(week):
    older = replace(week[2], day=DAY - timedelta(days=9))
    assert to_look_at([older, week[2]], LATER.date()) == [week[2], older]


@pytest.mark.parametrize(("age", "is_news"), [(7, True), (8, False)])
def test_an_unusual_volume_is_news_for_a_week(week, age, is_news):
    unusual = replace(week[0], state=State.UNUSUAL, day=LATER.date() - timedelta(days=age))
    assert bool(to_look_at([unusual], LATER.date())) is is_news


def headline(made, found):
    return words.headline(made, found, LATER.date())


def test_the_headline_says_what_is_the_matter_and_what_to_do(made, week):
    found = headline(made, week)
    assert (found.title, found.day) == ("2024-12-26 is missing", week[2])
    assert "run the day" in found.text
    assert [str(one.day) for one in found.others] == ["2024-12-25", "2024-12-27"]
    failed = words.advice(week[1])
    assert failed.startswith("repeated_event_ids is 4, expected 0. Nothing of that run is shown. Readers see nothing")
    assert words.advice(week[3]).startswith("3 raw objects arrived after the published run.")


def test_what_readers_see_instead_is_said():
    live = Line(str(DAY), LIVE, f"live-{DAY}")
    told = {
        name: words.advice(days(made, DAY, DAY, LATER)[0])
        for name, made in {"run": books(GOOD, BAD, shown=[GOOD]), "live": books(BAD, extra=[live])}.items()
    }
    assert "Readers still see run 2024-12-25-jr_1." in told["run"]
    assert "Readers see its live rows, as they came" in told["live"]


def test_all_is_well_and_nothing_is_there_are_told_apart(made, week):
    assert headline(made, [week[0], week[4]]).title == "You can trust 2024-12-24"
    assert headline(made, [week[4]]).title == "No day of this range is published"
    assert headline(books(), [week[4]]).title == "No day is published yet"
    assert [headline(*one).tone for one in ((books(), []), (made, [week[0]]), (made, week))] == [
        "calm", "well", "missing",
    ]  # fmt: skip


def test_warnings_and_withdrawn_days_are_not_hidden_by_all_being_well(made, week):
    warned = run(failed={"emails_in_text": 500.0})
    (one,) = days(books(warned, shown=[warned]), DAY, DAY, LATER)
    withdrawn = replace(week[0], state=State.WITHDRAWN)
    text = headline(made, [withdrawn, one]).text
    assert "Withdrawn by a person: 2024-12-24. Checks warned on 1 of them, last on 2024-12-25." in text
    assert words.advice(one).endswith("Warnings: emails_in_text is 500, expected 0.")


def test_a_published_run_that_failed_when_checked_again_is_said_to_be_what_readers_see():
    (one,) = days(books(BAD, shown=[BAD]), DAY, DAY, LATER)
    text = words.advice(one)
    assert text.startswith("repeated_event_ids is 4, expected 0. Readers see that run: it was published, and failed")
    assert "passed" not in text
    assert headline(books(BAD, shown=[BAD]), [one]).title == "2024-12-25 failed its checks"
    (newer_passed,) = days(books(run(failed=FAILED), NEWER, shown=[run(failed=FAILED)]), DAY, DAY, LATER)
    assert words.advice(newer_passed) == text, "the failed checks are the published run's"


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
