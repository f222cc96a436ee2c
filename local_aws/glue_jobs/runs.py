"""One job run: its states, what GetJobRun says of it, and the thread that carries it out."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local_aws.glue_jobs.logs import GROUP

log = logging.getLogger(__name__)

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "STARTING": frozenset({"RUNNING", "STOPPING", "FAILED", "ERROR"}),
    "RUNNING": frozenset({"STOPPING", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR"}),
    "STOPPING": frozenset({"STOPPED", "ERROR"}),
    "STOPPED": frozenset(),
    "SUCCEEDED": frozenset(),
    "FAILED": frozenset(),
    "TIMEOUT": frozenset(),
    "ERROR": frozenset(),
}
# What GetJobRun repeats of the job as the run took it.
REPEATED = (
    *("Timeout", "WorkerType", "NumberOfWorkers", "ExecutionClass"),
    *("AllocatedCapacity", "MaxCapacity", "GlueVersion"),
)
REPEATED_IF_SET = ("SecurityConfiguration", "NotificationProperty")


@dataclass
class JobRun:
    """``settings`` is the job's definition overlaid with the run's own fields; ``arguments`` the run's own only."""

    id: str
    job_name: str
    settings: Mapping[str, Any]
    arguments: Mapping[str, str]
    merged_arguments: Mapping[str, str]
    started_on: datetime
    state: str = "STARTING"
    error: str | None = None
    stop_requested: threading.Event = field(default_factory=threading.Event)
    token: str = field(default_factory=secrets.token_hex, repr=False)  # by which the run's process proves itself
    _started: float = field(default_factory=time.monotonic)  # seconds; a moved clock does not make a run longer
    _changed: float = 0.0  # seconds after the start
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ended(self) -> bool:
        return not TRANSITIONS[self.state]

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def now(self) -> datetime:
        """The local AWS's clock as it was at the start, gone on since."""
        return self.started_on + timedelta(seconds=self.elapsed())

    def move(self, state: str, error: str | None = None) -> bool:
        """Into ``state`` where that may follow; says whether it did."""
        with self._lock:
            if state not in TRANSITIONS[self.state]:
                return False
            self.state, self.error, self._changed = state, error, self.elapsed()
            return True

    def end(self, state: str, error: str | None = None) -> None:
        """Into ``state``, or into STOPPED where a stop came first."""
        if not self.move(state, error):
            self.move("STOPPED")

    def stop(self) -> bool:
        """Asks the run to stop; False where it already ended or is stopping."""
        accepted = self.move("STOPPING")
        self.stop_requested.set()
        return accepted

    def describe(self) -> dict[str, Any]:
        """The ``JobRun`` of GetJobRun."""
        with self._lock:
            state, error, changed = self.state, self.error, self._changed
        optional = {name: self.settings[name] for name in REPEATED_IF_SET if name in self.settings}
        if not TRANSITIONS[state]:
            optional |= {"CompletedOn": self.started_on + timedelta(seconds=changed)}
        if error is not None:
            optional |= {"ErrorMessage": error}
        return {
            "Id": self.id,
            "Attempt": 0,
            "JobName": self.job_name,
            "JobMode": "SCRIPT",
            "JobRunState": state,
            "StartedOn": self.started_on,
            "LastModifiedOn": self.started_on + timedelta(seconds=changed),
            "Arguments": dict(self.arguments),
            "PredecessorRuns": [],
            "ExecutionTime": int(self.elapsed() if TRANSITIONS[state] else changed),
            "LogGroupName": GROUP,
            **{name: self.settings[name] for name in REPEATED},
            **optional,
        }


def carry_out(run: JobRun, work: Callable[[JobRun], None]) -> threading.Thread:
    """Starts ``work`` in a thread; what it throws is the local AWS's own failure, and so the run's ERROR."""

    def guarded() -> None:
        try:
            work(run)
        except Exception as error:
            log.exception("job run %s failed inside of the local AWS", run.id)
            run.move("ERROR", f"the local AWS failed: {type(error).__name__}: {error}")

    thread = threading.Thread(target=guarded, name=f"glue-{run.id[:12]}", daemon=True)
    thread.start()
    return thread
