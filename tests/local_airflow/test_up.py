"""`make airflow` from outside: how it ends, and what keeps it from starting. Its whole is used by tests/end_to_end."""

import shlex
import signal
import socket
import subprocess
from datetime import date

import pytest

from local_airflow import up
from local_airflow.environment import REPOSITORY
from tests.local_airflow.made_airflow import await_family, make_airflow, using


@pytest.fixture
def home(folder):
    return folder / "home"


def test_the_make_target_takes_its_variables():
    command = [
        "make",
        "--dry-run",
        "--no-print-directory",
        "airflow",
        "EVENTS=5",
        "DAYS=2",
        "FIRST_DAY=2024-02-28",
        "SEED=3",
        "PORT=1",
        "AWS_PORT=2",
    ]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    words = shlex.split(printed.replace("\\\n", " ").splitlines()[-1])
    options = up.parse(words[words.index("local_airflow.up") + 1 :])
    assert (options.events, options.days, options.seed, options.port, options.aws_port) == (5, 2, 3, 1, 2)
    assert options.first_day == date(2024, 2, 28)


@pytest.mark.parametrize(("option", "variable"), [("--port", "PORT=8081"), ("--aws-port", "AWS_PORT=4578")])
def test_a_port_in_use_is_said_before_anything_is_started(home, option, variable):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        made = make_airflow(home, option, str(port))
        assert made.process.wait() == up.TAKEN
    (said,) = made.process.stdout
    assert said.startswith(f"make airflow: expected port {port} of 127.0.0.1 to be free: Address already in use; ")
    assert f"make airflow {variable}" in said
    assert not home.exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_ends_all_of_it(home, number):
    made = make_airflow(home)
    await_family(made, "postgres")
    assert made.end(number) == []
    assert made.process.returncode == 0
    assert "nothing is left running" in made.said[-1]


@pytest.mark.slow
def test_a_part_that_is_killed_is_noticed_and_ends_all_of_it(home):
    made = make_airflow(home)
    await_family(made, "postgres")
    family = made.family()
    (aws,) = [one for one in family if "local_aws" in one.cmdline()]
    aws.kill()
    assert made.left(family) == []
    assert made.process.returncode == up.BROKEN
    assert f"make airflow: the local AWS ended with -9; see {home / 'aws' / 'local_aws.log'}" in "".join(made.said)


def test_what_is_left_running_would_be_seen(home):
    """The control of the tests above."""
    with subprocess.Popen(["sh", "-c", "sleep 60; true", str(home)]) as other:
        assert using(home) == [f"sh -c sleep 60; true {home}"]
        other.kill()
