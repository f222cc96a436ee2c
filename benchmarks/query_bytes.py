"""A table that grows to 90 days: AWS calls per day, bytes and files per query, and what the view adds to a plain table.

The days are built by the tests' job in this process (`tests/promise/in_process.py`), published and verified by the real
code; the local Athena counts the compressed chunks of the columns that a query names, as Athena bills them.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from benchmarks import ROOT
from clickstream import athena, audit, checks, layout, publication, verification
from clickstream.catalog import Catalog
from clickstream.settings import table
from local_aws.athena.relations import Relations
from tests import corpus
from tests.promise import in_process
from tests.promise.deployment import deployed, put_raw, register_partition

DAYS, EVENTS_PER_DAY, LAST = 90, 500, date(2024, 12, 31)
PERIODS = ((0, 10), (10, 30), (80, 90))


def section(rounds: int) -> str:
    """Counts, no times: one round says it all."""
    with deployed() as catalog:
        calls = _build(catalog)
        queries, audited = _queries(catalog), _audit_of(catalog, date(2024, 12, 25))
    return "\n".join([*_calls(calls), "", *queries, "", audited])


def _build(catalog: Catalog) -> list[Counter[str]]:
    """The calls of each day, in order: its run, publication and verification."""
    rng = random.Random(7)
    first = LAST - timedelta(days=DAYS - 1)
    for number in range(DAYS):
        put_raw(catalog, first + timedelta(days=number), _lines(rng, first + timedelta(days=number), number), hour=23)
    made: list[Counter[str]] = []
    counter = Counter[str]()
    for client in (catalog.s3, catalog.glue, catalog.athena):
        service = client.meta.service_model.service_name
        client.meta.events.register(
            "before-call", lambda model, service=service, **_: counter.update([f"{service} {model.name}"])
        )
    for number in range(DAYS):
        counter.clear()
        _day(catalog, first + timedelta(days=number))
        made.append(Counter(counter))
    return made


def _lines(rng: random.Random, day: date, number: int) -> list[bytes]:
    """A day's events in the few fields that the job of the tests knows; one in a hundred is of the day before."""
    made = []
    for event in range(EVENTS_PER_DAY):
        happened = day - timedelta(days=rng.random() < 0.01)
        time = f"{happened}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z"
        title = f"Page {rng.randrange(200)}"
        made.append(corpus.line("order", number * EVENTS_PER_DAY + event, event_timestamp=time, page_title=title))
    return made


def _day(catalog: Catalog, day: date) -> None:
    run = in_process.run_day(catalog, day, f"jr_{day}")
    register_partition(catalog, day)
    audit.audit(catalog, run, 1.0, allow_empty=False)
    days = verification.shown_days(catalog, publication.publish(catalog, {day: run}))
    (row,) = catalog.ask(verification.verify_query(days))
    verification.require_right(run, days, row)


def _calls(calls: list[Counter[str]]) -> list[str]:
    """Polls of a query are left out: they count its time."""
    names = sorted({name for one in calls for name in one} - {"athena GetQueryExecution"})
    heads = [f"days {start + 1} to {stop}" for start, stop in PERIODS]
    lines = [f"| calls per day | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for name in names:
        means = [sum(one[name] for one in calls[start:stop]) / (stop - start) for start, stop in PERIODS]
        lines.append(f"| {name} | {' | '.join(f'{mean:.1f}' for mean in means)} |")
    totals = [sum(sum(one[n] for n in names) for one in calls[a:b]) / (b - a) for a, b in PERIODS]
    return [*lines, f"| **all** | {' | '.join(f'**{total:.1f}**' for total in totals)} |"]


@dataclass(frozen=True)
class Read:
    """What a query read: bytes, and Parquet or JSON files."""

    scanned: int
    files: int

    def __str__(self) -> str:
        return f"{self.scanned / 1000:.0f} KB, {self.files} file{'s' * (self.files != 1)}"


def _queries(catalog: Catalog) -> list[str]:
    lines = ["| query, 90 days | through the view | on the plain table | the view adds |", "|---|---|---|---|"]
    for file in sorted((ROOT / "sql").glob("*.sql")):
        sql = file.read_text()
        view, plain = (_read(catalog, text) for text in (sql, sql.replace(table("events"), table("generations"))))
        added = Read(view.scanned - plain.scanned, view.files - plain.files)
        lines.append(f"| `{file.name}` | {view} | {plain} | {added} |")
    return lines


def _read(catalog: Catalog, sql: str) -> Read:
    return _asked(catalog, sql)[0]


def _asked(catalog: Catalog, sql: str) -> tuple[Read, list[str]]:
    """What a query read, and the keys of the files that it opened."""
    with _opened() as files:
        query_id = athena.execute(catalog.athena, catalog.settings, sql)
    found: Any = catalog.athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Statistics"]
    return Read(int(found["DataScannedInBytes"]), len(files)), [one.item.key for one in files]


@contextmanager
def _opened() -> Iterator[list[Any]]:
    """The files that are opened meanwhile by the local Athena, which runs in this process."""
    found: list[Any] = []
    original = Relations.files

    def files(self: Relations, scan: Any) -> list[Any]:
        opened = original(self, scan)
        found.extend(opened)
        return opened

    with patch.object(Relations, "files", files):
        yield found


def _audit_of(catalog: Catalog, day: date) -> str:
    ledger = catalog.read_ledger(f"{day}-jr_{day}")
    made = audit.checks_of(catalog, ledger, 1.0, allow_empty=False)
    read, keys = _asked(catalog, checks.query(made, ledger))
    own = {file.key for file in ledger.files}
    others = [key for key in keys if key not in own]
    assert own <= set(keys), "it reads all that the run wrote"
    assert len(keys) == len(set(keys)), "once"
    assert all(key.startswith(layout.partition_path(day)) for key in others), "and of other days nothing"
    stored = sum(file.bytes for file in ledger.files) / 1000
    return (
        f"The audit of a day, {len(made)} checks in one query, opens {read} once: the run's own {len(own)} "
        f"({stored:.0f} KB as stored), other generations in the day's partition: {len(others)}; of other days none."
    )
