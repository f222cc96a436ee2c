"""Query executions: QUEUED -> RUNNING -> SUCCEEDED | FAILED | CANCELLED, and what GetQueryExecution says of them.

Supports: states, reasons, AthenaError, statistics, cancelling. Does not support: result reuse, 45-day history.
"""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from local_aws.athena.context import Cancellation, Outcome
from local_aws.athena.failures import SYSTEM, QueryCancelled, QueryFailed
from local_aws.athena.statements import Kind
from local_aws.clock import Clock

FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
# AthenaError.ErrorType of the failures that have a number of their own; 0 is "unknown".
ERROR_TYPES = {"SYNTAX_ERROR": 1006, "TABLE_NOT_FOUND": 1301, "NOT_SUPPORTED": 1200, "HIVE_BAD_DATA": 1100}
Work = Callable[[], Outcome]


@dataclass
class Execution:
    """One query. The request's fields do not change; state and outcome are written by the thread that runs it."""

    query_id: str
    sql: str
    kind: Kind
    workgroup: str
    output_uri: str
    submitted: datetime
    request: dict[str, Any]
    caller: str  # as whom it reads and writes
    state: str = "QUEUED"
    reason: str | None = None
    error: dict[str, Any] | None = None
    outcome: Outcome = field(default_factory=Outcome)
    completed: datetime | None = None
    queued_ms: int = 0
    engine_ms: int = 0
    cancellation: Cancellation = field(default_factory=Cancellation)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: float = field(default_factory=monotonic)

    def run(self, work: Work, clock: Clock) -> None:
        """Never raises: what goes wrong becomes the state and its reason."""
        with self.lock:
            if self.state in FINAL:
                return
            self.state, self.queued_ms = "RUNNING", self._passed_ms()
        try:
            self._finish("SUCCEEDED", clock, outcome=work())
        except QueryCancelled as cancelled:
            self._finish("CANCELLED", clock, str(cancelled))
        except QueryFailed as failure:
            self._finish("FAILED", clock, str(failure), failure)
        except Exception as error:
            traceback.print_exc()  # a defect of ours: the reader of the log needs to see where
            defect = QueryFailed("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}", SYSTEM)
            self._finish("FAILED", clock, str(defect), defect)

    def cancel(self, clock: Clock) -> None:
        """A queued query ends at once, a running one at its next step, a finished one stays as it is."""
        self.cancellation.request()
        if self.state == "QUEUED":
            self._finish("CANCELLED", clock, "Query cancelled by user")

    def _finish(
        self,
        state: str,
        clock: Clock,
        reason: str | None = None,
        failure: QueryFailed | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        with self.lock:
            if self.state in FINAL:
                return
            self.reason, self.completed, self.engine_ms = reason, clock.now(), self._passed_ms() - self.queued_ms
            self.outcome = outcome or self.outcome
            self.error = _athena_error(failure) if failure else None
            self.state = state  # last: who sees it final sees the rest

    def _passed_ms(self) -> int:
        return round((monotonic() - self._asked) * 1000)

    def described(self) -> dict[str, Any]:
        """The QueryExecution structure."""
        with self.lock:
            return {
                "QueryExecutionId": self.query_id,
                "Query": self.sql,
                "StatementType": self.kind.statement_type,
                "SubstatementType": self.kind.substatement_type,
                "ResultConfiguration": self.request["ResultConfiguration"],
                "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
                "QueryExecutionContext": self.request["QueryExecutionContext"],
                "Status": self._status(),
                "Statistics": self._statistics(),
                "WorkGroup": self.workgroup,
                "EngineVersion": ENGINE,
                **{name: self.request[name] for name in ("ExecutionParameters",) if self.request.get(name)},
            }

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted.timestamp()}
        if self.completed:
            status["CompletionDateTime"] = self.completed.timestamp()
        if self.reason:
            status["StateChangeReason"] = self.reason
        return status | ({"AthenaError": self.error} if self.error else {})

    def _statistics(self) -> dict[str, Any]:
        manifest = self.outcome.manifest_uri
        return {
            "EngineExecutionTimeInMillis": self.engine_ms,
            "DataScannedInBytes": self.outcome.scanned_bytes,
            "TotalExecutionTimeInMillis": self.queued_ms + self.engine_ms,
            "QueryQueueTimeInMillis": self.queued_ms,
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
            **({"DataManifestLocation": manifest} if manifest else {}),
        }


def _athena_error(failure: QueryFailed) -> dict[str, Any]:
    return {
        "ErrorCategory": failure.category,
        "ErrorType": ERROR_TYPES.get(failure.code, 0),
        "Retryable": False,
        "ErrorMessage": str(failure),
    }
