from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream.publication import rollback, withdraw
from clickstream.unprocessed import Unprocessed
from clickstream_airflow.unprocessed import FindUnprocessedOperator, published_days, run_id_of
from tests.dags.clickstream.test_publication import DAY
from tests.dags.clickstream.test_unprocessed import published, put

LATER = datetime(2025, 1, 10, tzinfo=UTC)


@pytest.fixture
def catalog(stack):
    return stack.catalog


def found(day: date = DAY):
    return FindUnprocessedOperator(task_id="find_unprocessed", arrival_day=str(day)).execute({})


def days(catalog, last: date = DAY, now: datetime = LATER):
    return [one.day for one in published_days(catalog, last, now)]


def test_nothing_is_run_again_where_nothing_landed(catalog):
    put(catalog, DAY)
    published(catalog, DAY)
    assert found() == []


def test_a_published_day_for_which_something_landed_is_run_again(catalog):
    put(catalog, DAY)
    published(catalog, DAY)
    put(catalog, DAY, "late")
    (run,) = found()
    assert run["conf"] == {"arrival_day": "2024-12-25"}
    assert run["trigger_run_id"].startswith("unprocessed__2024-12-25__")


def test_the_same_objects_give_the_same_run_and_others_another(catalog):
    put(catalog, DAY)
    published(catalog, DAY)
    put(catalog, DAY, "late")
    first = found()
    assert found(DAY + timedelta(days=1)) == first, "whichever run looks"
    put(catalog, DAY, "later")
    assert found()[0]["trigger_run_id"] != first[0]["trigger_run_id"]


def test_an_object_that_changed_is_another_one():
    ids = {run_id_of(Unprocessed(DAY, "r", frozenset({("a", etag)}), frozenset())) for etag in ("1", "2")}
    assert len(ids) == 2


def test_every_process_gives_the_same_objects_the_same_run():
    """Python's sets have another order in each; one run id for all time, or an upgrade would start runs again."""
    objects = frozenset((f"object {number}", "e") for number in range(20))
    assert run_id_of(Unprocessed(DAY, "r", objects, frozenset())) == "unprocessed__2024-12-25__c0aec0691cbdb45e"


@pytest.mark.parametrize(("ago", "is_found"), [(0, True), (7, True), (8, False), (-1, False)])
def test_the_arrival_day_and_the_days_of_lateness_before_it_are_looked_at(catalog, ago, is_found):
    put(catalog, DAY)
    published(catalog, DAY)
    put(catalog, DAY, "late")
    assert days(catalog, DAY + timedelta(days=ago)) == [DAY] * is_found


def test_a_day_that_was_never_published_is_not_this_tasks_business(catalog):
    put(catalog, DAY)
    assert days(catalog) == []


@pytest.mark.parametrize(
    "change", [rollback, lambda catalog, day, _: withdraw(catalog, day)], ids=["pinned", "withdrawn"]
)
def test_what_an_operator_put_aside_is_left_alone(catalog, change):
    put(catalog, DAY)
    change(catalog, DAY, published(catalog, DAY))
    put(catalog, DAY, "late")
    assert days(catalog) == []


def test_an_open_day_is_left_alone(catalog):
    put(catalog, DAY)
    published(catalog, DAY)
    put(catalog, DAY, "late")
    assert days(catalog, now=layout.closes_at(DAY) - timedelta(seconds=1)) == []


def test_several_days_are_run_again_oldest_first(catalog):
    for day in (DAY, DAY - timedelta(days=3)):
        put(catalog, day)
        published(catalog, day)
        put(catalog, day, "late")
    assert days(catalog) == [DAY - timedelta(days=3), DAY]
    assert [run["conf"]["arrival_day"] for run in found()] == ["2024-12-22", "2024-12-25"]
