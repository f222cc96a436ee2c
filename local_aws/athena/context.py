"""What one query may use, and what it hands back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from local_aws.athena.catalog import Catalog
from local_aws.athena.duck import connection, meaning
from local_aws.athena.failures import QueryCancelled
from local_aws.athena.objects import ObjectStore


class Cancellation:
    """StopQueryExecution's hold on a running query. Thread-safe."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def request(self) -> None:
        with self._lock:
            self._asked.set()
            if self._connection:
                self._connection.interrupt()

    def watch(self, opened: duckdb.DuckDBPyConnection | None) -> None:
        with self._lock:
            self._connection = opened

    def check(self) -> None:
        if self._asked.is_set():
            raise QueryCancelled("Query cancelled by user")


@dataclass
class QueryContext:
    """Of one query: its catalog view, its S3, its database, its result's local file and its limits."""

    query_id: str
    catalog: Catalog
    store: ObjectStore
    database: str
    now: datetime
    scratch: Path
    output_uri: str
    scan_limit: int | None = None  # bytes
    cancellation: Cancellation = field(default_factory=Cancellation)

    @property
    def result_file(self) -> Path:
        return self.scratch / "result"

    @contextmanager
    def duckdb(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The query's own connection; what fails inside fails in Athena's words."""
        self.cancellation.check()
        try:
            with connection(self.store.directory, self.now) as opened:
                self.cancellation.watch(opened)
                yield opened
        except duckdb.Error as error:
            raise meaning(error) from error
        finally:
            self.cancellation.watch(None)

    def require_scan_within_limit(self, scanned: int) -> None:
        """Ends the query beyond the workgroup's BytesScannedCutoffPerQuery, as Athena does: CANCELLED."""
        self.cancellation.check()
        if self.scan_limit is not None and scanned > self.scan_limit:
            raise QueryCancelled(f"Bytes scanned limit was exceeded: {scanned} of {self.scan_limit} bytes")


@dataclass(frozen=True)
class Outcome:
    """What a statement did. ``columns`` are ColumnInfo entries; ``rows_written`` counts what INSERT added."""

    scanned_bytes: int = 0
    columns: list[dict[str, Any]] = field(default_factory=list)
    manifest_uri: str | None = None
    rows_written: int = 0
