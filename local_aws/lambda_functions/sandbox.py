"""One execution environment: a clean interpreter with one copy of the function, which answers one event at a time."""

import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from local_aws.glue_jobs.logs import LogStream
from local_aws.lambda_functions.environment import environment_of
from local_aws.lambda_functions.place import Place

WORKER = Path(__file__).with_name("worker.py")
TIMED_OUT = "Sandbox.Timedout"
LOOK = 0.05  # seconds between two looks at the memory of an environment at work


@dataclass(frozen=True)
class Event:
    """One invocation: what it is called, and the event as JSON text."""

    request_id: str
    payload: str


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to: the payload of the answer, an error's too."""

    payload: str
    failed: bool


class Gone(Exception):
    """The environment ended, or was ended, in the middle of its work; ``kind``: what Lambda calls that."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Sandbox:
    """Starts with the first event; ``alive`` until something ended it."""

    def __init__(self, configuration: Mapping[str, Any], code: Path, place: Place) -> None:
        self.configuration, self.code = configuration, code
        stream = f"{place.today()}/[$LATEST]{secrets.token_hex(16)}"
        self._folder = place.folder / stream.rpartition("]")[2]
        (self._folder / "tmp").mkdir(parents=True)
        environ = environment_of(configuration, place.endpoint_url, code, stream)
        output = self._folder / "output.log"
        self._open(environ | {"TMPDIR": str(self._folder / "tmp")}, place.runtime, output)
        self._log = LogStream(
            place.client("logs", configuration), configuration["LoggingConfig"]["LogGroup"], stream, output, place.now
        )
        self._output = output
        self._ready = False
        self.alive = True

    def _open(self, environ: Mapping[str, str], runtime: Path, output: Path) -> None:
        theirs, requests = os.pipe()
        replies, answers = os.pipe()
        options = ["-I", "-S", "-B", "-X", "utf8"]
        with output.open("ab") as log:  # Lambda's own lines come in between
            self._process = subprocess.Popen(  # noqa: S603  our own worker
                [sys.executable, *options, str(WORKER), str(theirs), str(answers), str(self.code), str(runtime)],
                cwd=self.code,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(theirs, answers),
                start_new_session=True,
            )
        os.close(theirs)
        os.close(answers)
        self._requests = os.fdopen(requests, "wb", buffering=0)
        self._replies = os.fdopen(replies, "rb", buffering=0)
        self._rest = b""

    def invoke(self, event: Event) -> Outcome:
        """The handler's answer, or how the invocation failed; what it printed is in the log when this returns."""
        began = time.monotonic()
        self._system("platform.start", event.request_id, version="$LATEST")
        try:
            outcome = self._answer(event)
            status = "error" if outcome.failed else "success"
        except Gone as gone:
            self.end()
            outcome = Outcome(failure(gone, event.request_id), failed=True)
            status = "timeout" if gone.kind == TIMED_OUT else "failure"
        metrics = {"durationMs": round((time.monotonic() - began) * 1000, 3), "memorySizeMB": self._limit}
        metrics["maxMemoryUsedMB"] = self._peak
        self._system("platform.report", event.request_id, status=status, metrics=metrics)
        self._log.ship(final=True)
        return outcome

    def kill(self) -> None:
        """Ends the process at once, in the middle of its work, as a machine that fails does."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Returns when nothing of it is left, its temporary files included."""
        self.alive = False
        self.kill()
        self._process.wait()
        for pipe in (self._requests, self._replies):
            pipe.close()
        shutil.rmtree(self._folder / "tmp", ignore_errors=True)

    @property
    def _limit(self) -> int:
        return int(self.configuration["MemorySize"])

    def _answer(self, event: Event) -> Outcome:
        timeout: float = self.configuration["Timeout"]
        self._peak = 0
        if not self._ready:
            started = self._reply(timeout)  # Lambda gives the import ten seconds, and then the invocation's own time
            if started["failed"]:
                self._process.wait()
                self.end()
                return Outcome(with_request_id(started["payload"], event.request_id), failed=True)
            self._ready = True
        self._send({**vars(event), "arn": self.configuration["FunctionArn"], "timeout": timeout})
        reply = self._reply(timeout)
        return Outcome(reply["payload"], reply["failed"])

    def _send(self, message: Mapping[str, Any]) -> None:
        with suppress(BrokenPipeError):  # the reply, which does not come, says so
            view = memoryview(json.dumps(message).encode() + b"\n")
            while view:
                view = view[self._requests.write(view) :]

    def _reply(self, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while b"\n" not in self._rest:
            if time.monotonic() > deadline:
                raise Gone(TIMED_OUT, f"Task timed out after {timeout:.2f} seconds")
            if select.select([self._replies], [], [], LOOK)[0]:
                self._rest += self._read()
            self._check_memory()
        line, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _read(self) -> bytes:
        found = self._replies.read(1 << 20)
        if not found:
            raise Gone("Runtime.ExitError", f"Runtime exited {how(self._process.wait())}")
        return found

    def _check_memory(self) -> None:
        self._peak = max(self._peak, peak_memory(self._process.pid))
        if self._peak > self._limit:
            raise Gone("Runtime.ExitError", "Runtime exited with error: signal: killed")

    def _system(self, kind: str, request_id: str, **record: Any) -> None:
        """A line of Lambda's own in the log."""
        entry = {"type": kind, "record": {"requestId": request_id, **record}}
        with self._output.open("ab") as log:
            log.write(json.dumps(entry).encode() + b"\n")


def how(status: int) -> str:
    """What Lambda says of a runtime that ended by itself."""
    if status == 0:
        return "without providing a reason"
    if status > 0:
        return f"with error: exit status {status}"
    return "with error: signal: killed"


def failure(gone: Gone, request_id: str) -> str:
    return json.dumps({"errorType": gone.kind, "errorMessage": f"RequestId: {request_id} Error: {gone}"})


def with_request_id(payload: str, request_id: str) -> str:
    return json.dumps({**json.loads(payload), "requestId": request_id})


def peak_memory(pid: int) -> int:
    """The most that a process held at a time, in MiB; where the system does not tell, what it holds now."""
    with suppress(OSError, psutil.Error):
        status = Path(f"/proc/{pid}/status")
        if not status.exists():
            return int(psutil.Process(pid).memory_info().rss) >> 20
        lines = status.read_text().splitlines()
        return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), 0)
    return 0
