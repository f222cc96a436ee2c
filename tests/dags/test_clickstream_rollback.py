"""The DAG that rolls a day back, as Airflow's own loader sees it. Its tasks: tests/plugins/.../test_change.py."""

import copy
import re

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import ParamValidationError

from clickstream.change_request import CANDIDATES_QUERY
from clickstream_airflow.day_link import DayLink

VALID = {"action": "rollback", "arrival_day": "2024-12-25", "run_id": "2024-12-25-jr_1"}


@pytest.fixture
def dag(bag):
    return bag.dags["clickstream_rollback"]


def test_the_request_is_checked_before_anything_changes_and_verified_after_it(dag):
    assert [task.task_id for task in dag.topological_sort()] == ["check_request", "change", "verify"]
    assert all(task.trigger_rule == "all_success" for task in dag.tasks)


def test_nothing_starts_it_but_a_person(dag):
    assert dag.schedule is None
    assert dag.max_active_runs == 1


def test_it_updates_the_asset_when_verified(dag):
    assert {task.task_id: task.outlets for task in dag.tasks if task.outlets} == {
        "verify": [Asset("clickstream_events")]
    }


def test_the_form_is_a_choice_a_date_picker_and_a_run(dag):
    schemas = {name: dag.params.get_param(name).schema for name in dag.params}
    assert schemas["action"]["enum"] == ["rollback", "withdraw", "release"]
    assert schemas["arrival_day"]["format"] == "date"
    assert re.match(schemas["run_id"]["pattern"], VALID["run_id"])


def test_the_form_says_where_the_candidates_are(dag):
    description = dag.params.get_param("run_id").description
    assert "ledgers/arrival_date=<day>/" in description
    assert CANDIDATES_QUERY in description
    assert CANDIDATES_QUERY in dag.doc_md


@pytest.mark.parametrize(
    "change",
    [{"action": "undo"}, {"arrival_day": "yesterday"}, {"run_id": "../x"}, {"run_id": "jr_1"}],
    ids=lambda change: next(iter(change.values())),
)
def test_the_form_refuses_what_cannot_be_a_request(dag, change):
    params = copy.deepcopy(dag.params)
    params.update(VALID)
    params.validate()
    with pytest.raises(ParamValidationError):
        params.update(change)


def test_a_red_task_links_to_its_day(dag):
    assert all(any(isinstance(link, DayLink) for link in task.operator_extra_links) for task in dag.tasks)
