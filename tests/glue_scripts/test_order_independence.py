"""The same lines, in any order, in any objects and gzip members, give the same table and the same numbers."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.corpus import line

pytestmark = pytest.mark.slow
YESTERDAY = "2026-03-04T23:00:00Z"


def good_lines(number: int) -> list[bytes]:
    return [line("job", n) for n in range(number)]


_LINES = [
    *good_lines(12),
    *good_lines(6),
    line("job", 3, page_title="other"),
    line("job", 4, event_timestamp="2026-03-05T09:00:00Z"),
    line("job", 20, event_timestamp=YESTERDAY),
    line("job", 21) + line("job", 22),
    b"",
    b"{bad",
    line("job", 23, colour="red"),
]


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[list[bytes]]]:
    """The same lines in any order, cut into objects, each cut into gzip members."""
    lines = draw(st.permutations(_LINES))
    cuts = sorted(draw(st.sets(st.integers(1, len(lines) - 1), max_size=3)))
    objects = [lines[start:end] for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
    return [[part[: len(part) // 2], part[len(part) // 2 :]] if draw(st.booleans()) else [part] for part in objects]


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delivery=deliveries())
def test_verdicts_do_not_depend_on_order_objects_or_gzip_members(
    new_day: Any, delivery: list[list[list[bytes]]]
) -> None:
    outcomes = []
    for objects in ([[_LINES]], delivery):
        day = new_day()
        for number, members in enumerate(objects):
            day.put(
                b"".join(gzip.compress(b"".join(text + b"\n" for text in part)) for part in members), f"{number}.gz"
            )
        ledger = day.run(max_quarantined_share="1")
        rows = sorted(json.dumps({**row, "source_object": ""}, default=str) for row in day.rows(ledger))
        numbers = (
            ledger.lines,
            ledger.split,
            ledger.blank,
            ledger.duplicates,
            ledger.conflicting,
            dict(ledger.quarantined),
        )
        outcomes.append((rows, numbers))
    assert outcomes[0] == outcomes[1]
