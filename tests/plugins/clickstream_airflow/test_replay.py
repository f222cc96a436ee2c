"""The tasks of clickstream_replay, against the local AWS; what the Glue job does between them: tests/glue_scripts."""

from datetime import timedelta

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from clickstream import layout
from clickstream.publication import rollback
from clickstream.replay import ACCEPTED, Example, Rejudged, Replay, Tally
from clickstream.settings import limits
from clickstream_airflow.replay import CheckReplayOperator, ReportReplayOperator
from tests.dags.clickstream.test_publication import DAY
from tests.dags.clickstream.test_replay import quarantining
from tests.plugins.clickstream_airflow.tasks import finish

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def catalog(stack):
    return stack.catalog


def check(*days, reasons=None, dry_run=False):
    params = {"arrival_days": [str(day) for day in days], "reasons": reasons, "dry_run": dry_run}
    return finish(CheckReplayOperator(task_id="check_request"), {"params": params})


def test_the_published_runs_go_to_the_job(catalog):
    first, second = quarantining(catalog), quarantining(catalog, NEXT)
    assert check(NEXT, DAY) == f"{first},{second}"
    assert check(DAY, reasons=["invalid_price"]) == first


def test_days_without_quarantine_are_skipped(catalog):
    quarantining(catalog, quarantined={})
    with pytest.raises(AirflowSkipException):
        check(DAY)


@pytest.mark.parametrize(
    ("days", "reasons", "problem"),
    [
        (["2026-13-40"], None, "expected a real date"),
        ([], None, "expected arrival_days"),
        ([NEXT], None, "arrival day 2024-12-26 shows no run"),
        ([DAY], ["invalid_prize"], "no record of these days is quarantined as invalid_prize"),
        ([DAY], ["x'; --"], "expected reasons such as"),
    ],
    ids=["no date", "no day", "not published", "no such reason", "no reason"],
)
def test_a_wrong_request_fails_for_good_before_anything_starts(catalog, days, reasons, problem):
    quarantining(catalog)
    with pytest.raises(AirflowFailException, match=f"Nothing was started: {problem}"):
        check(*days, reasons=reasons)


def test_a_pinned_day_may_only_be_looked_at(catalog):
    run = quarantining(catalog)
    rollback(catalog, DAY, run)
    assert check(DAY, dry_run=True) == run
    with pytest.raises(AirflowFailException, match="is pinned"):
        check(DAY)


@pytest.fixture
def replay(catalog):
    """A Glue run that found something for the first day, and nothing for the second; both are published."""
    quarantining(catalog)
    quarantining(catalog, NEXT)
    some = Rejudged(
        layout.run_id(DAY, "jr_1"),
        (Tally("invalid_price", "invalid_price", 4), Tally("unknown_event_type", ACCEPTED, 7)),
        (Example("unknown_event_type", {"event_type": "swipe", "user_id": "***"}),),
    )
    none = Rejudged(layout.run_id(NEXT, "jr_1"), (Tally("malformed_json", "malformed_json", 1),))
    made = Replay("jr_9", 1, (some, none))
    bucket = catalog.settings.name("work_bucket")
    catalog.s3.put_object(Bucket=bucket, Key=layout.replay_key("jr_9"), Body=made.to_json().encode())


def report(dry_run=False, run_id="manual__1", job_run_id="jr_9"):
    context = {"params": {"dry_run": dry_run}, "run_id": run_id}
    return finish(ReportReplayOperator(task_id="report", job_run_id=job_run_id), context)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(replay, capsys):
    assert report(dry_run=True) == []
    shown = capsys.readouterr().out
    rows = [line.split()[:4] for line in shown.splitlines()]  # behind a message Airflow puts who wrote it
    assert ["2024-12-25", "unknown_event_type", "accepted", "7"] in rows
    assert ["2024-12-26", "malformed_json", "malformed_json", "1"] in rows
    assert "event_type=swipe, user_id=***" in shown
    assert "may change something: 2024-12-25 " in shown


def test_days_in_which_something_would_change_are_run_again(replay):
    (run,) = report()
    assert run["conf"]["arrival_day"] == "2024-12-25"
    assert run["trigger_run_id"].startswith("replay__2024-12-25__")


def test_the_new_run_may_quarantine_as_much_as_the_published_one_did(replay, catalog):
    """Which a person may have allowed, in the form."""
    (run,) = report()
    share = catalog.read_ledger("2024-12-25-jr_1").quarantined_share
    assert run["conf"]["max_quarantined_share"] == share > limits().max_quarantined_share


def test_a_day_that_was_pinned_meanwhile_is_left_alone(replay, catalog):
    rollback(catalog, DAY, "2024-12-25-jr_1")
    assert report() == []


def test_a_cleared_report_gives_the_same_run_and_another_request_another(replay):
    assert report() == report()
    assert report(run_id="manual__2") != report()


def test_what_is_not_there_fails(replay):
    with pytest.raises(Exception, match="NoSuchKey"):
        report(job_run_id="jr_8")
