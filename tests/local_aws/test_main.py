import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from local_aws.clients import local_client
from local_aws.control import LocalControl
from local_aws.stack import Stack

pytestmark = pytest.mark.slow

Process = subprocess.Popen[str]


def start(*arguments: str) -> Process:
    command = [sys.executable, "-m", "local_aws", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def url_of(process: Process) -> str:
    assert process.stdout
    line = process.stdout.readline()
    found = re.fullmatch(r"local AWS ready at (http://127\.0\.0\.1:\d+)\n", line)
    assert found, line + (process.stderr.read() if process.stderr else "")
    return found[1]


@pytest.fixture
def running() -> Iterator[Process]:
    process = start("--port", "0")
    yield process
    process.kill()
    process.communicate()


def test_it_prints_its_address_when_it_is_ready(running: Process) -> None:
    LocalControl(url_of(running)).wait_ready(timeout=0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_it_cleanly(running: Process, number: int) -> None:
    url_of(running)
    running.send_signal(number)
    assert running.wait(timeout=10) == 0
    assert running.stderr
    assert running.stderr.read() == ""


def test_buffered_records_are_delivered_before_it_ends(running: Process, capfd: pytest.CaptureFixture[str]) -> None:
    """Without a bucket the delivery must fail: the process says so, which shows that it tried."""
    firehose = local_client("firehose", url_of(running))
    destination: dict[str, Any] = {"RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::missing"}
    firehose.create_delivery_stream(DeliveryStreamName="s", ExtendedS3DestinationConfiguration=destination)
    firehose.put_record(DeliveryStreamName="s", Record={"Data": gzip.compress(b"x")})
    running.terminate()
    assert running.wait(timeout=10) == 0
    assert running.stderr
    assert "1 buffers were never delivered" in running.stderr.read()


@pytest.mark.slow
def test_glue_run_that_is_going_on_leaves_no_process_behind(running: Process) -> None:
    url = url_of(running)
    s3, glue = local_client("s3", url), local_client("glue", url)
    s3.create_bucket(Bucket="scripts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="scripts", Key="wait.py", Body=b"import time\ntime.sleep(600)\n")
    command = {"Name": "glueetl", "ScriptLocation": "s3://scripts/wait.py", "PythonVersion": "3"}
    role = "arn:aws:iam::123456789012:role/glue"
    job = {"Role": role, "Command": command, "GlueVersion": "5.1", "WorkerType": "G.1X", "NumberOfWorkers": 2}
    glue.create_job(Name="wait", **job)
    glue.start_job_run(JobName="wait")
    deadline = time.monotonic() + 60
    while not (children := psutil.Process(running.pid).children(recursive=True)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert children
    running.terminate()
    assert running.wait(timeout=60) == 0
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_taken_port_is_named_and_ends_with_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert f"port {port} of 127.0.0.1 is taken" in errors
    assert "--port" in errors
    assert "Traceback" not in errors


def test_users_own_credentials_are_not_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from local_aws import __main__

    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setattr(__main__, "serve", lambda *_: 0)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    before = dict(os.environ)
    try:
        assert __main__.main([]) == 0
        assert "AWS_PROFILE" not in os.environ
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_asked_for_the_stack_it_creates_it_before_it_is_ready() -> None:
    process = start("--port", "0", "--stack")
    try:
        stack = Stack(url_of(process))
        assert stack.catalog.current_snapshot().lines == frozenset()
        assert stack.client("firehose").list_delivery_streams()["DeliveryStreamNames"] == [stack.name("stream")]
    finally:
        process.kill()
        process.communicate()
