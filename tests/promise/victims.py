"""Victims as the tests see them: processes that carry out one order each, against an endpoint, and may be killed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from clickstream.settings import variable
from local_aws.safety import local_environment
from local_aws.stack import local_settings


@dataclass(frozen=True)
class Outcome:
    """How a victim ended. ``error``: the exception's full type, empty where there was none; ``killed``: by a signal."""

    error: str
    message: str
    killed: bool

    @property
    def succeeded(self) -> bool:
        return not (self.error or self.killed)


class Victims:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, started: Callable[[int], None], task: str, deadline: float, **arguments: Any) -> Outcome:
        """Carries out a task of `victim.TASKS` to its end; ``started`` is told the process's id at once.

        ``deadline``: seconds that a publication may take.
        """
        assert self._process.stdin
        order = {"task": task, "deadline": deadline, **arguments}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        started(int(self._line()))
        return Outcome(**json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process that forks victims ended; its error output says why"
        return line


@contextmanager
def victims(endpoint_url: str) -> Iterator[Victims]:
    """Victims that talk to the endpoint, and to nothing else."""
    settings = {variable(name): value for name, value in asdict(local_settings()).items()}
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        # pyarrow's allocator has a thread, which bears a fork.
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-m", "tests.promise.victim"],
        env=local_environment(endpoint_url, os.environ) | settings | path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Victims(process)
