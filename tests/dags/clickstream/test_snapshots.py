from datetime import date

import pytest

from clickstream.snapshots import Line, Snapshot, live_generation, parse_snapshot, with_live_days, with_mains

MONDAY, TUESDAY = date(2024, 12, 23), date(2024, 12, 24)


def snapshot(*lines: Line) -> Snapshot:
    return Snapshot(frozenset(lines))


def main(day: date, run: str) -> Line:
    return Line(str(day), "main", run, run)


def test_a_published_run_takes_the_place_of_the_days_main():
    after = with_mains(snapshot(main(MONDAY, "old"), main(TUESDAY, "other")), {MONDAY: "new"})
    assert after == snapshot(main(MONDAY, "new"), main(TUESDAY, "other"))


def test_live_rows_go_in_the_same_step_as_main_comes():
    live = Line(str(MONDAY), "live", live_generation(MONDAY))
    after = with_mains(snapshot(live), {MONDAY: "new"})
    assert after.visible_generations(MONDAY) == ("new",)


def test_late_rows_of_the_day_stay():
    late = Line(str(MONDAY), "late", "late-1", "")
    after = with_mains(snapshot(main(MONDAY, "old"), late), {MONDAY: "new"})
    assert after.visible_generations(MONDAY) == ("late-1", "new")


def test_several_days_change_in_one_step():
    after = with_mains(snapshot(), {MONDAY: "a", TUESDAY: "b"})
    assert {line.generation for line in after.lines} == {"a", "b"}


def test_live_lines_are_there_for_days_without_main_only():
    after = with_live_days(snapshot(main(MONDAY, "run")), MONDAY)
    assert after.visible_generations(MONDAY) == ("run",)
    assert after.visible_generations(TUESDAY) == ("live-2024-12-24",)
    assert len(after.lines) == 31


def test_adding_live_days_again_changes_nothing():
    once = with_live_days(snapshot(), MONDAY)
    assert with_live_days(once, MONDAY) == once


def test_retired_generations_are_known_and_not_visible():
    one = snapshot(Line(str(MONDAY), "retired", "gone", "gone"))
    assert one.is_retired("gone")
    assert one.visible_generations(MONDAY) == ()


def test_a_snapshot_survives_its_ndjson():
    one = snapshot(main(MONDAY, "a"), main(TUESDAY, "b"))
    assert parse_snapshot(one.to_ndjson()) == one


def test_the_same_lines_give_the_same_bytes():
    assert (
        snapshot(main(MONDAY, "a"), main(TUESDAY, "b")).to_ndjson()
        == snapshot(main(TUESDAY, "b"), main(MONDAY, "a")).to_ndjson()
    )


@pytest.mark.parametrize("text", ["{", '{"kind":"main"}', "[]\n"], ids=["torn", "fields missing", "no object"])
def test_what_cannot_be_read_is_an_error_and_never_an_empty_table(text):
    with pytest.raises(ValueError, match="expected a snapshot's NDJSON"):
        parse_snapshot(text)
