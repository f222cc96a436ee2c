from datetime import timedelta

import pytest

from clickstream.publication import PublicationRefused, publish, rollback, withdraw
from clickstream.replay import (
    ACCEPTED,
    EXPIRED,
    MOST_DAYS,
    NEEDS_A_RUN,
    Example,
    Rejudged,
    Replay,
    Tally,
    parse_days,
    parse_reasons,
    parse_replay,
    runs_to_judge,
    with_expired,
)
from tests.dags.clickstream.builders import RUN, ledger
from tests.dags.clickstream.test_publication import DAY, finished_run

NEXT = DAY + timedelta(days=1)
BAD = {"invalid_price": 2, "malformed_json": 1}


def quarantining(catalog, day=DAY, quarantined=None, name="jr_1"):
    """A published run that quarantined records."""
    bad = BAD if quarantined is None else quarantined
    run = finished_run(catalog, day, name, quarantined=bad, lines=10 + sum(bad.values()))
    publish(catalog, {day: run})
    return run


def judged(catalog, *days, reasons=(), is_dry=False):
    return runs_to_judge(catalog, days or (DAY,), reasons, is_dry)


def test_days_are_parsed_each_once_and_in_order():
    assert parse_days([str(NEXT), str(DAY), str(NEXT)]) == (DAY, NEXT)


@pytest.mark.parametrize(
    "given",
    [None, "2024-12-25", [], ["2026-13-40"], ["../x"], [""], [None], [str(DAY + timedelta(n)) for n in range(32)]],
    ids=lambda given: str(given)[:20],
)
def test_what_is_no_list_of_days_is_refused(given):
    with pytest.raises(ValueError, match=r"expected (arrival_days, a list of 1 to 31 days|a real date)"):
        parse_days(given)
    assert MOST_DAYS == 31


def test_reasons_are_words_and_none_are_all():
    assert parse_reasons(["malformed_json", "invalid_price", "invalid_price"]) == ("invalid_price", "malformed_json")
    assert parse_reasons(None) == parse_reasons([]) == ()


@pytest.mark.parametrize("reason", ["", "a,b", "Invalid", "x y", "'", None])
def test_what_is_no_reason_is_refused(reason):
    with pytest.raises(ValueError, match="expected reasons such as unknown_event_type, got"):
        parse_reasons([reason])


def test_the_published_runs_are_judged_and_their_reasons_counted(catalog):
    quarantining(catalog, name="jr_0", quarantined={"too_late": 1})
    first, second = quarantining(catalog), quarantining(catalog, NEXT)
    runs, quarantined = judged(catalog, DAY, NEXT)
    assert runs == (first, second)
    assert quarantined == {"invalid_price": 4, "malformed_json": 2}


def test_a_run_that_quarantined_nothing_or_nothing_for_the_reason_is_left_out(catalog):
    first = quarantining(catalog)
    quarantining(catalog, NEXT, {"too_late": 3})
    assert judged(catalog, DAY, NEXT, reasons=("invalid_price",))[0] == (first,)
    quarantining(catalog, NEXT, {}, "jr_2")
    assert judged(catalog, DAY, NEXT)[0] == (first,)
    assert judged(catalog, NEXT) == ((), {})


def test_a_reason_that_no_day_knows_is_refused_with_those_that_there_are(catalog):
    quarantining(catalog)
    with pytest.raises(PublicationRefused, match="quarantined as invalid_prize; there are: invalid_price, malformed"):
        judged(catalog, reasons=("invalid_price", "invalid_prize"))


@pytest.mark.parametrize("is_withdrawn", [False, True], ids=["never published", "withdrawn"])
def test_a_day_that_shows_no_run_is_refused(catalog, is_withdrawn):
    if is_withdrawn:
        quarantining(catalog)
        withdraw(catalog, DAY)
    else:
        finished_run(catalog, quarantined=BAD)
    with pytest.raises(PublicationRefused, match="arrival day 2024-12-25 shows no run"):
        judged(catalog, is_dry=True)


def test_a_pinned_day_is_judged_but_not_run_again(catalog):
    run = quarantining(catalog)
    rollback(catalog, DAY, run)
    assert judged(catalog, is_dry=True)[0] == (run,)
    with pytest.raises(PublicationRefused, match=f"2024-12-25 is pinned at run {run}: .*release the day first"):
        judged(catalog)


def test_a_replay_is_read_as_it_was_written():
    rejudged = Rejudged(RUN, (Tally("a", ACCEPTED, 2),), (Example("a", {"event_type": "click", "price": 1.5}),))
    made = Replay("jr_1", 3, (rejudged,))
    assert parse_replay(made.to_json()) == made


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"runs": [{}]}', '{"runs": [], "job_run_id": "x"}'])
def test_what_is_no_replay_is_refused(text):
    with pytest.raises(ValueError, match="expected a replay's JSON"):
        parse_replay(text)


@pytest.mark.parametrize(
    ("now", "worth"), [(ACCEPTED, True), (NEEDS_A_RUN, True), (EXPIRED, True), ("invalid_price", False)]
)
def test_a_day_is_worth_a_run_where_something_could_change(now, worth):
    assert Rejudged(RUN, (Tally("a", "a", 9), Tally("b", now, 1))).is_worth_a_run is worth
    assert not Rejudged(RUN, ()).is_worth_a_run


def test_what_the_ledger_counted_and_nobody_found_is_expired():
    found = [Tally("malformed_json", "malformed_json", 1), Tally("invalid_price", ACCEPTED, 1)]
    counted = ledger(quarantined=BAD | {"too_late": 1})
    assert with_expired(found, counted, ()) == (
        Tally("invalid_price", ACCEPTED, 1),
        Tally("invalid_price", EXPIRED, 1),
        Tally("malformed_json", "malformed_json", 1),
        Tally("too_late", EXPIRED, 1),
    )
    assert with_expired(found[:1], counted, ("malformed_json",)) == (Tally("malformed_json", "malformed_json", 1),)
