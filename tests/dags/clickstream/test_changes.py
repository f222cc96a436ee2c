from datetime import date

import pytest

from clickstream import changes
from clickstream.catalog import PublicationRefused
from clickstream.ledger import InputObject, Ledger
from clickstream.snapshots import Line, Snapshot, with_live_days, with_mains
from tests.dags.clickstream.builders import ledger

DAY, NEXT = date(2024, 12, 25), date(2024, 12, 26)
TODAY = date(2025, 3, 1)


def run(name: str, objects: str = "a", written_at: str = "2024-12-26T01") -> Ledger:
    inputs = tuple(InputObject(letter, 1, f"etag-{letter}", 10) for letter in objects)
    return ledger(run_id=f"{DAY}-{name}", inputs=inputs, written_at=written_at)


OLD, NEW = run("jr_old", "a", "2024-12-26T01"), run("jr_new", "ab", "2024-12-26T02")
NEWEST = run("jr_newest", "ab", "2024-12-26T03")
LEDGERS = {one.run_id: one for one in (OLD, NEW, NEWEST)}


def publish(before: Snapshot, one: Ledger, respect_pins: bool = False) -> Snapshot:
    return changes.publishing({DAY: one}, LEDGERS.__getitem__, respect_pins).apply(before)


def roll_back(before: Snapshot, one: Ledger) -> Snapshot:
    return changes.rolling_back(DAY, one.run_id).apply(before)


def showing(one: Ledger, *lines: Line) -> Snapshot:
    return Snapshot(with_mains(Snapshot(frozenset()), {DAY: one.run_id}).lines | set(lines))


def retired(one: Ledger) -> Line:
    return Line(str(DAY), "retired", one.run_id, one.run_id)


def test_a_rollback_shows_the_earlier_run_and_pins_the_day():
    after = roll_back(showing(NEW), OLD)
    assert after == showing(OLD, Line(str(DAY), "pinned", NEW.run_id, OLD.run_id))
    assert after.pinned_days() == {str(DAY)}
    assert after.visible_generations(DAY) == (OLD.run_id,)


def test_a_rollback_to_what_is_shown_pins_it():
    assert roll_back(showing(NEW), NEW) == showing(NEW, Line(str(DAY), "pinned", NEW.run_id, NEW.run_id))


def test_a_rollback_twice_is_a_rollback_once():
    once = roll_back(showing(NEW), OLD)
    assert roll_back(once, OLD) == once


def test_a_rollback_to_a_retired_run_is_refused():
    with pytest.raises(PublicationRefused, match="is retired"):
        roll_back(showing(NEW, retired(OLD)), OLD)


def test_a_rollback_of_a_withdrawn_day_shows_the_run_again():
    assert roll_back(Snapshot(frozenset()), OLD).visible_generations(DAY) == (OLD.run_id,)


def test_a_newer_run_releases_a_pinned_day():
    assert publish(roll_back(showing(NEW), OLD), NEWEST) == showing(NEWEST)


def test_the_run_that_was_rolled_back_does_not_come_back_by_itself():
    """Its task may be cleared, or its worker may have been lost before it reported."""
    with pytest.raises(PublicationRefused, match="jr_new was rolled back.*pinned"):
        publish(roll_back(showing(NEW), OLD), NEW)


def test_a_second_rollback_does_not_forget_what_the_first_put_aside():
    with pytest.raises(PublicationRefused, match="is older than|was rolled back"):
        publish(roll_back(roll_back(showing(NEWEST), NEW), OLD), NEWEST)


def test_publishing_the_pinned_run_again_keeps_the_pin():
    pinned = roll_back(showing(NEW), OLD)
    assert publish(pinned, OLD) == pinned


def test_catch_up_leaves_a_pinned_day_alone():
    pinned = roll_back(showing(NEW), OLD)
    assert publish(pinned, NEWEST, respect_pins=True) == pinned


def test_catch_up_publishes_the_days_that_are_not_pinned():
    pinned = roll_back(showing(NEW), OLD)
    other = ledger(run_id=f"{NEXT}-jr_1", arrival_day=str(NEXT))
    after = changes.publishing({DAY: NEWEST, NEXT: other}, LEDGERS.__getitem__, respect_pins=True).apply(pinned)
    assert after.visible_generations(DAY) == (OLD.run_id,)
    assert after.visible_generations(NEXT) == (other.run_id,)


def test_after_a_release_a_newer_run_may_be_published_by_catch_up():
    released = changes.releasing(DAY).apply(roll_back(showing(NEW), OLD))
    assert released == showing(OLD)
    assert publish(released, NEWEST, respect_pins=True) == showing(NEWEST)


def withdraw(before: Snapshot) -> Snapshot:
    return changes.withdrawing(DAY).apply(before)


