import json
from datetime import UTC, date, datetime

import pytest

from clickstream import layout
from clickstream.catalog import PublicationRefused
from clickstream.change_request import CANDIDATES_QUERY, carry_out, parse_request, require_possible
from clickstream.publication import publish, withdraw
from clickstream.snapshots import Line, Snapshot
from tests.dags.clickstream.test_publication import DAY, finished_run, point_at, visible

FIRST, SECOND = "2024-12-25-jr_1", "2024-12-25-jr_2"


@pytest.fixture
def two_runs(catalog):
    """Two runs of the day, both published, the second last."""
    for name, written_at in (("jr_1", "2024-12-26"), ("jr_2", "2024-12-27")):
        publish(catalog, {DAY: finished_run(catalog, name=name, written_at=written_at)})


def checked(catalog, run, verdict, minute=0):
    key = layout.quality_key(run, datetime(2024, 12, 26, 1, minute, tzinfo=UTC))
    body = {"run_id": run, "checks": [{"name": "unique_ids", "verdict": verdict}]}
    catalog.s3.put_object(Bucket=catalog.settings.name("work_bucket"), Key=key, Body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (("undo", "2024-12-25", FIRST), "expected an action, one of rollback, withdraw, release, got 'undo'"),
        (("rollback", "2024-02-30", FIRST), "expected a real date"),
        (("rollback", None, FIRST), "expected a real date"),
        (("rollback", "2024-12-25", None), "needs the run to go back to.*clickstream_ledgers"),
        (("rollback", "2024-12-25", ""), "needs the run to go back to"),
        (("rollback", "2024-12-24", FIRST), f"run {FIRST} is not of arrival day 2024-12-24"),
        (("rollback", "2024-12-25", "2024-12-25-jr'1"), "expected a run id"),
        (("withdraw", "2024-12-25", FIRST), "withdraw takes the day alone"),
        (("release", "2024-12-25", FIRST), "release takes the day alone"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_request_that_makes_no_sense_is_refused(fields, problem):
    with pytest.raises(ValueError, match=problem):
        parse_request(*fields)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (("rollback", "2024-12-25", "2024-12-25-jr_9"), "has no ledger"),
        (("withdraw", "2024-12-24", None), "day 2024-12-24 shows no run: there is nothing to withdraw"),
        (("release", "2024-12-25", None), "day 2024-12-25 is not pinned: there is nothing to release"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_request_that_does_not_fit_what_is_there_is_refused(catalog, two_runs, fields, problem):
    with pytest.raises(PublicationRefused, match=problem):
        require_possible(catalog, parse_request(*fields))
    assert visible(catalog) == (SECOND,)


def test_a_retired_run_is_refused(catalog, two_runs):
    lines = catalog.current_snapshot().lines | {Line(str(DAY), "retired", FIRST, FIRST)}
    point_at(catalog, Snapshot(lines))
    with pytest.raises(PublicationRefused, match="is retired"):
        require_possible(catalog, parse_request("rollback", str(DAY), FIRST))


def test_a_run_whose_latest_checks_failed_is_refused(catalog, two_runs):
    checked(catalog, FIRST, "pass", minute=1)
    checked(catalog, FIRST, "fail", minute=2)
    with pytest.raises(PublicationRefused, match="failed its checks .unique_ids."):
        require_possible(catalog, parse_request("rollback", str(DAY), FIRST))


def test_a_run_whose_latest_checks_passed_is_possible(catalog, two_runs):
    checked(catalog, FIRST, "fail", minute=1)
    checked(catalog, FIRST, "warn", minute=2)
    checked(catalog, f"{FIRST}-x", "fail", minute=3)  # another run, whose id begins alike
    require_possible(catalog, parse_request("rollback", str(DAY), FIRST))


def test_a_run_that_was_neither_checked_nor_published_is_refused(catalog, two_runs):
    run = finished_run(catalog, name="jr_3")
    with pytest.raises(PublicationRefused, match="was never checked and never published"):
        require_possible(catalog, parse_request("rollback", str(DAY), run))


def test_the_three_requests_are_carried_out(catalog, two_runs):
    for fields, shows, pinned in [
        (("rollback", str(DAY), FIRST), (FIRST,), {str(DAY)}),
        (("release", str(DAY), None), (FIRST,), set()),
        (("withdraw", str(DAY), None), (), {str(DAY)}),
    ]:
        request = parse_request(*fields)
        require_possible(catalog, request)
        carry_out(catalog, request)
        assert visible(catalog) == shows
        assert catalog.current_snapshot().pinned_days() == pinned


def test_a_withdrawn_day_can_be_rolled_back_to_its_run(catalog, two_runs):
    withdraw(catalog, DAY)
    request = parse_request("rollback", str(DAY), SECOND)
    require_possible(catalog, request)
    carry_out(catalog, request)
    assert visible(catalog) == (SECOND,)


def test_a_request_survives_the_way_between_two_tasks():
    request = parse_request("rollback", "2024-12-25", FIRST)
    assert parse_request(*request.to_dict().values()) == request
    assert request.day == date(2024, 12, 25)


def test_the_query_of_the_form_lists_the_days_runs(catalog, two_runs):
    rows = catalog.ask(CANDIDATES_QUERY)
    assert [row["run_id"] for row in rows] == [FIRST, SECOND]
