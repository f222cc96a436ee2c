"""The local AWS as a child process, for whoever wants it to have a core of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from local_aws.control import LocalControl
from local_aws.safety import clear_aws_environment

REPOSITORY = Path(__file__).resolve().parent.parent
STOP_TIMEOUT = 30  # seconds: Firehose delivers what it holds, Glue runs are ended


class LocalAwsProcess:
    """``python -m local_aws`` with its files under ``data_dir``; its output goes to ``data_dir/local_aws.log``.

    ``record``: a file to which its calls are added.
    """

    def __init__(self, data_dir: Path, port: int = 0, python: str = sys.executable, record: Path | None = None) -> None:
        self._record = record
        self._data_dir = data_dir
        self._python = python
        self._port = port

    def __enter__(self) -> Self:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ)
        clear_aws_environment(environment)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own command
                [self._python, "-m", "local_aws", *self._options()],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        try:
            self.endpoint_url = self._announced()
            LocalControl(self.endpoint_url).wait_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def _options(self) -> list[str]:
        recording = ["--record", str(self._record)] if self._record else []
        return ["--port", str(self._port), "--data-dir", str(self._data_dir), *recording]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def ended(self) -> str | None:
        """Says so where it has ended though nobody asked; None while it runs."""
        code = self._process.poll()
        return None if code is None else f"the local AWS ended with {code}; see {self.log}"

    @property
    def log(self) -> Path:
        return self._data_dir / "local_aws.log"

    def _announced(self) -> str:
        """The URL from the first line that it prints."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        words = [word for word in line.split() if word.startswith("http://")]
        if not words:
            raise RuntimeError(f"the local AWS did not start; see {self.log}")
        return words[0]
