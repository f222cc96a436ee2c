import json
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import groupby

import pytest
from event_arrivals import BAD_LINES, BLANK, CURVE, Plan, arrivals

from clickstream.contract import load_contract

CHRISTMAS = date(2024, 12, 25)


def plan(**changes):
    values = {"first_day": CHRISTMAS, "days": 1, "count": 3000, "seed": 1, "max_lateness_days": 7}
    return Plan(**values | changes)


def arrived(made):
    tallies = {}
    return list(arrivals(made, tallies)), tallies


def lines_of(hours, day=None):
    return [line for hour, lines in hours for line in lines if day in (None, hour.date())]


def moment(event):
    return datetime.fromisoformat(event.get("event_timestamp") or event["timestamp"])


def good(**changes):
    """The hours of a plan without bad lines, as (arrival hour, event)."""
    hours, _ = arrived(plan(bad_share=0, **changes))
    return [(hour, json.loads(line)) for hour, lines in hours for line in lines]


def test_the_same_plan_gives_the_same_bytes():
    assert arrived(plan()) == arrived(plan())


def test_another_seed_gives_other_events():
    assert lines_of(arrived(plan())[0]) != lines_of(arrived(plan(seed=2))[0])


@pytest.mark.parametrize(("count", "days"), [(1, 1), (3, 5), (10, 3), (1000, 7)])
def test_count_is_the_total_over_all_days_spread_evenly(count, days):
    hours, tallies = arrived(plan(count=count, days=days))
    per_day = [len(lines_of(hours, day)) for day in tallies]
    assert list(tallies) == [CHRISTMAS + timedelta(number) for number in range(days)]
    assert sum(per_day) == count
    assert max(per_day) - min(per_day) <= 1
    assert per_day == [tally.lines for tally in tallies.values()]


@pytest.mark.slow
def test_hours_come_in_order_and_follow_the_day_curve():
    hours, _ = arrived(plan(count=20_000))
    assert [hour.hour for hour, _ in hours] == list(range(24))
    assert [hour for hour, _ in hours] == sorted(hour for hour, _ in hours)
    for hour, lines in hours:
        assert len(lines) == pytest.approx(20_000 * CURVE[hour.hour] / sum(CURVE), rel=0.15, abs=60)


def test_an_event_arrives_in_its_own_hour_unless_it_is_late_or_redelivered():
    for hour, event in good(late_share=0, duplicate_share=0):
        assert moment(event).replace(minute=0, second=0, microsecond=0) == hour


def test_late_events_happened_one_to_seven_days_before_they_arrived():
    ages = Counter((hour.date() - moment(event).date()).days for hour, event in good(late_share=0.2, duplicate_share=0))
    assert set(ages) == set(range(8))
    assert sum(count for days, count in ages.items() if days) == 600


def test_duplicates_come_after_the_event_on_the_same_arrival_day():
    seen, again = {}, Counter()
    for day, pairs in groupby(good(days=3, duplicate_share=0.1), key=lambda pair: pair[0].date()):
        for _, event in pairs:
            event_id = event["event_id"]
            again[event_id] += event_id in seen
            assert seen.setdefault(event_id, day) == day
    assert sum(again.values()) == 300
    assert max(again.values()) == 1


@pytest.mark.parametrize("share", [0.02, 0.5], ids=["few", "each-event-twice"])
def test_conflicting_duplicates_are_counted(share):
    hours, tallies = arrived(plan(count=2000, bad_share=0, duplicate_share=share))
    lines = lines_of(hours)
    tally = tallies[CHRISTMAS]
    assert tally.duplicates == 2000 * share
    assert len(lines) - len({json.loads(line)["event_id"] for line in lines}) == tally.duplicates
    assert len(lines) - len(set(lines)) == tally.duplicates - tally.conflicting
    assert tally.conflicting > 0


def test_the_tally_balances_as_the_ledger_must():
    _, tallies = arrived(plan(days=3, bad_share=0.05, duplicate_share=0.1, late_share=0.1))
    for day, tally in tallies.items():
        told = tally.as_dict()
        assert told["lines"] == 1000
        assert told["accepted"] + told["duplicates"] + told["blank"] + sum(told["quarantined"].values()) == 1000
        assert sum(told["rows_per_event_day"].values()) == told["accepted"]
        assert told["rows_per_event_day"][str(day)] == told["main_rows"] == told["accepted"] - 100
        assert (told["duplicates"], told["blank"] + sum(told["quarantined"].values())) == (100, 50)


def test_every_kind_of_bad_line_is_sent():
    _, tallies = arrived(plan(bad_share=0.02))
    expected = Counter(reason for _, reason, _ in BAD_LINES)
    told = tallies[CHRISTMAS]
    assert set(told.quarantined) | {BLANK} == set(expected)


def is_strict_object(line):
    def refuse(constant):
        raise ValueError(constant)

    try:
        return isinstance(json.loads(line.decode(), parse_constant=refuse), dict)
    except ValueError:
        return False


BREAKS_JSON = {"malformed_json", "not_an_object", "bad_encoding", BLANK}


@pytest.mark.parametrize(("kind", "reason", "make"), BAD_LINES, ids=[kind for kind, *_ in BAD_LINES])
def test_a_bad_line_is_bad_in_the_way_that_its_reason_says(kind, reason, make):
    event = {
        "event_id": "00000000-0000-4000-8000-000000000000",
        "event_type": "page_view",
        "event_timestamp": "2024-12-25T10:00:00Z",
        "session_id": "s",
        "page_url": "/",
    }
    assert is_strict_object(make(event)) is (reason not in BREAKS_JSON)
    columns = {column.name for column in load_contract().raw_columns}
    reasons = {f"{verdict}_{name}" for name in columns for verdict in ("missing", "invalid")}
    assert reason in reasons | BREAKS_JSON | {"unknown_event_type", "too_late", "in_the_future"}


@pytest.mark.parametrize("last_hour", [0, 9])
def test_the_last_day_ends_with_its_last_hour(last_hour):
    made = plan(days=2, last_hour=last_hour, bad_share=0, late_share=0)
    hours, tallies = arrived(made)
    last_day = CHRISTMAS + timedelta(1)
    assert [hour.hour for hour, _ in hours if hour.date() == last_day] == list(range(last_hour + 1))
    assert tallies[last_day].lines == len(lines_of(hours, last_day)) == 1500
    assert all(moment(json.loads(line)).hour <= last_hour for line in lines_of(hours, last_day))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"bad_share": -0.1}, id="negative"),
        pytest.param({"bad_share": 0.6, "late_share": 0.5}, id="more-than-all"),
        pytest.param({"duplicate_share": 0.51}, id="more-duplicates-than-events"),
        pytest.param({"days": 0}, id="no-day"),
        pytest.param({"count": 0}, id="no-record"),
        pytest.param({"last_hour": 24}, id="hour-24"),
    ],
)
def test_a_plan_that_cannot_be_met_is_refused(changes):
    with pytest.raises(ValueError, match="expected"):
        plan(**changes)


@pytest.mark.parametrize("share", ["bad_share", "late_share"])
def test_a_share_may_be_everything(share):
    shares = {"bad_share": 0, "duplicate_share": 0, "late_share": 0}
    hours, _ = arrived(plan(**shares | {share: 1}))
    assert len(lines_of(hours)) == 3000
