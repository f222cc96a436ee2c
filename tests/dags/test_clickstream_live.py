"""The hourly DAG, as Airflow's own loader sees it. Its tasks: tests/plugins/.../test_live_crawl.py, test_janitor.py."""

import pytest
from airflow.sdk import CronTriggerTimetable


@pytest.fixture
def dag(bag):
    return bag.dags["clickstream_live"]


def test_the_crawl_and_the_janitor_do_not_need_each_other(dag):
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {"crawl": set(), "clean": set()}


def test_it_runs_every_hour_once_and_catches_nothing_up(dag):
    assert isinstance(dag.timetable, CronTriggerTimetable)
    assert dag.timetable.expression == "20 * * * *"
    assert (dag.catchup, dag.max_active_runs) == (False, 1)


def test_the_crawl_waits_as_the_daily_runs_does(dag, bag):
    daily, live = bag.dags["clickstream_daily"].get_task("crawl"), dag.get_task("crawl")
    assert (live.crawler_name, live.deferrable, live.pool) == (daily.crawler_name, True, daily.pool)
    assert live.patience == daily.patience


def test_no_table_is_updated_so_far_as_anybody_is_told(dag):
    """The asset means a day that was verified."""
    assert not [task for task in dag.tasks if task.outlets]
