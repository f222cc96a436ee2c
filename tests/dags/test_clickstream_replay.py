"""The DAG that judges quarantine again, as Airflow's loader sees it. Its tasks: tests/plugins/.../test_replay.py."""

import copy

import pytest
from airflow.sdk.exceptions import ParamValidationError

VALID = {"arrival_days": ["2024-12-25"], "reasons": ["invalid_price"], "dry_run": False}


@pytest.fixture
def dag(bag):
    return bag.dags["clickstream_replay"]


def test_the_request_is_checked_before_the_job_starts_and_days_run_last(dag):
    order = ["check_request", "judge", "await_judge", "report", "run_again"]
    assert [task.task_id for task in dag.topological_sort()] == order
    assert all(task.trigger_rule == "all_success" for task in dag.tasks)


def test_nothing_starts_it_but_a_person_and_nothing_runs_unasked(dag):
    assert dag.schedule is None
    assert dag.params["dry_run"] is True
    assert dag.params["reasons"] is None


def test_only_the_daily_dag_changes_anything(dag):
    last = dag.get_task("run_again")
    assert last.partial_kwargs["trigger_dag_id"] == "clickstream_daily"
    assert last.partial_kwargs["skip_when_already_exists"] is True
    assert not [task.task_id for task in dag.tasks if task.outlets]


def test_the_job_gets_the_runs_and_reasons_and_no_bookmark(dag):
    given = dag.get_task("judge").script_args
    assert sorted(given) == ["--job-bookmark-option", "--reasons", "--rejudge"]
    assert given["--job-bookmark-option"] == "job-bookmark-disable"


@pytest.mark.parametrize(
    ("reasons", "rendered"), [(None, "all"), ([], "all"), (["a"], "a"), (["a", "b"], "a,b")], ids=str
)
def test_the_reasons_are_given_separated_by_commas(dag, reasons, rendered):
    task = dag.get_task("judge")
    given = task.render_template(task.script_args["--reasons"], {"params": {"reasons": reasons}})
    assert given == rendered


@pytest.mark.parametrize(
    "change",
    [{"arrival_days": []}, {"arrival_days": "2024-12-25"}, {"arrival_days": None}, {"reasons": "x"}, {"dry_run": "no"}],
    ids=str,
)
def test_the_form_refuses_what_cannot_be_a_request(dag, change):
    params = copy.deepcopy(dag.params)
    params.update(VALID)
    params.validate()
    with pytest.raises(ParamValidationError):
        params.update(change)
