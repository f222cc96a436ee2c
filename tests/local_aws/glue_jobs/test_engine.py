"""The engine through the gateway, with scripts that need no Spark."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import ServiceError
from local_aws.glue_jobs.process import TOKEN
from local_aws.glue_runtime.awsglue.job_executor import JobExecutorError, call

SLEEP = "import time; print('up', flush=True); time.sleep(60)"


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_job_reads_back_as_it_was_made_with_glues_defaults(glue: Any) -> None:
    name = glue.job(Description="d", DefaultArguments={"--a": "1"}, WorkerType="G.2X", NumberOfWorkers=3)
    job = glue.client.get_job(JobName=name)["Job"]
    assert job["DefaultArguments"] == {"--a": "1"}
    assert job["Command"]["PythonVersion"] == "3"
    assert (job["Timeout"], job["MaxRetries"], job["MaxCapacity"]) == (480, 0, 6.0)
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert abs(job["CreatedOn"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_second_job_of_a_name_is_refused(glue: Any) -> None:
    name = glue.job()
    with pytest.raises(ClientError) as refused:
        glue.job(Name=name)
    assert code(refused) == "AlreadyExistsException"


def test_update_replaces_the_definition(glue: Any) -> None:
    name = glue.job(Description="old", DefaultArguments={"--a": "1"})
    made = glue.client.get_job(JobName=name)["Job"]
    glue.client.update_job(JobName=name, JobUpdate={"GlueVersion": "5.0", "Timeout": 7})
    job = glue.client.get_job(JobName=name)["Job"]
    assert (job["GlueVersion"], job["Timeout"], job["CreatedOn"]) == ("5.0", 7, made["CreatedOn"])
    assert job["Command"] == made["Command"]
    assert "Description" not in job
    assert "DefaultArguments" not in job


def test_deleted_job_is_gone_and_deleting_it_again_succeeds(glue: Any) -> None:
    name = glue.job()
    for _ in range(2):
        assert glue.client.delete_job(JobName=name)["JobName"] == name
    with pytest.raises(ClientError) as refused:
        glue.client.get_job(JobName=name)
    assert code(refused) == "EntityNotFoundException"


@pytest.mark.parametrize("call", ["get_job", "start_job_run", "get_job_runs"])
def test_missing_job_is_named(glue: Any, call: str) -> None:
    with pytest.raises(ClientError, match="absent-job") as refused:
        getattr(glue.client, call)(JobName="absent-job")
    assert code(refused) == "EntityNotFoundException"


def test_missing_run_is_named(glue: Any) -> None:
    with pytest.raises(ClientError, match="jr_absent") as refused:
        glue.look(glue.job(), "jr_absent")
    assert code(refused) == "EntityNotFoundException"


def test_jobs_are_listed_in_pages_and_by_tag(glue: Any) -> None:
    names = [glue.job(Tags={"team": "listing"}) for _ in range(3)]
    paged = glue.client.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 2})
    listed = [job["Name"] for page in paged for job in page["Jobs"]]
    assert [name for name in listed if name in names] == names
    assert glue.client.list_jobs(Tags={"team": "listing"})["JobNames"] == names


@pytest.mark.parametrize("call", ["get_job_bookmark", "reset_job_bookmark"])
def test_job_that_never_kept_a_bookmark_has_none(glue: Any, call: str) -> None:
    job = glue.job()
    with pytest.raises(ClientError, match=f"Continuation for job {job} not found") as refused:
        getattr(glue.client, call)(JobName=job)
    assert code(refused) == "EntityNotFoundException"


@pytest.mark.parametrize("name", ["BeginJobBookmark", "CommitJobBookmark", "GetJobBookmarks"])
def test_call_that_glue_does_not_have_is_refused(glue: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them are a running job's own, and its token is all that opens them."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", glue.endpoint_url)
    monkeypatch.setenv(TOKEN, "made up")
    for token in ({}, {"Token": None}):
        with pytest.raises(JobExecutorError, match=f"does not support {name} of glue"):
            call(name, JobName=glue.job(), Paused=False, Version=0, States={}, **token)


def test_runs_token_is_told_to_nobody_and_ends_with_the_run(glue: Any) -> None:
    job = glue.job("import os; print(os.environ['LOCAL_AWS_RUN_TOKEN'])")
    run = glue.run(job)
    (token,) = glue.output(run["Id"])
    assert len(token) == 64
    assert token not in str([run, glue.client.get_job_runs(JobName=job), glue.engine._runs])
    with pytest.raises(ServiceError, match="does not support CommitJobBookmark"):
        glue.engine.operations["CommitJobBookmark"]({"JobName": job, "Token": token, "Version": 0, "States": {}})


def test_run_that_works_succeeds_with_its_times_and_capacity(glue: Any) -> None:
    run = glue.run_script("print('done')")
    assert run["JobRunState"] == "SUCCEEDED"
    assert "ErrorMessage" not in run
    assert run["StartedOn"] <= run["CompletedOn"] == run["LastModifiedOn"]
    assert (run["Attempt"], run["PredecessorRuns"], run["AllocatedCapacity"]) == (0, [], 10)
    assert run["LogGroupName"] == "/aws-glue/jobs"
    assert len(run["Id"]) == len("jr_") + 64
    assert glue.output(run["Id"]) == ["done"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param("import sys; sys.exit(3)", "SystemExit: 3", id="exit status"),
        pytest.param("import sys; sys.exit('no input')", "SystemExit: no input", id="exit with a text"),
        pytest.param("raise ValueError('a day is missing')", "ValueError: a day is missing", id="exception"),
        pytest.param("def (", "SyntaxError: ", id="syntax error"),
        pytest.param("import local_aws", "ModuleNotFoundError: No module named 'local_aws'", id="not in Glue"),
        pytest.param("import os; os._exit(4)", "Command failed with exit code 4", id="hard exit"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "exit code 137 (SIGKILL)", id="killed"),
    ],
)
def test_failing_script_is_failed_with_its_error_text(glue: Any, script: str, message: str) -> None:
    run = glue.run_script(script)
    assert run["JobRunState"] == "FAILED"
    assert message in run["ErrorMessage"]


def test_traceback_in_the_log_holds_the_scripts_frames_only(glue: Any) -> None:
    log = "\n".join(glue.error(glue.run_script("def f():\n    raise KeyError('x')\nf()")["Id"]))
    assert "line 2, in f" in log
    assert "runner.py" not in log
    assert "runpy" not in log


@pytest.mark.parametrize("script", ["", "import sys; sys.exit(0)", "raise SystemExit"], ids=["empty", "exit 0", "exit"])
def test_script_that_ends_well_succeeds(glue: Any, script: str) -> None:
    assert glue.run_script(script)["JobRunState"] == "SUCCEEDED"


def test_missing_script_fails_the_run_and_is_named(glue: Any) -> None:
    job = glue.job(Command={"Name": "glueetl", "ScriptLocation": "s3://artifacts/absent.py"})
    run = glue.run(job)
    assert run["JobRunState"] == "FAILED"
    assert "s3://artifacts/absent.py" in run["ErrorMessage"]
    assert "NoSuchKey" in run["ErrorMessage"]


def test_run_arguments_go_over_the_defaults_and_fixed_ones_over_both(glue: Any) -> None:
    job = glue.job(
        "import sys; print(sys.argv[1:])",
        DefaultArguments={"--a": "default", "--b": "default", "--enable-metrics": "true"},
        NonOverridableArguments={"--c": "fixed"},
    )
    run = glue.run(job, Arguments={"--b": "run", "--c": "run"})
    (line,) = glue.output(run["Id"])
    assert "'--a', 'default', '--b', 'run', '--c', 'fixed'" in line
    assert f"'--JOB_NAME', '{job}'" in line
    assert f"'--JOB_RUN_ID', '{run['Id']}'" in line
    assert "--enable-metrics" not in line
    assert run["Arguments"] == {"--b": "run", "--c": "run"}


@pytest.mark.parametrize(
    "value", ["two words", """it's "quoted" $HOME `x` \\n""", "--conf --x", "--bare", "", "a=b", "é 漢\n2"]
)
def test_argument_arrives_unchanged(glue: Any, value: str) -> None:
    job = glue.job("import sys, json; print(json.dumps(sys.argv[sys.argv.index('--value') + 1]))")
    run = glue.run(job, Arguments={"--value": value})
    assert json.loads(glue.output(run["Id"])[0]) == value


