"""The whole of Airflow as child processes: API server, scheduler, DAG processor, triggerer."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from local_airflow.api import AirflowApi
from local_airflow.claims import free_port
from local_airflow.environment import REPOSITORY, airflow_environment, passwords_file
from local_airflow.login import Login
from local_airflow.postgres import Postgres

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
START_TIMEOUT = 180  # seconds; about 40 on two idle cores
STOP_TIMEOUT = 2  # seconds from SIGTERM to SIGKILL; nothing of a local Airflow outlives it


def airflow(*arguments: str) -> list[str]:
    """The command line of Airflow's CLI in this virtual environment."""
    return [sys.executable, "-m", "airflow", *arguments]


class LocalAirflow:
    """A running Airflow with its state under ``home``; leaves no process behind. ``api`` and ``url`` are its door.

    Without ``login`` everybody on this machine is admin.
    """

    def __init__(self, home: Path, endpoint_url: str, port: int = 0, login: Login | None = None) -> None:
        self.home = home
        self._login = login
        self._endpoint_url = endpoint_url
        self._port = port or free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._cancelled = threading.Event()
        self.url = f"http://127.0.0.1:{self._port}"
        self.api = AirflowApi(self.url, login)

    def __enter__(self) -> "LocalAirflow":
        self._postgres = Postgres(self.home / "postgres")
        self._postgres.__enter__()
        try:
            self.environment = airflow_environment(
                self.home, self._postgres.url, self._endpoint_url, self._port, self._login
            )
            if self._login:
                self._login.store(passwords_file(self.home))
            self.run("db", "migrate")
            self._processes = {name: self._start(name) for name in COMPONENTS}
            self._await_healthy()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def run(self, *arguments: str, timeout: float = 300) -> str:
        """Runs one command of Airflow's CLI; RuntimeError with its output where it fails."""
        done = subprocess.run(  # noqa: S603  our own command
            airflow(*arguments), env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode:
            raise RuntimeError(
                f"airflow {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def log_of(self, component: str) -> Path:
        return self.home / f"{component}.log"

    def ended(self) -> str | None:
        """What has ended though nobody asked, with its log; None while all of it runs."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                return f"airflow {name} ended with {process.returncode}; see {self.log_of(name)}"
        if self._processes and not self._postgres.is_running():
            return f"PostgreSQL ended; see {self._postgres.log}"
        return None

    def cancel(self) -> None:
        """Makes a start that another thread waits for fail soon; whoever started it stops it."""
        self._cancelled.set()

    def stop(self) -> None:
        """Ends every process group, politely first; then PostgreSQL."""
        processes, self._processes = self._processes, {}  # first, or a watcher would name what is ended here
        for process in processes.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT
        for process in processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)  # what a component forked may outlive it
            process.wait()
        self._postgres.__exit__(None, None, None)

    def _start(self, component: str) -> subprocess.Popen[bytes]:
        with self.log_of(component).open("wb") as log:
            return subprocess.Popen(  # noqa: S603  our own command
                _command(component),
                env=self.environment,
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _await_healthy(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not self.api.is_healthy():
            if ended := self.ended():
                raise RuntimeError(ended)
            if time.monotonic() > deadline:
                raise RuntimeError(f"Airflow is not healthy after {START_TIMEOUT} s; see the logs in {self.home}")
            if self._cancelled.wait(0.5):
                raise RuntimeError("the start of Airflow was cancelled")


def _command(component: str) -> list[str]:
    if component == "scheduler":
        return [sys.executable, "-m", "local_airflow.preloaded", component]
    return airflow(component)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
