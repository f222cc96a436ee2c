"""The cost of a whole process and of everything that it starts: CPU, wall, memory, as the kernel counted them.

    python whole.py LOG COMMAND [ARGUMENT ...]

measures one in a process of its own, so that it waits for nobody else's children, and prints the cost as JSON.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
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
    measured = subprocess.run(  # noqa: S603
        [sys.executable, __file__, str(log), *command], env=dict(environment), stdout=subprocess.PIPE
    )
    if measured.returncode:
        sys.exit(f"{' '.join(command)} ended with {measured.returncode}:\n{log.read_text()[-3000:]}")
    return Cost(**json.loads(measured.stdout))


def measure(command: Sequence[str], log: Path) -> tuple[int, Cost]:
    """The exit code and the cost, once no process is left."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)  # noqa: S603
    cpu, wall, peak, code = 0.0, 0.0, 0.0, 0
    with suppress(ChildProcessError):  # no child is left
        while True:
            pid, status, usage = os.wait4(-1, 0)
            cpu += usage.ru_utime + usage.ru_stime
            peak = max(peak, usage.ru_maxrss / 1024)
            if pid == process.pid:
                code, wall = os.waitstatus_to_exitcode(status), time.monotonic() - start
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGTERM)  # Spark's JVM takes a second to notice that nobody is there
    return code, Cost(cpu, wall, peak)


if __name__ == "__main__":
    code, cost = measure(sys.argv[2:], Path(sys.argv[1]))
    print(json.dumps(asdict(cost)))
    sys.exit(code)
