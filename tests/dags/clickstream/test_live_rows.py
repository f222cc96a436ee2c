import re
from datetime import date
from pathlib import Path

import pytest

from clickstream import layout
from clickstream.live_rows import PUBLICATION_DEADLINE, live_key, showing_live
from clickstream.snapshots import LATE, LIVE, MAIN, PINNED, RETIRED, Line, Snapshot, is_decided

DAY = date(2026, 3, 5)
RAW = "events/year=2026/month=03/day=05/hour=10/a.gz"


def with_line(kind: str, generation: str = "g", day: date = DAY) -> Snapshot:
    return Snapshot(frozenset([Line(str(day), kind, generation)]))


def test_a_raw_object_has_one_key_of_its_own_in_its_days_partition() -> None:
    key = live_key(DAY, RAW)
    assert key == live_key(DAY, RAW) != live_key(DAY, RAW.replace("a.gz", "b.gz"))
    assert key.startswith("year=2026/month=03/day=05/part-2026-03-05-live-")
    assert (layout.event_day_of(key), layout.run_of_file(key)) == (DAY, None)


def test_showing_live_rows_gives_up_long_before_the_function_is_stopped() -> None:
    function = (Path(__file__).parents[3] / "terraform" / "function.tf").read_text()
    timeout = re.search(r"^  timeout += (\d+)", function, re.MULTILINE)
    assert timeout
    assert int(timeout[1]) >= 2 * PUBLICATION_DEADLINE


@pytest.mark.parametrize(
    ("before", "decided"),
    [
        (with_line(MAIN), True),
        (with_line(PINNED), True),
        (with_line(RETIRED, f"live-{DAY}"), True),
        (with_line(LATE), False),
        (with_line(LIVE), False),
        (with_line(MAIN, day=date(2026, 3, 4)), False),
        (Snapshot(frozenset()), False),
    ],
    ids=["published", "withdrawn", "retired", "late-rows", "live", "another-day", "nothing"],
)
def test_live_rows_are_shown_where_nothing_was_decided(before: Snapshot, decided: bool) -> None:
    after = showing_live(DAY).apply(before)
    assert is_decided(before, DAY) is decided
    assert after.lines - before.lines == (
        set() if decided or before.of_kind(LIVE, DAY) else {Line(str(DAY), LIVE, f"live-{DAY}")}
    )
    assert before.lines <= after.lines
