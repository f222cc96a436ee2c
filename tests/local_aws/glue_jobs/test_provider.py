"""Airflow's own Glue operator, sensor and trigger against the engine, in a process of their own (Airflow's home)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local_aws.safety import local_environment

pytestmark = pytest.mark.slow

PROGRAM = """
import asyncio, json, logging, sys
from unittest.mock import MagicMock
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.sensors.glue import GlueJobSensor
from airflow.providers.amazon.aws.triggers.glue import GlueJobCompleteTrigger

good, bad, slow = sys.argv[1:]
found = {}
common = {"aws_conn_id": None, "region_name": "eu-west-1"}

def operator(job, **more):
    return GlueJobOperator(task_id="t", job_name=job, update_config=False, job_poll_interval=0.1, **common, **more)

def event(job, run_id, **more):
    trigger = GlueJobCompleteTrigger(job, run_id, waiter_delay=1, waiter_max_attempts=30, **common, **more)
    async def first():
        return await anext(trigger.run())
    try:
        return asyncio.run(first()).payload
    except Exception as error:
        return {"status": "raised", "message": f"{type(error).__name__}: {error}"}

def outcome(call):
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

run_id = operator(good, wait_for_completion=False, script_args={"--day": "2024-12-25"}).execute({"ti": MagicMock()})
found["deferred"] = event(good, run_id)
found["deferred, verbose"] = event(good, run_id, verbose=True)
found["poked"] = GlueJobSensor(task_id="s", job_name=good, run_id=run_id, verbose=True, **common).poke({})
failed = operator(bad, wait_for_completion=False).execute({"ti": MagicMock()})
found["deferred failure"] = event(bad, failed)
found["poked failure"] = outcome(lambda: GlueJobSensor(task_id="s", job_name=bad, run_id=failed, **common).poke({}))
found["waited failure"] = outcome(lambda: operator(bad, verbose=True).execute({"ti": MagicMock()}))
absent = operator("absent-job", iam_role_arn="r", script_location="s3://b/x.py")
found["missing job"] = outcome(lambda: absent.execute({"ti": MagicMock()}))
killed = operator(slow, wait_for_completion=False, stop_job_run_on_kill=True)
stopped = killed.execute({"ti": MagicMock()})
killed.on_kill()
found["deferred stop"] = event(slow, stopped)
print("FOUND " + json.dumps(found, default=str))
"""


@pytest.fixture(scope="module")
def found(glue: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    jobs = [
        glue.job("print('the day is here')"),
        glue.job("raise ValueError('no such day')"),
        glue.job("import time; time.sleep(60)"),
    ]
    home = tmp_path_factory.mktemp("airflow")
    environ = local_environment(glue.endpoint_url, os.environ) | {"AIRFLOW_HOME": str(home)}
    command = [sys.executable, "-c", PROGRAM, *jobs]
    finished = subprocess.run(command, env=environ, capture_output=True, text=True, cwd=Path(home), check=False)
    printed = [line for line in finished.stdout.splitlines() if line.startswith("FOUND ")]
    assert printed, finished.stderr[-3000:]
    return {**json.loads(printed[0].removeprefix("FOUND ")), "log": finished.stdout + finished.stderr}


def test_operator_sensor_and_trigger_see_success(found: dict[str, Any]) -> None:
    assert found["deferred"]["status"] == "success"
    assert found["deferred, verbose"]["status"] == "success"
    assert found["poked"] is True


def test_jobs_output_reaches_the_task_log(found: dict[str, Any]) -> None:
    assert "the day is here" in found["log"]


@pytest.mark.parametrize("way", ["deferred failure", "poked failure", "waited failure"])
def test_failure_fails_the_task(found: dict[str, Any], way: str) -> None:
    outcome = found[way]
    assert "FAILED" in str(outcome) or "ValueError: no such day" in str(outcome)


def test_deferred_failure_carries_the_error_text(found: dict[str, Any]) -> None:
    assert "ValueError: no such day" in str(found["deferred failure"]) + found["log"]


def test_missing_job_is_not_made_by_accident(found: dict[str, Any], glue: Any) -> None:
    assert "GlueVersion expects a value" in found["missing job"] or "MaxCapacity" in found["missing job"]
    assert "absent-job" not in glue.client.list_jobs()["JobNames"]


def test_killed_task_stops_its_run(found: dict[str, Any]) -> None:
    assert "STOPPED" in str(found["deferred stop"]) + found["log"]
    assert found["deferred stop"]["status"] != "success"