def test_runs_beyond_the_limit_are_refused_until_one_ends(glue: Any) -> None:
    job = glue.job(SLEEP, ExecutionProperty={"MaxConcurrentRuns": 2})
    runs = [glue.start(job) for _ in range(2)]
    with pytest.raises(ClientError, match=job) as refused:
        glue.start(job)
    assert code(refused) == "ConcurrentRunsExceededException"
    glue.stop(job, runs[0])
    glue.wait(job, runs[0])
    runs.append(glue.start(job))
    for run in runs[1:]:
        glue.stop(job, run)
        assert glue.wait(job, run)["JobRunState"] == "STOPPED"


def test_running_run_has_no_end_yet(glue: Any) -> None:
    job = glue.job(SLEEP)
    run_id = glue.start(job)
    run = glue.wait(job, run_id, "RUNNING")
    assert run["JobRunState"] == "RUNNING"
    assert "CompletedOn" not in run
    glue.stop(job, run_id)
    glue.wait(job, run_id)


def test_stopped_run_ends_soon_and_keeps_what_it_printed(glue: Any) -> None:
    job = glue.job(SLEEP)
    run_id = glue.start(job)
    glue.wait(job, run_id, "RUNNING")
    time.sleep(0.3)  # for the script to print
    reply = glue.stop(job, run_id)
    assert reply["SuccessfulSubmissions"] == [{"JobName": job, "JobRunId": run_id}]
    assert glue.look(job, run_id)["JobRunState"] in ("STOPPING", "STOPPED")
    run = glue.wait(job, run_id)
    assert run["JobRunState"] == "STOPPED"
    assert run["CompletedOn"] - run["StartedOn"] < timedelta(seconds=15)
    assert glue.output(run_id) == ["up"]


