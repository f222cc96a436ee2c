"""The cost of a whole process and of everything that it starts: CPU, wall, memory, as the kernel counted them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36  # prctl's PR_SET_CHILD_SUBREAPER: who loses its parent (Spark's JVM) becomes ours, and is counted


@dataclass(frozen=True)
class Cost:
    """``cpu`` and ``wall`` in seconds; ``peak``: MiB of the largest process."""

    cpu: float
    wall: float
    peak: float


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Runs it to its end; SystemExit shows the end of its output where it failed."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            command, env=dict(environment), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    cpu, peak, status = 0.0, 0.0, 0
    wall = 0.0
    with suppress(ChildProcessError):  # no child is left
        while True:
            pid, ended, usage = os.wait4(-1, 0)
            cpu += usage.ru_utime + usage.ru_stime
            peak = max(peak, usage.ru_maxrss / 1024)
            if pid == process.pid:
                status, wall = ended, time.monotonic() - start
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGTERM)  # Spark's JVM takes a second to notice that nobody is there
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{log.read_text()[-3000:]}")
    return Cost(cpu, wall, peak)
