"""The DAG as Airflow's own loader sees it. Ids are asserted: an empty bag passes everything else."""

import pytest
from airflow.sdk import Asset, CronPartitionTimetable

from clickstream_airflow.alerts import checks_warned
from clickstream_airflow.day_link import DayLink
from clickstream_airflow.deadline import PUBLISHED_BY_SIX


@pytest.fixture(scope="module")
def dag(bag):
    return bag.dags["clickstream_daily"]


def test_tasks_run_in_the_order_write_crawl_audit_publish_verify(dag):
    assert [task.task_id for task in dag.topological_sort()] == [
        "await_day_closed",
        "transform",
        "await_transform",
        "check_ledger",
        "crawl",
        "await_partition",
        "audit",
        "publish",
        "verify",
        "find_unprocessed",
        "run_unprocessed",
    ]


def test_nothing_is_published_that_was_not_audited(dag):
    assert dag.get_task("publish").upstream_task_ids >= {"audit"}
    assert all(task.trigger_rule == "all_success" for task in dag.tasks)


def test_the_partition_key_is_the_day_before_the_midnight_of_the_run(dag):
    timetable = dag.timetable
    assert isinstance(timetable, CronPartitionTimetable)
    assert timetable.expression == "0 0 * * *"
    assert timetable.run_offset == -1
    assert timetable.key_format == "%Y-%m-%d"


def test_the_asset_is_updated_by_verify_alone(dag):
    with_outlets = {task.task_id: task.outlets for task in dag.tasks if task.outlets}
    assert with_outlets == {"verify": [Asset("clickstream_events")]}


def test_the_audit_tells_warnings_and_the_scheduled_run_has_a_deadline(dag):
    assert {task.task_id for task in dag.tasks if task.on_success_callback} == {"audit"}
    assert dag.get_task("audit").on_success_callback == [checks_warned]
    assert dag.deadline == [PUBLISHED_BY_SIX]


def test_publications_alone_come_one_after_the_other(dag):
    assert {task.task_id for task in dag.tasks if task.max_active_tis_per_dag == 1} == {"publish"}


def test_no_task_needs_a_pool_that_somebody_must_make(dag):
    assert {task.pool for task in dag.tasks} == {"default_pool"}


@pytest.mark.parametrize("task_id", ["await_transform", "crawl", "await_partition", "audit", "verify"])
def test_what_waits_holds_no_worker_slot(dag, task_id):
    assert dag.get_task(task_id).deferrable is True


def test_transform_only_starts_the_job(dag):
    transform = dag.get_task("transform")
    assert transform.wait_for_completion is False
    assert transform.update_config is False
    assert transform.script_location is None
    assert transform.job_name == "clickstream-etl-local"


def test_day_mode_leaves_the_bookmark_to_catch_up(dag):
    assert dag.get_task("transform").script_args["--job-bookmark-option"] == "job-bookmark-disable"


def test_a_day_with_unprocessed_objects_is_run_by_this_dag_once_and_never_waited_for(dag):
    """A run that is waited for, by a run of the same DAG, would take the place that it needs."""
    again = dag.get_task("run_unprocessed").partial_kwargs
    assert again["trigger_dag_id"] == dag.dag_id
    assert again["skip_when_already_exists"] is True
    assert again["logical_date"] is None
    assert not again.get("wait_for_completion")
    assert not again.get("reset_dag_run")


def test_the_form_offers_a_date_picker_a_switch_and_a_share(dag):
    params = {name: dag.params.get_param(name) for name in dag.params}
    schemas = {name: param.schema for name, param in params.items()}
    assert schemas["arrival_day"]["format"] == "date"
    assert schemas["allow_empty"]["type"] == "boolean"
    assert (schemas["max_quarantined_share"]["minimum"], schemas["max_quarantined_share"]["maximum"]) == (0, 1)
    assert all(param.description for param in params.values())


def test_every_task_links_to_its_day(dag):
    assert all(any(isinstance(link, DayLink) for link in task.operator_extra_links) for task in dag.tasks)