def test_run_that_ended_cannot_be_stopped(glue: Any) -> None:
    job = glue.job()
    run_id = glue.run(job)["Id"]
    reply = glue.client.batch_stop_job_run(JobName=job, JobRunIds=[run_id, "jr_absent"])
    assert reply["SuccessfulSubmissions"] == []
    assert [error["ErrorDetail"]["ErrorCode"] for error in reply["Errors"]] == [
        "InvalidInputException",
        "EntityNotFoundException",
    ]
    assert glue.look(job, run_id)["JobRunState"] == "SUCCEEDED"


def test_run_over_its_time_is_timeout_and_says_after_how_long(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glue.engine.execution, "minute", 0.2)
    run = glue.run(glue.job(SLEEP), Timeout=3)
    assert run["JobRunState"] == "TIMEOUT"
    assert run["ErrorMessage"] == "Job run exceeded its timeout of 3 minutes"
    assert run["Timeout"] == 3


def test_moved_clock_dates_a_run_and_does_not_make_it_longer(glue: Any) -> None:
    glue.clock.set(datetime(2024, 12, 25, 10, tzinfo=UTC))
    job = glue.job("print('then')", Timeout=1)
    run_id = glue.start(job)
    glue.clock.set(None)
    run = glue.wait(job, run_id)
    assert run["JobRunState"] == "SUCCEEDED"
    assert run["StartedOn"].date() == run["CompletedOn"].date() == datetime(2024, 12, 25, tzinfo=UTC).date()
    assert glue.output(run_id) == ["then"]


def test_runs_are_paged_newest_first(glue: Any) -> None:
    job = glue.job()
    ids = [glue.run(job)["Id"] for _ in range(3)]
    first = glue.client.get_job_runs(JobName=job, MaxResults=2)
    later = glue.run(job)["Id"]  # a run started between two pages does not shift the second
    second = glue.client.get_job_runs(JobName=job, MaxResults=2, NextToken=first["NextToken"])
    assert [run["Id"] for run in [*first["JobRuns"], *second["JobRuns"]]] == ids[::-1]
    assert "NextToken" not in second
    assert glue.client.get_job_runs(JobName=job)["JobRuns"][0]["Id"] == later


def test_unknown_page_token_is_refused(glue: Any) -> None:
    with pytest.raises(ClientError, match="NextToken"):
        glue.client.get_job_runs(JobName=glue.job(), NextToken="made-up")


@pytest.mark.slow
def test_endless_output_is_delivered_while_the_run_goes_on(glue: Any) -> None:
    job = glue.job("import time\nfor n in range(600):\n    print(n, flush=True)\n    time.sleep(0.1)")
    run_id = glue.start(job)
    glue.wait(job, run_id, "RUNNING")
    time.sleep(2.5)
    assert glue.output(run_id)[:3] == ["0", "1", "2"]
    glue.stop(job, run_id)
    glue.wait(job, run_id)