def test_a_withdrawn_day_shows_no_run_and_is_pinned_without_it():
    late = Line(str(DAY), "late", "late-1")
    after = withdraw(showing(NEW, late))
    assert after == Snapshot(frozenset({late, Line(str(DAY), "pinned", NEW.run_id, NEW.run_id)}))
    assert after.pinned_days() == {str(DAY)}


def test_a_withdrawal_remembers_what_a_rollback_put_aside():
    assert withdraw(roll_back(showing(NEW), OLD)) == Snapshot(
        frozenset({Line(str(DAY), "pinned", NEW.run_id, OLD.run_id)})
    )


def test_a_withdrawal_twice_is_a_withdrawal_once():
    assert withdraw(withdraw(showing(NEW))) == withdraw(showing(NEW))


def test_a_day_that_shows_nothing_is_not_pinned_by_a_withdrawal():
    assert withdraw(Snapshot(frozenset())) == Snapshot(frozenset())


def test_catch_up_leaves_a_withdrawn_day_alone():
    withdrawn = withdraw(showing(NEW))
    assert publish(withdrawn, NEWEST, respect_pins=True) == withdrawn


@pytest.mark.parametrize("one", [OLD, NEW], ids=["an older run", "the withdrawn run itself"])
def test_a_run_that_is_not_newer_does_not_bring_a_withdrawn_day_back(one):
    with pytest.raises(PublicationRefused, match="rolled back or withdrawn.*pinned|lacks 1 raw objects.*pinned"):
        publish(withdraw(showing(NEW)), one)


def test_a_withdrawn_run_stays_away_though_an_older_one_was_out_before_it():
    """Rolled forward to it, as after a release: the pin's memory is older than the run that is withdrawn."""
    forward = roll_back(showing(OLD), NEW)
    with pytest.raises(PublicationRefused, match="jr_new was rolled back or withdrawn"):
        publish(withdraw(forward), NEW)


def test_a_newer_run_brings_a_withdrawn_day_back_and_ends_its_pin():
    assert publish(withdraw(showing(NEW)), NEWEST) == showing(NEWEST)


def test_a_withdrawn_day_that_was_released_may_be_caught_up():
    released = changes.releasing(DAY).apply(withdraw(showing(NEW)))
    assert released == Snapshot(frozenset())
    assert publish(released, NEWEST, respect_pins=True) == showing(NEWEST)


def test_a_withdrawn_day_may_be_rolled_back_to_an_earlier_run():
    assert roll_back(withdraw(showing(NEW)), OLD) == showing(OLD, Line(str(DAY), "pinned", NEW.run_id, OLD.run_id))


@pytest.mark.parametrize("out", [NEW, NEWEST], ids=["the same objects, earlier", "the same objects, later"])
def test_catch_up_leaves_a_day_alone_whose_published_run_read_as_much(out):
    """Somebody published the day while catch-up built it: that is done, and no reason to fail the other days."""
    ours = run("jr_ours", "ab", "2024-12-26T02:30")
    assert publish(showing(out), ours, respect_pins=True) == showing(out)


def test_catch_up_publishes_what_read_more():
    assert publish(showing(OLD), NEW, respect_pins=True) == showing(NEW)


def test_catch_up_never_publishes_what_read_other_things():
    """Raw is append-only, so this is somebody's interference."""
    other = run("jr_other", "ac")
    with pytest.raises(PublicationRefused, match="lacks 1 raw objects"):
        publish(showing(NEW), other, respect_pins=True)


@pytest.mark.parametrize("today", [DAY, TODAY], ids=["a coming day", "a day long past"])
def test_live_rows_of_a_withdrawn_day_stay_away_until_it_is_released(today):
    withdrawn = withdraw(showing(NEW))
    assert with_live_days(withdrawn, today).visible_generations(DAY) == ()
    released = with_live_days(changes.releasing(DAY).apply(withdrawn), today)
    assert released.visible_generations(DAY) == (("live-2024-12-25",) if today == DAY else ())


def test_live_rows_that_are_retired_do_not_come_back():
    before = Snapshot(frozenset({Line(str(DAY), "retired", "live-2024-12-25")}))
    assert with_live_days(before, DAY).visible_generations(DAY) == ()


def test_retired_lines_are_known_and_not_visible():
    line = Line(str(DAY), "main", OLD.run_id, OLD.run_id)
    after = changes.retiring([line], [], on_top_of="p1").apply(showing(NEW))
    assert after == showing(NEW, retired(OLD))


def test_forgotten_lines_go():
    gone = Line(str(DAY), "retired", "late-1")
    assert changes.retiring([], [gone], on_top_of="p1").apply(showing(NEW, gone)) == showing(NEW)
