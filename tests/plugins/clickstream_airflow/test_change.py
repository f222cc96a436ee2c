"""The tasks of clickstream_rollback one after another, against the local AWS."""

from unittest.mock import MagicMock

import pytest
from airflow.sdk.exceptions import AirflowFailException

from clickstream.publication import publish
from clickstream_airflow.change import ChangeOperator, CheckRequestOperator
from clickstream_airflow.publish import PublishOperator
from clickstream_airflow.verify import VerifyOperator
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, put_rows, run_of, shown
from tests.plugins.clickstream_airflow.tasks import finish

pytestmark = pytest.mark.slow

FIRST, SECOND = "2024-12-05-jr_1", "2024-12-05-jr_2"


@pytest.fixture
def catalog(stack):
    """The 3rd is published, and two runs of the 5th; the second is visible."""
    publish(stack.catalog, {THIRD: run_of(stack.catalog, THIRD, {THIRD: ["a"]})})
    publish(stack.catalog, {FIFTH: run_of(stack.catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]}, "jr_1")})
    publish(stack.catalog, {FIFTH: run_of(stack.catalog, FIFTH, {FIFTH: ["b", "c"]}, "jr_2")})
    return stack.catalog


def check(action, day=FIFTH, run=None):
    params = {"action": action, "arrival_day": str(day), "run_id": run}
    return finish(CheckRequestOperator(task_id="check_request"), {"params": params, "ti": MagicMock()})


def change(request):
    return finish(ChangeOperator(task_id="change", request=request))


def verify(publication):
    return finish(VerifyOperator(task_id="verify", publication=publication))


def test_a_rollback_is_checked_carried_out_and_verified(catalog):
    found = verify(change(check("rollback", run=FIRST)))
    assert shown(catalog) == {"2024-12-03": ["a", "late"], "2024-12-05": ["b"]}
    assert {name: value for name, value in found.items() if value} == {
        "main_20241203": 1, "late_20241203": 1, "main_20241205": 1, "view_rows": 3
    }  # fmt: skip


def test_a_withdrawal_is_verified_too(catalog):
    assert verify(change(check("withdraw")))["view_rows"] == 0
    assert shown(catalog) == {"2024-12-03": ["a"]}


def test_a_change_that_is_repeated_is_verified_again(catalog):
    request = check("rollback", run=FIRST)
    first = change(request)
    again = change(request)
    assert again["publication_id"] == first["publication_id"]
    assert (first["days"]["2024-12-03"]["late_rows"], again["days"]["2024-12-03"]["late_rows"]) == (1, None)
    verify(again)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (("rollback", THIRD, FIRST), "Nothing was changed: run 2024-12-05-jr_1 is not of arrival day 2024-12-03"),
        (("rollback", FIFTH, "2024-12-05-jr_9"), "Nothing was changed: run 2024-12-05-jr_9 has no ledger"),
        (("release", FIFTH, None), "Nothing was changed: day 2024-12-05 is not pinned"),
    ],
    ids=["another day", "no such run", "not pinned"],
)
def test_a_wrong_request_fails_for_good_before_anything_changes(catalog, request_, problem):
    before = catalog.current_snapshot()
    with pytest.raises(AirflowFailException, match=problem):
        check(*request_)
    assert catalog.current_snapshot() == before


def test_a_published_run_is_verified_with_the_late_rows_that_it_brought(catalog):
    run = run_of(catalog, FIFTH, {FIFTH: ["b", "c"], THIRD: ["x", "y"]}, "jr_3")
    publication = finish(PublishOperator(task_id="publish", run=run))
    assert verify(publication)["late_20241203"] == 2


def test_a_run_that_is_refused_fails_for_good(catalog):
    with pytest.raises(AirflowFailException, match="Not published: run 2024-12-05-jr_1 .* is older"):
        finish(PublishOperator(task_id="publish", run=FIRST))


def test_rows_that_count_twice_are_found(catalog):
    """A second file of the run that the ledger does not know, with an id that is there already."""
    publication = change(check("rollback", run=SECOND))
    put_rows(catalog, SECOND, FIFTH, FIFTH, ["b", "c", "b"])
    with pytest.raises(
        AirflowFailException, match="3 rows of 2024-12-05-jr_2 on 2024-12-05, expected 2; 1 rows repeat"
    ):
        verify(publication)
