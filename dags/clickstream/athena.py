"""One SQL text, one answer, through the Athena API (boto3)."""

import time
from typing import Any

from clickstream.settings import Settings

Answer = list[dict[str, str]]
ENDED_BADLY = frozenset({"FAILED", "CANCELLED"})


class QueryFailed(RuntimeError):
    """Athena's reason, and the query's id. ``retryable``: Athena says that the same query may succeed later."""

    def __init__(self, reason: str, retryable: bool = False) -> None:
        super().__init__(reason)
        self.retryable = retryable


def ask(athena: Any, settings: Settings, sql: str, timeout: float = 900) -> Answer:
    """The rows: column name to text, NULL as empty text. QueryFailed with Athena's reason, or after ``timeout`` s."""
    return rows_of(athena, execute(athena, settings, sql, timeout))


def execute(athena: Any, settings: Settings, sql: str, timeout: float = 900) -> str:
    """The id of the query, once it has succeeded; else QueryFailed."""
    query_id: str = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": settings.name("database")},
        WorkGroup=settings.name("workgroup"),
    )["QueryExecutionId"]
    _await_end(athena, query_id, time.monotonic() + timeout)
    return query_id


def rows_of(athena: Any, query_id: str) -> Answer:
    """The rows of a query that has succeeded."""
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
    rows = [
        [cell.get("VarCharValue", "") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _await_end(athena: Any, query_id: str, deadline: float) -> None:
    pause = 0.05  # seconds; most answers come at once, a long one is not asked for too often
    while True:
        status = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]
        if status["State"] == "SUCCEEDED":
            return
        if status["State"] in ENDED_BADLY:
            reason = status.get("StateChangeReason", status["State"])
            retryable = bool(status.get("AthenaError", {}).get("Retryable"))
            raise QueryFailed(f"Athena query {query_id}: {reason}", retryable)
        if time.monotonic() > deadline:
            athena.stop_query_execution(QueryExecutionId=query_id)  # an INSERT must not go on writing unseen
            raise QueryFailed(f"Athena query {query_id}: still {status['State']} at the deadline")
        time.sleep(pause)
        pause = min(pause * 1.5, 5.0)
