"""A local AWS for each module of job tests, with shortcuts: one line makes a job from a script's text and runs it."""

import textwrap
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from local_aws.clients import local_client
from local_aws.glue_jobs.engine import GlueJobsEngine
from local_aws.server import LocalAws

ARTIFACTS = "artifacts"


class Glue:
    """Clients and builders; ``engine`` is the one behind them."""

    def __init__(self, aws: LocalAws) -> None:
        self.endpoint_url = aws.endpoint_url
        self.clock = aws.clock
        self.client = local_client("glue", aws.endpoint_url)
        self.s3 = local_client("s3", aws.endpoint_url)
        self.logs = local_client("logs", aws.endpoint_url)
        self.engine = aws.engine(GlueJobsEngine)
        self.s3.create_bucket(Bucket=ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def put(self, key: str, body: bytes | str) -> str:
        self.s3.put_object(Bucket=ARTIFACTS, Key=key, Body=body.encode() if isinstance(body, str) else body)
        return f"s3://{ARTIFACTS}/{key}"

    def job(self, script: str = "", **fields: Any) -> str:
        """Makes a job of the script's text, under a new name, which it returns."""
        name = f"job-{uuid4().hex[:8]}"
        uri = self.put(f"{name}.py", textwrap.dedent(script))
        self.client.create_job(**job_request(Name=name, Command={"Name": "glueetl", "ScriptLocation": uri}) | fields)
        return name

    def start(self, job: str, **fields: Any) -> str:
        return str(self.client.start_job_run(JobName=job, **fields)["JobRunId"])

    def look(self, job: str, run_id: str) -> dict[str, Any]:
        run: dict[str, Any] = self.client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
        return run

    def wait(self, job: str, run_id: str, *states: str) -> dict[str, Any]:
        """The run as soon as it is in one of the states, or has ended."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            run = self.look(job, run_id)
            if run["JobRunState"] in states or "CompletedOn" in run:
                return run
            time.sleep(0.05)
        raise AssertionError(f"{run_id} is {run['JobRunState']} after 60 s: {self.error(run_id)}")

    def run(self, job: str, **fields: Any) -> dict[str, Any]:
        return self.wait(job, self.start(job, **fields))

    def run_script(self, script: str, **fields: Any) -> dict[str, Any]:
        return self.run(self.job(script), **fields)

    def stop(self, job: str, run_id: str) -> dict[str, Any]:
        reply: dict[str, Any] = self.client.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
        return reply

    def output(self, run_id: str) -> list[str]:
        return self.messages("output", run_id)

    def error(self, run_id: str) -> list[str]:
        return self.messages("error", run_id)

    def messages(self, group: str, run_id: str) -> list[str]:
        events = self.logs.get_log_events(
            logGroupName=f"/aws-glue/jobs/{group}", logStreamName=run_id, startFromHead=True
        )["events"]
        return [event["message"] for event in events]


def job_request(**fields: Any) -> dict[str, Any]:
    """A CreateJob that is accepted."""
    return {
        "Name": "job",
        "Role": "arn:aws:iam::123456789012:role/glue",
        "GlueVersion": "5.1",
        "Command": {"Name": "glueetl", "ScriptLocation": f"s3://{ARTIFACTS}/job.py", "PythonVersion": "3"},
    } | fields


@pytest.fixture(scope="module")
def glue() -> Iterator[Glue]:
    with LocalAws() as aws:
        yield Glue(aws)
