"""The process of a run: a clean environment, a session of its own, and an end that leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from local_aws.principals import ANYBODY
from local_aws.safety import local_environment
from local_aws.spark import spark_environment

RUNNER = Path(__file__).with_name("runner.py")
RUNTIME = Path(__file__).parents[1] / "glue_runtime"  # holds awsglue and nothing else
KEPT = ("PATH", "LANG", "LC_ALL", "JAVA_TOOL_OPTIONS")
TOKEN = "LOCAL_AWS_RUN_TOKEN"  # noqa: S105  a variable's name; the stand-in for awsglue finds its run's token there
GRACE = 5.0  # seconds between SIGTERM and SIGKILL


def environment(
    endpoint_url: str,
    folder: Path,
    python_path: Sequence[Path],
    properties: Mapping[str, str],
    principal: str = ANYBODY,
) -> dict[str, str]:
    """All that the script finds in its environment: nothing of the user's own but what KEPT names.

    ``principal``: as whom it calls AWS.
    """
    temporary = folder / "tmp"
    temporary.mkdir()
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = {
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "TZ": "UTC",
        "PYTHONPATH": os.pathsep.join(map(str, [*python_path, RUNTIME])),  # Spark's Python workers inherit it
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # as spark-submit does: Spark's hash partitioning of Python keys needs one seed
    }
    environ = local_environment(endpoint_url, {**kept, **own, **spark_environment(properties, folder)}, principal)
    empty = folder / "aws.config"  # Java's SDK complains at length of a file that it cannot read, as /dev/null
    empty.write_text("")
    return environ | dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), str(empty))


class ScriptProcess:
    """``runner.py`` and all that comes of it (Java, Spark's Python workers)."""

    def __init__(self, folder: Path, script: Path, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self.outcome_file = folder / "outcome.json"
        self.stdout, self.stderr = folder / "stdout.log", folder / "stderr.log"
        with self.stdout.open("wb") as out, self.stderr.open("wb") as err:
            self._process = start([str(self.outcome_file), str(script), *arguments], environ, folder, out, err)

    def ended_within(self, seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def error(self) -> str | None:
        """What became of an ended script: None for success."""
        if self.outcome_file.exists():
            recorded: str | None = json.loads(self.outcome_file.read_text(encoding="utf-8"))["error"]
            if recorded or not self._process.returncode:
                return recorded
        return exit_text(self._process.returncode)

    def end(self, grace: float = GRACE) -> None:
        """Ends the script, if it runs, and every process that it started; returns when they are gone."""
        if self._process.poll() is None:
            send(signal.SIGTERM, session(self._process.pid), wait=grace)
        # What is left of a script that ended well had its chance: Java would take a second to shut down.
        send(signal.SIGKILL, session(self._process.pid), wait=GRACE)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def session(leader: int) -> list[psutil.Process]:
    """The living processes of a session: those too that left its group (Spark's workers) or lost their parent."""
    found = []
    for pid in psutil.pids():
        with suppress(OSError, psutil.NoSuchProcess):
            if os.getsid(pid) == leader:
                found.append(psutil.Process(pid))
    return [process for process in found if living(process)]


def living(process: psutil.Process) -> bool:
    """A zombie is not: in a container nobody may ever collect it."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def send(number: signal.Signals, processes: Sequence[psutil.Process], wait: float) -> None:
    """Signals them and waits until they are gone, at most ``wait`` seconds."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
    deadline = time.monotonic() + wait
    while any(map(living, processes)) and time.monotonic() < deadline:
        time.sleep(0.02)


def start(
    arguments: Sequence[str], environ: Mapping[str, str], folder: Path, out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  our own runner
        [sys.executable, str(RUNNER), *arguments],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.PIPE,  # never written: its closing tells the runner that we are gone
        stdout=out,
        stderr=err,
        start_new_session=True,
    )


def exit_text(status: int) -> str | None:
    """Glue's text for a command that ended by itself; a signal counts as in a shell."""
    if status == 0:
        return None
    if status > 0:
        return f"Command failed with exit code {status}"
    return f"Command failed with exit code {128 - status} ({signal.Signals(-status).name})"
