"""Every case of CORPUS.md, judged in plain Python. The Glue job gets the same in tests/glue_scripts/test_corpus.py."""

import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from clickstream import layout
from clickstream.contract import load_contract
from clickstream.judging.verdicts import Judged, judge, window_of
from clickstream.raw_objects import UnreadableObject, check_name, line_blocks
from clickstream.reasons import BLANK, UNREADABLE
from clickstream.settings import limits
from tests.corpus import ARRIVAL_DAY, HOUR, Case, all_cases, event, line

KEY = f"{layout.raw_prefix(ARRIVAL_DAY)}hour={HOUR:02d}/a.gz"


def judged(raw: bytes) -> list[Judged]:
    return [*judge(raw, window_of(layout.arrival_hour(KEY), limits()), load_contract(), limits())]


def records_of(case: Case) -> tuple[list[Judged], Counter[str]]:
    """Events (the first of each id) and reasons."""
    events, reasons = [], Counter[str]()
    for number, found in enumerate(case.objects):
        key = found.name or f"{layout.raw_prefix(ARRIVAL_DAY)}hour={found.hour:02d}/{case.id}-{number}.gz"
        try:
            check_name(key)
            window = window_of(layout.arrival_hour(key), limits())
            blocks = line_blocks(io.BytesIO(found.data).read, limits().max_object_line_bytes)
            records = [
                one for lines in blocks for raw in lines for one in judge(raw, window, load_contract(), limits())
            ]
        except UnreadableObject:
            reasons[UNREADABLE] += 1
            continue
        events += [one for one in records if one.reason is None]
        reasons.update(one.reason for one in records if one.reason)
    first: dict[str, Judged] = {}
    for one in sorted(events, key=lambda one: (one.values["event_timestamp"], one.content)):
        first.setdefault(one.values["event_id"], one)
    return list(first.values()), reasons


def shown(record: Judged, name: str) -> Any:
    derived = {"arrival_date": ARRIVAL_DAY}
    value = derived[name] if name in derived else record.values[name]
    return datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None) if name == "event_timestamp" else value


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.rule:02d}-{case.id}")
def test_case_gets_its_verdict(case: Case) -> None:
    events, reasons = records_of(case)
    assert reasons.pop(BLANK, 0) == case.blank
    assert (len(events), reasons) == (len(case.accepted), Counter(case.quarantined))
    for name, value in (case.accepted[0] if case.accepted else {}).items():
        expected = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        assert [shown(one, name) for one in events] == [expected] * len(events)


@pytest.mark.parametrize(
    ("agent", "device", "expected"),
    [
        ("Googlebot/2.1", None, ("bot", True)),
        ("Mozilla/5.0 (Windows NT 10.0)", None, ("desktop", False)),
        ("Mozilla/5.0 (Windows NT 10.0)", "bot", ("bot", True)),
        (None, None, (None, False)),
    ],
    ids=["program", "person", "says-so", "unknown"],
)
def test_the_user_agent_fills_what_the_producer_left_open(agent: Any, device: Any, expected: Any) -> None:
    (record,) = judged(line("agent", user_agent=agent, device_type=device))
    assert (record.values["device_type"], record.values["is_bot"]) == expected


def test_an_events_content_is_told_by_its_text() -> None:
    one, other = judged(line("content"))[0], judged(line("content", page_title="x"))[0]
    assert one.content != other.content
    assert one.content == judged(line("content") + b"\r")[0].content


def test_the_first_reason_in_the_contracts_order_counts() -> None:
    assert event("x")
    (record,) = judged(line("order", country="x", price="x", event_timestamp="2020-01-01T00:00:00Z"))
    assert record.reason == "invalid_country"
