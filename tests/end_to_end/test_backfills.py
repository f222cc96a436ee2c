"""A backfill of some days as the UI asks for it, and what a person does afterwards: each test goes on from the last.

A day is bad, is repaired and run again; a published one is cleared, with bad raw objects and with good ones; that one
is rolled back, released, and run again by the form.
"""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest

from clickstream.snapshots import PINNED
from local_airflow.api import ApiError
from local_airflow.backfill import FAILED, Backfill, await_run, clear, error, runs, tasks, trigger
from tests.end_to_end.backfilled_days import BAD, CLEARED, FIRST, blanked, event, lines_of, shown

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # seconds: the days' backfill is in it
ROLLBACK = "clickstream_rollback"
TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))


def run_of(pipeline, day: date) -> str:
    """The id of the day's last backfilled run."""
    found = [run for run in runs(pipeline.airflow).values() if run["partition_key"] == str(day)]
    return max(found, key=lambda run: run["queued_at"])["dag_run_id"]


def test_the_dry_run_names_every_day_of_the_range_both_ends_included(days):
    assert len(days.planned) >= 5
    assert days.planned == [str(FIRST + timedelta(days=number)) for number in range((days.last - FIRST).days + 1)]
    assert days.too_early == set()


def test_the_bad_day_is_red_and_the_others_are_green(days):
    assert days.states == {**dict.fromkeys(days.planned, "success"), str(BAD): "failed"}


def test_no_more_than_four_days_ran_at_once(pipeline, days):
    assert most_at_once(pipeline, days.planned) in (2, 3, 4)


def most_at_once(pipeline, planned) -> int:
    """Runs between the start of their first task and the end of their last, at most, at any moment."""
    keys = {run: one["partition_key"] for run, one in runs(pipeline.airflow).items()}
    spans: dict[str, list[str]] = {}
    for task in tasks(pipeline.airflow):
        if keys[task["dag_run_id"]] in planned and task["start_date"]:
            spans.setdefault(task["dag_run_id"], []).extend([task["start_date"], task["end_date"]])
    steps = sorted([(min(span), 1) for span in spans.values()] + [(max(span), -1) for span in spans.values()])
    running = [sum(step for _, step in steps[: number + 1]) for number in range(len(steps))]
    return max(running)


def test_the_view_is_what_the_raw_lines_of_the_green_days_come_to(pipeline, days):
    assert shown(pipeline.catalog) == days.expected(without=[BAD])


def test_the_red_task_says_which_check_failed(pipeline, days):
    assert "rows is 0.0, expected >= 1" in error(pipeline.airflow, run_of(pipeline, BAD), "audit")


def test_the_red_task_links_to_its_day(pipeline, days):
    run = quote(run_of(pipeline, BAD))
    links = pipeline.airflow.api.get(f"/api/v2/dags/clickstream_daily/dagRuns/{run}/taskInstances/audit/links")
    assert links["extra_links"]["Clickstream day"] == f"{pipeline.airflow.url}/clickstream/days/{BAD}"


def states_on_the_page(pipeline, days) -> dict[str, str]:
    found = pipeline.airflow.api.get(f"/clickstream/api/days?from={FIRST}&to={days.last}")
    return {one["day"]: one["state"] for one in found["days"]}


def test_the_operations_page_tells_the_bad_day(pipeline, days):
    assert states_on_the_page(pipeline, days) == {**dict.fromkeys(days.planned, "published"), str(BAD): "failed"}


@pytest.fixture(scope="module")
def repaired(pipeline, days):
    """The bad day's object is put right, and what failed is run again."""
    before = pipeline.catalog.current_snapshot()
    days.land(pipeline.catalog, BAD, lines_of(BAD))
    planned = Backfill(FIRST, days.last, FAILED).days(pipeline.airflow)
    return planned, pipeline.backfill(FIRST, days.last, FAILED), before


def test_running_again_what_failed_runs_the_bad_day_only(repaired):
    planned, states, _ = repaired
    assert planned == [str(BAD)]
    assert states == {str(BAD): "success"}


def test_the_repaired_day_is_shown_and_the_others_as_before(pipeline, days, repaired):
    assert shown(pipeline.catalog) == days.expected()
    assert set(states_on_the_page(pipeline, days).values()) == {"published"}
    mains = {line for line in repaired[2].lines if line.kind == "main"}
    assert {line.day for line in mains} >= {*days.planned} - {str(BAD)}
    assert mains < set(pipeline.catalog.current_snapshot().lines)


