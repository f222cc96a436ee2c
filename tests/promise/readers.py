"""Readers of the view `clickstream_events`: one polls all the while, one plans its query long before it reads."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.contract import load_contract
from clickstream.late_rows import partition
from clickstream.settings import table
from local_aws.athena.context import QueryContext
from local_aws.athena.engine import AthenaEngine
from local_aws.athena.executions import FINAL, Execution
from local_aws.athena.objects import ObjectStore, S3Object

HELD = "/* planned now, read later */ "
LOOK = 0.005  # seconds between two looks at a query
PAUSE = 1.5  # between two looks, in times of the last one
PATIENCE = 300  # seconds


def view_query(days: Collection[date]) -> str:
    """Every column of the view but `generation`, which names the run, in an order that only the rows decide."""
    columns = [column.name for column in load_contract().table_columns if column.name != "generation"]
    listed = ", ".join([*load_contract().partition_keys, *columns])
    where = " OR ".join(map(partition, sorted(days)))
    return f"SELECT {listed} FROM {table('events')} WHERE {where} ORDER BY {listed}"


@dataclass(frozen=True)
class Reader:
    """Somebody who asks the view for some days, through Athena alone."""

    catalog: Catalog
    days: frozenset[date]

    def look(self) -> bytes:
        """The result, byte for byte as Athena wrote it, or what a failed query says instead."""
        return self.result(self.start(""))

    def start(self, remark: str) -> str:
        started = self.catalog.athena.start_query_execution(
            QueryString=remark + view_query(self.days),
            QueryExecutionContext={"Database": self.catalog.settings.name("database")},
            WorkGroup=self.catalog.settings.name("workgroup"),
        )
        return str(started["QueryExecutionId"])

    def result(self, query_id: str) -> bytes:
        while (query := self._execution(query_id))["Status"]["State"] not in FINAL:
            time.sleep(LOOK)
        if query["Status"]["State"] != "SUCCEEDED":
            return f"no answer: {query['Status'].get('StateChangeReason')}".encode()
        bucket, key = layout.split_uri(query["ResultConfiguration"]["OutputLocation"])
        body: bytes = self.catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def _execution(self, query_id: str) -> Any:
        return self.catalog.athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]


class Polls(threading.Thread):
    """Looks again and again, ``looks`` times. ``seen``: the tables that it saw, each once until another one came."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(name="reader", daemon=True)
        self._reader = reader
        self._hurry, self._may_end, self._changed = threading.Event(), False, threading.Condition()
        self._begun = 0
        self.looks = 0
        self.seen: list[bytes] = []

    def run(self) -> None:
        while not self._may_end:
            self._begun += 1
            began = time.monotonic()
            table = self._reader.look()
            with self._changed:
                self.looks = self._begun
                self.seen += [table] if self.seen[-1:] != [table] else []
                self._changed.notify_all()
            # Whom it watches needs the machine, too.
            self._hurry.wait(PAUSE * (time.monotonic() - began))
            self._hurry.clear()

    def fresh(self) -> bytes:
        """What a look that begins from now on sees."""
        with self._changed:
            wanted = self._begun + 1
            self._hurry.set()
            assert self._changed.wait_for(lambda: self.looks >= wanted, PATIENCE), "the reader got no answer"
            return self.seen[-1]

    def end(self) -> None:
        self._may_end = True
        self._hurry.set()
        self.join(PATIENCE)


@contextmanager
def polling(reader: Reader) -> Iterator[Polls]:
    polls = Polls(reader)
    polls.start()
    try:
        polls.fresh()
        yield polls
    finally:
        polls.end()


class HeldStore(ObjectStore):
    """S3 for queries that are planned now and read when they may."""

    def __init__(self, store: ObjectStore, gate: "Gate") -> None:
        super().__init__(store.s3, store.directory)
        self._gate = gate

    def list_objects(self, location: str, hidden: bool = False) -> list[S3Object]:
        self._gate.planned.set()
        assert self._gate.may_read.wait(PATIENCE)
        return super().list_objects(location, hidden)


class Gate:
    """Stops queries that say HELD between planning, which resolves tables and locations, and the first listing."""

    def __init__(self) -> None:
        self.planned, self.may_read = threading.Event(), threading.Event()

    def hold(self, engine: AthenaEngine, patch: pytest.MonkeyPatch) -> None:
        make = engine._context

        def context(execution: Execution, scratch: Any) -> QueryContext:
            made = make(execution, scratch)
            return replace(made, store=HeldStore(made.store, self)) if execution.sql.startswith(HELD) else made

        patch.setattr(engine, "_context", context)

    @contextmanager
    def reader(self, reader: Reader) -> Iterator["HeldQuery"]:
        """A query that is planned when the context is entered; it reads when its result is asked for."""
        self.planned.clear()
        self.may_read.clear()
        query = HeldQuery(self, reader, reader.start(HELD))
        assert self.planned.wait(PATIENCE)
        try:
            yield query
        finally:
            self.may_read.set()


@dataclass(frozen=True)
class HeldQuery:
    gate: Gate
    reader: Reader
    query_id: str

    def read(self) -> bytes:
        self.gate.may_read.set()
        return self.reader.result(self.query_id)
