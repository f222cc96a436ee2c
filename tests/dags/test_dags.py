"""What holds for every DAG. Ids are asserted: an empty bag passes everything else."""

import pytest

from clickstream_airflow.alerts import task_failed
from local_airflow.environment import REPOSITORY, clickstream_options
from tests.dags.conftest import load_dags

DAGS = ("clickstream_daily", "clickstream_live", "clickstream_replay", "clickstream_rollback")


def test_the_folder_holds_exactly_these_dags(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == set(DAGS)


@pytest.mark.parametrize("dag_id", DAGS)
def test_a_dag_file_is_wiring_only(dag_id):
    text = (REPOSITORY / "dags" / f"{dag_id}.py").read_text()
    forbidden = ("Variable", "boto3", "SELECT", "s3://", "open(")
    assert not [word for word in forbidden if word in text]
    assert len(text.splitlines()) <= 80


@pytest.mark.parametrize("dag_id", DAGS)
def test_the_documentation_begins_with_triage_and_names_every_task(bag, dag_id):
    dag = bag.dags[dag_id]
    assert dag.doc_md.startswith("### Triage")
    assert "(/plugin/clickstream)" in dag.doc_md
    assert all(f"`{task.task_id}`" in dag.doc_md for task in dag.tasks)


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_task_can_end_by_itself(bag, dag_id):
    assert all(task.execution_timeout for task in bag.dags[dag_id].tasks)


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_task_tells_that_it_failed(bag, dag_id):
    assert all(task_failed in (task.on_failure_callback or []) for task in bag.dags[dag_id].tasks)


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_field_of_the_form_is_described(bag, dag_id):
    params = bag.dags[dag_id].params
    assert all(params.get_param(name).description for name in params)


def test_a_missing_setting_is_an_import_error_that_names_the_variable(monkeypatch):
    for name in clickstream_options():
        monkeypatch.delenv(name, raising=False)
    errors = load_dags().import_errors
    assert len(errors) == len(DAGS)
    assert all("AIRFLOW__CLICKSTREAM__ENVIRONMENT is not set" in message for message in errors.values())
