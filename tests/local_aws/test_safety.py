import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.safety import OutsideCallError, clear_aws_environment, local_environment, refuse_outside_calls
from local_aws.server import LocalAws

POISON = {
    "AWS_PROFILE": "prod",
    "AWS_ENDPOINT_URL": "https://example.amazonaws.com",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.amazonaws.com",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
}
CONFIG = "[profile prod]\nregion = us-east-1\nendpoint_url = https://example.amazonaws.com\n[default]\n"
LIST_BUCKETS = """
import boto3
from local_aws.safety import refuse_outside_calls
with refuse_outside_calls():
    print(boto3.client("s3", region_name="eu-west-1").list_buckets()["Buckets"])
"""


@pytest.fixture
def poisoned(tmp_path: Path) -> dict[str, str]:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**environ, **POISON, "HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}


def list_buckets(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LIST_BUCKETS], env=environ, capture_output=True, text=True)


def test_poisoned_environment_reaches_only_the_local_aws(local_aws: LocalAws, poisoned: dict[str, str]) -> None:
    run = list_buckets(local_environment(local_aws.endpoint_url, poisoned))
    assert (run.returncode, run.stdout.strip()) == (0, "[]"), run.stderr


def test_guard_names_the_address_that_a_poisoned_environment_calls(poisoned: dict[str, str]) -> None:
    run = list_buckets(poisoned)
    assert run.returncode != 0
    assert "s3.example.amazonaws.com" in run.stderr
    assert "refused before it was sent" in run.stderr


def test_every_aws_variable_goes_but_the_certificate_authority() -> None:
    environ = {**POISON, "AWS_CA_BUNDLE": "ca.pem", "PATH": "bin"}
    clear_aws_environment(environ)
    assert environ == {
        "PATH": "bin",
        "AWS_CA_BUNDLE": "ca.pem",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_local_environment_leaves_the_original_alone_and_bypasses_proxies() -> None:
    original = {**POISON, "NO_PROXY": "intranet"}
    local = local_environment("http://127.0.0.1:4577", original)
    assert original["AWS_PROFILE"] == "prod"
    assert local["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4577"
    assert local["NO_PROXY"] == "intranet,127.0.0.1,::1,localhost"


@pytest.mark.parametrize("url", ["https://s3.amazonaws.com", "http://10.0.0.1:4577", "http://127.0.0.1.evil.example"])
def test_endpoint_off_this_machine_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        local_environment(url, {})


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443), ("example.com", 443)])
def test_connection_off_this_machine_is_refused(address: tuple[str, int]) -> None:
    with refuse_outside_calls(), socket.socket() as sock, pytest.raises(OutsideCallError, match=address[0]):
        sock.connect(address)


def test_name_of_another_machine_is_not_even_resolved() -> None:
    with refuse_outside_calls(), pytest.raises(OutsideCallError, match="example.com"):
        socket.create_connection(("example.com", 443))


def test_the_guard_ends_with_its_block() -> None:
    before = socket.socket.connect
    with refuse_outside_calls():
        assert socket.socket.connect is not before
    assert socket.socket.connect is before