@pytest.fixture(scope="module")
def spoilt(pipeline, repaired):
    """A published day is cleared while its raw objects are blank: the job succeeds, a check fails."""
    run, before = run_of(pipeline, CLEARED), (pipeline.main_of(str(CLEARED)), shown(pipeline.catalog))
    with blanked(pipeline.catalog, CLEARED):
        clear(pipeline.airflow, run)
        assert await_run(pipeline.airflow, run, timeout=600) == "failed"
    assert "rows is 0.0, expected >= 1" in error(pipeline.airflow, run, "audit")
    return before, (pipeline.main_of(str(CLEARED)), shown(pipeline.catalog))


def test_a_published_day_whose_next_run_fails_its_checks_is_never_emptied(spoilt):
    before, after = spoilt
    assert after == before


@pytest.fixture(scope="module")
def cleared(pipeline, days, spoilt):
    """More arrives for a day, whose run is cleared; the run that was published before, and what it showed."""
    before = pipeline.main_of(str(CLEARED)), shown(pipeline.catalog)
    days.land(pipeline.catalog, CLEARED, [event("more", CLEARED, 7)])
    run = run_of(pipeline, CLEARED)
    clear(pipeline.airflow, run)
    assert await_run(pipeline.airflow, run, timeout=600) == "success"
    return before


def test_a_cleared_run_runs_glue_again(pipeline, days, cleared):
    assert pipeline.main_of(str(CLEARED)) != cleared[0]
    assert shown(pipeline.catalog) == days.expected()


@pytest.fixture(scope="module")
def rolled_back(pipeline, cleared):
    request = {"action": "rollback", "arrival_day": str(CLEARED), "run_id": cleared[0]}
    return pipeline.run_by_form(request, dag_id=ROLLBACK)


def test_a_rollback_shows_the_earlier_run_and_pins_the_day(pipeline, cleared, rolled_back):
    assert rolled_back == "success"
    assert shown(pipeline.catalog) == cleared[1]
    assert pipeline.catalog.current_snapshot().of_kind(PINNED, CLEARED)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"arrival_day": str(BAD)}, "is not of arrival day"), ({"action": "release"}, "release takes the day alone")],
    ids=["a run of another day", "a run where none belongs"],
)
def test_a_wrong_request_fails_before_anything_changes(pipeline, cleared, rolled_back, change, said):
    before = pipeline.catalog.published_table()["VersionId"]
    request = {"action": "rollback", "arrival_day": str(CLEARED), "run_id": cleared[0], **change}
    run = trigger(pipeline.airflow, request, dag_id=ROLLBACK)
    assert await_run(pipeline.airflow, run, timeout=600, dag_id=ROLLBACK) == "failed"
    message = error(pipeline.airflow, run, "check_request", ROLLBACK)
    assert message.startswith("Nothing was changed: ")
    assert said in message
    assert pipeline.catalog.published_table()["VersionId"] == before


@pytest.fixture(scope="module")
def released(pipeline, rolled_back):
    return pipeline.run_by_form({"action": "release", "arrival_day": str(CLEARED)}, dag_id=ROLLBACK)


def test_a_release_takes_the_pin_and_leaves_what_is_shown(pipeline, cleared, released):
    assert released == "success"
    assert not pipeline.catalog.current_snapshot().of_kind(PINNED, CLEARED)
    assert shown(pipeline.catalog) == cleared[1]


def test_a_run_with_the_day_picked_in_the_form_shows_everything_again(pipeline, days, released):
    assert pipeline.run_by_form({"arrival_day": str(CLEARED)}) == "success"
    assert shown(pipeline.catalog) == days.expected()


@pytest.mark.parametrize(
    ("conf", "partition_key", "said"),
    [
        ({}, None, "No arrival day: give the day as"),
        ({"arrival_day": TOMORROW}, None, f"Arrival day {TOMORROW} has not begun"),
        ({"arrival_day": "2024-12-24"}, "2024-12-25", "Two arrival days"),
    ],
    ids=["none", "tomorrow", "two different"],
)
def test_without_one_real_day_the_first_task_fails_and_says_so(pipeline, days, conf, partition_key, said):
    before = pipeline.glue_runs()
    run = trigger(pipeline.airflow, conf, partition_key)
    assert await_run(pipeline.airflow, run, timeout=600) == "failed"
    assert error(pipeline.airflow, run, "await_day_closed").startswith(said)
    assert pipeline.glue_runs() == before


NO_DATE = "is not a 'date'|does not match the timetable's key_format '%Y-%m-%d'|partition_key must not be empty"


@pytest.mark.parametrize("wrong", ["2026-13-40", "../x", ""])
@pytest.mark.parametrize("where", ["arrival_day", "partition_key"])
def test_what_is_no_date_makes_no_run_and_is_told_so(pipeline, days, where, wrong):
    before = pipeline.states()
    given = ({}, wrong) if where == "partition_key" else ({where: wrong}, None)
    with pytest.raises(ApiError, match=f": 400 .*({NO_DATE})"):
        trigger(pipeline.airflow, *given)
    assert pipeline.states() == before
