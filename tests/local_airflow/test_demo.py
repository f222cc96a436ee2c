"""The demo's set-up under a poisoned profile: what would leave the machine is refused and written down."""

import os
import subprocess
import sys

import pytest

from local_airflow.environment import REPOSITORY

# Loaded by every Python process that inherits PYTHONPATH: the demo, the local AWS, the generator.
GUARD = """
import os, socket
from local_aws.safety import guarded, OutsideCallError

def noting(original, at):
    checked = guarded(original, at)
    def call(*args, **kwargs):
        try:
            return checked(*args, **kwargs)
        except OutsideCallError as error:
            with open(os.environ["OUTSIDE_CALLS"], "a") as file:
                file.write(f"{error}\\n")
            raise
    return call

socket.socket.connect = noting(socket.socket.connect, 1)
socket.socket.connect_ex = noting(socket.socket.connect_ex, 1)
socket.getaddrinfo = noting(socket.getaddrinfo, 0)
with open(os.environ["OUTSIDE_CALLS"] + ".guarded", "a") as file:
    file.write(f"{os.getpid()}\\n")
"""
SET_UP = """
import os, pathlib, sys
from local_airflow import demo, events
from local_aws.process import LocalAwsProcess
from local_aws.safety import clear_aws_environment

home = pathlib.Path(sys.argv[1])
clear_aws_environment(os.environ)
sent = events.of_options(demo.parse(["--events", "300", "--days", "1"]))
with LocalAwsProcess(home / "aws") as aws:
    stack = events.prepare(home, sent, aws.endpoint_url, demo.Progress(demo.console()))
    found = stack.client("s3").list_objects_v2(Bucket=stack.name("raw_bucket"))
    print("objects:", found["KeyCount"])
"""
OUTSIDE = """
import boto3
boto3.client("s3").list_buckets()
"""


@pytest.fixture
def poisoned(tmp_path):
    """An environment as bad as can be, in which every Python process notes what it sends elsewhere."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[profile production]\nregion = us-east-1\nendpoint_url = https://production.example.com\n"
    )
    (tmp_path / ".aws" / "credentials").write_text(
        "[production]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    )
    return {
        **os.environ,
        "HOME": str(tmp_path),
        "AWS_PROFILE": "production",
        "AWS_CONFIG_FILE": str(tmp_path / ".aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / ".aws" / "credentials"),
        "AWS_ENDPOINT_URL": "https://production.example.com",
        "AWS_ENDPOINT_URL_FIREHOSE": "https://production.example.com",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "OUTSIDE_CALLS": str(tmp_path / "outside"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "guard"), *map(str, (REPOSITORY, *paths()))]),
    }


def paths():
    return [REPOSITORY / folder for folder in ("dags", "plugins")]


def python(code, environment, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_under_a_poisoned_profile_nothing_leaves_the_machine(poisoned, tmp_path):
    done = python(SET_UP, poisoned, tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert "objects: 24" in done.stdout
    assert len(set((tmp_path / "outside.guarded").read_text().split())) >= 3, "demo, local AWS and generator"
    assert not (tmp_path / "outside").exists(), (tmp_path / "outside").read_text()


def test_the_guard_sees_what_would_leave(poisoned, tmp_path):
    """The control: the same environment, not cleared."""
    assert python(OUTSIDE, poisoned).returncode != 0
    assert "production.example.com" in (tmp_path / "outside").read_text()
