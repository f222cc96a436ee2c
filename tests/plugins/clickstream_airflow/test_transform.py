"""Starting and awaiting Glue runs on the local Glue jobs."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, TaskDeferred
from botocore.exceptions import ClientError

from clickstream_airflow import transform
from clickstream_airflow.transform import AwaitTransformSensor, StartTransformOperator
from local_aws.server import LocalAws
from tests.local_aws.glue_jobs.conftest import Glue
from tests.plugins.clickstream_airflow.tasks import called_as_task, client_error, finish, revived, task_environment

pytestmark = pytest.mark.slow

LOOK = 0.1  # seconds
SLEEPER = "import time; time.sleep(60)"


@pytest.fixture(scope="module")
def glue() -> Iterator[Glue]:
    with LocalAws() as aws:
        yield Glue(aws)


@pytest.fixture(autouse=True)
def airflow(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in task_environment(glue.endpoint_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(transform, "PAUSE", (0.1, 0.2))


def starter(job: str, **fields: Any) -> StartTransformOperator:
    return StartTransformOperator(task_id="transform", job_name=job, region_name="eu-west-1", **fields)


def start(job: str, **fields: Any) -> str:
    return str(finish(starter(job, **fields), {"ti": MagicMock()}))


def waiter(job: str, run_id: str, **fields: Any) -> AwaitTransformSensor:
    common = {"task_id": "await_transform", "region_name": "eu-west-1", "poke_interval": LOOK, "timeout": 60}
    return AwaitTransformSensor(job_name=job, run_id=run_id, **common | fields)


def wait(job: str, run_id: str, **fields: Any) -> None:
    finish(waiter(job, run_id, **fields))


def test_clearing_a_green_task_runs_glue_again(glue: Glue) -> None:
    job = glue.job("import sys; print(sys.argv)")
    first, second = (start(job, script_args={"--arrival_date": "2024-12-25"}) for _ in range(2))
    assert first != second
    assert {run["Id"] for run in glue.client.get_job_runs(JobName=job)["JobRuns"]} == {first, second}
    wait(job, first)
    wait(job, second)


def test_a_worker_lost_right_after_the_start_leaves_a_run_and_the_retry_makes_another(glue: Glue) -> None:
    job = glue.job("pass")
    lost = MagicMock()
    lost.xcom_push.side_effect = SystemExit  # the run is started, nobody hears of it
    with pytest.raises(SystemExit):
        finish(starter(job), {"ti": lost})
    retried = start(job)
    runs = [run["Id"] for run in glue.client.get_job_runs(JobName=job)["JobRuns"]]
    assert len(runs) == 2
    assert retried in runs


def test_no_room_is_waited_for_without_a_worker(glue: Glue, tmp_path: Path) -> None:
    enough = tmp_path / "enough"
    script = f"import pathlib, time\nwhile not pathlib.Path({str(enough)!r}).exists():\n    time.sleep(0.05)\n"
    job = glue.job(script, ExecutionProperty={"MaxConcurrentRuns": 1})
    first = start(job)
    task = starter(job)
    with pytest.raises(TaskDeferred):
        called_as_task(task, task.execute, {"ti": MagicMock()})
    enough.touch()
    second = start(job)
    assert glue.look(job, first)["JobRunState"] == "SUCCEEDED"
    assert second != first


def test_each_wait_for_room_is_of_another_length(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transform, "PAUSE", (30.0, 90.0))
    job = glue.job(SLEEPER, ExecutionProperty={"MaxConcurrentRuns": 1})
    running = start(job)
    asked = datetime.now(UTC)
    moments = []
    for _ in range(4):
        task = starter(job)
        with pytest.raises(TaskDeferred) as deferral:
            called_as_task(task, task.execute, {"ti": MagicMock()})
        moments.append(revived(deferral.value.trigger).moment)  # type: ignore[attr-defined]
    glue.stop(job, running)
    assert len({round((moment - asked).total_seconds(), 1) for moment in moments}) > 1
    assert all(30 <= (moment - asked).total_seconds() <= 100 for moment in moments)


def test_waiting_for_room_ends(glue: Glue) -> None:
    job = glue.job(SLEEPER, ExecutionProperty={"MaxConcurrentRuns": 1})
    running = start(job)
    with pytest.raises(AirflowException, match=rf"no room for a run of {job} until 2.* UTC: .*ConcurrentRunsExceeded"):
        start(job, patience=timedelta(seconds=1))
    glue.stop(job, running)
    assert len(glue.client.get_job_runs(JobName=job)["JobRuns"]) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ResourceNumberLimitExceededException", TaskDeferred), ("InvalidInputException", ClientError)],
)
def test_only_what_passes_by_itself_is_waited_for(
    glue: Glue, monkeypatch: pytest.MonkeyPatch, code: str, expected: type[BaseException]
) -> None:
    refusal = MagicMock(side_effect=client_error(code))
    monkeypatch.setattr(transform.ExistingGlueJobHook, "initialize_job", refusal)
    task = starter("any")
    with pytest.raises(expected):
        called_as_task(task, task.execute, {"ti": MagicMock()})


def test_a_missing_job_is_named_and_not_made(glue: Glue) -> None:
    with pytest.raises(AirflowFailException, match="Glue job 'absent' does not exist in eu-west-1. Terraform makes it"):
        start("absent")
    assert "absent" not in glue.client.list_jobs()["JobNames"]


def test_killing_the_tasks_stops_no_run(glue: Glue) -> None:
    job = glue.job(SLEEPER)
    task = starter(job)
    run_id = called_as_task(task, task.execute, {"ti": MagicMock()})
    task.on_kill()
    waiting = waiter(job, run_id)
    with pytest.raises(TaskDeferred) as deferral:
        called_as_task(waiting, waiting.execute, {})
    waiting.on_kill()
    asyncio.run(revived(deferral.value.trigger).on_kill())
    time.sleep(0.3)
    assert glue.look(job, run_id)["JobRunState"] in ("STARTING", "RUNNING")
    glue.stop(job, run_id)


def test_the_wait_ends_with_the_run(glue: Glue) -> None:
    job = glue.job("import time; time.sleep(1)")
    run_id = start(job)
    wait(job, run_id)
    assert glue.look(job, run_id)["JobRunState"] == "SUCCEEDED"


def test_a_failed_run_fails_for_good_with_glues_message_in_the_first_line(glue: Glue) -> None:
    job = glue.job("raise ValueError('no such day')")
    with pytest.raises(AirflowFailException) as error:
        wait(job, run_id := start(job))
    first, log = str(error.value).splitlines()
    assert first == "Glue run ended FAILED: ValueError: no such day"
    assert log == f"Glue run {run_id} of {job}; its log: /aws-glue/jobs/error, stream {run_id}."


def test_a_stopped_run_fails(glue: Glue) -> None:
    job = glue.job(SLEEPER)
    run_id = start(job)
    glue.stop(job, run_id)
    with pytest.raises(AirflowFailException, match="ended STOPPED: no message from Glue"):
        wait(job, run_id)


def test_a_run_that_timed_out_fails(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glue.engine.execution, "minute", 1.0)
    job = glue.job(SLEEPER, Timeout=1)
    with pytest.raises(AirflowFailException, match="ended TIMEOUT: Job run exceeded its timeout"):
        wait(job, start(job))


def test_the_wait_is_bounded_and_may_be_tried_again(glue: Glue) -> None:
    job = glue.job(SLEEPER)
    run_id = start(job)
    with pytest.raises(AirflowException, match=f"Gave up on Glue run {run_id}") as error:
        wait(job, run_id, timeout=0.5)
    assert not isinstance(error.value, AirflowFailException)
    glue.stop(job, run_id)


def test_a_run_that_glue_does_not_know_fails_for_good(glue: Glue) -> None:
    job = glue.job("pass")
    with pytest.raises(AirflowFailException, match=f"Glue run jr_gone of {job} does not exist in eu-west-1."):
        wait(job, "jr_gone")
