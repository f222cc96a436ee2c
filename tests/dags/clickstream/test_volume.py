from dataclasses import replace
from datetime import date, timedelta

import pytest

from clickstream import audit, checks, layout
from clickstream.publication import publish, withdraw
from clickstream.volume import Usual, same_weekdays, usual, usual_by_ledgers, usual_on
from tests.dags.clickstream.builders import ledger
from tests.dags.clickstream.test_publication import DAY, finished_run


@pytest.mark.parametrize("history", [[], [100], [100, 100, 100]], ids=len)
def test_nothing_is_usual_until_there_is_history(history):
    assert usual(history) is None


def test_days_alike_leave_room_for_a_fifth_to_either_side():
    assert usual([100] * 8) == Usual(80, 100, 120)


def test_days_that_differ_widen_the_range():
    found = usual([80, 90, 100, 110, 120])
    assert found == Usual(55, 100, 145)  # the deviations' median is 10


def test_one_holiday_does_not_widen_it():
    assert usual([100, 100, 100, 100, 100, 100, 100, 3]) == usual([100] * 8)


def test_no_day_has_fewer_than_no_events():
    assert usual([0, 0, 1000, 1000, 500]).least == 0
    assert usual([0] * 8) == Usual(0, 0, 0)


@pytest.mark.parametrize(("rows", "inside"), [(79, False), (80, True), (120, True), (121, False)])
def test_the_bounds_themselves_are_usual(rows, inside):
    assert Usual(80, 100, 120).holds(rows) is inside


def test_a_day_is_compared_with_the_same_weekday_of_eight_weeks():
    days = same_weekdays(date(2025, 3, 3))
    assert {one.isoweekday() for one in days} == {1}
    assert (days[0], days[-1], len(days)) == (date(2025, 2, 24), date(2025, 1, 6), 8)


def test_days_that_are_not_published_do_not_count():
    rows = dict(zip(same_weekdays(DAY), [100, 100, None, 100, 100, None, None, None], strict=True))
    assert usual_on(DAY, rows.get) == Usual(80, 100, 120)
    assert usual_on(DAY, lambda day: rows[day] if day != DAY - timedelta(weeks=1) else None) is None


@pytest.fixture
def weeks(catalog):
    """Four weeks in which the weekday had 8 rows, and one in which a run had none and was withdrawn."""
    for number in range(1, 6):
        day = DAY - timedelta(weeks=number)
        publish(catalog, {day: finished_run(catalog, day)})
    withdraw(catalog, DAY - timedelta(weeks=5))
    return catalog


def bounds(catalog, day=DAY):
    made = {check.name: check for check in audit.checks_of(catalog, ledger(arrival_day=str(day)), 0.05, False)}
    return made["volume_of_the_weekday"]


def test_what_is_usual_is_read_from_the_ledgers_of_published_runs(weeks):
    assert usual_by_ledgers(weeks, weeks.current_snapshot(), DAY) == Usual(6, 8, 10)
    assert usual_by_ledgers(weeks, weeks.current_snapshot(), DAY - timedelta(weeks=1)) is None


def test_the_check_warns_outside_the_range_and_is_silent_without_history(weeks):
    check = bounds(weeks)
    assert (check.minimum, check.maximum, check.severity) == (6, 10, "warn")
    verdicts = {rows: checks.evaluate([check], {check.name: str(rows)})[0].verdict for rows in (5, 6, 11)}
    assert verdicts == {5: "warn", 6: "pass", 11: "warn"}
    silent = bounds(weeks, DAY + timedelta(days=1))
    (result,) = checks.evaluate([silent], {silent.name: "5"})
    assert (result.verdict, result.bound) == ("pass", "any")


def test_a_ledger_that_cannot_be_read_keeps_no_day_from_being_published(weeks):
    run = weeks.current_snapshot().of_kind("main", DAY - timedelta(weeks=2)).run_id
    weeks.s3.delete_object(Bucket=weeks.settings.name("work_bucket"), Key=layout.ledger_key(run))
    anew = replace(weeks, _ledgers={})
    assert bounds(anew).minimum is None, "three weeks are left"
