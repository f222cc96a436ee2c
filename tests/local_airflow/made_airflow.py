"""`make airflow` as a process of its own: what it printed, what it started, and whether anything outlived it."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local_airflow.environment import REPOSITORY, python_path
from local_airflow.login import Login

GONE_WITHIN = 60  # seconds from a signal to the end


@dataclass
class MadeAirflow:
    """``home``: its folder. ``said``: its lines so far."""

    home: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def until(self, pattern: str) -> re.Match[str]:
        """Reads on until a line matches; AssertionError with all lines where none does."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern!r} was expected in what it said:\n{''.join(self.said)}")

    def family(self) -> list[psutil.Process]:
        """It and every process that it started, directly or not."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def end(self, number: int) -> list[str]:
        """Sends a signal; the command lines of processes that are left when it has ended."""
        before = self.family()
        self.process.send_signal(number)
        return self.left(before)

    def left(self, before: list[psutil.Process]) -> list[str]:
        """Command lines of those of ``before`` that are still there after it ended, and of whoever uses its folder."""
        if self.process.stdout:
            self.said += self.process.stdout.readlines()
        self.process.wait(GONE_WITHIN)
        living = [one for one in before if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        return [*map(str, living), *using(self.home)]


def using(folder: Path) -> list[str]:
    """Command lines that name a folder."""
    lines = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder) in line]


def make_airflow(home: Path, *options: str) -> MadeAirflow:
    """Starts it, on free ports unless the options name some."""
    command = [sys.executable, "-m", "local_airflow.up", "--port", "0", "--aws-port", "0", "--home", str(home)]
    process = subprocess.Popen(
        [*command, *options],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": python_path(os.environ)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return MadeAirflow(home, process)


def login_of(made: MadeAirflow) -> tuple[str, Login, str]:
    """Airflow's URL, who may log in, and the URL of the local AWS, from what it tells a person."""
    url = made.until(r"^Airflow +(http\S+)$")[1]
    user = made.until(r"user (\w+), password (\S+) ")
    return url, Login(user[1], user[2]), made.until(r"^Local AWS +(http[^\s,]+),")[1]


def await_family(made: MadeAirflow, name: str) -> psutil.Process:
    """The first process of that name that it started, as soon as there is one."""
    deadline = time.monotonic() + GONE_WITHIN
    while time.monotonic() < deadline:
        for one in made.family():
            if one.name() == name:
                return one
        time.sleep(0.2)
    raise AssertionError(f"it started no {name}: {made.family()}")
