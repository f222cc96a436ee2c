"""The Glue job's day mode in this process: the same inputs, keys, ledger and order of writes, without Spark.

Every call goes through ``catalog.s3``, so whoever stands at the HTTP gateway sees them all. What the real job has and
this has not: `staging/` (each final object is one PutObject here, a server-side copy there), several files a day.
"""

import gzip
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.contract import load_contract
from clickstream.raw_objects import UnreadableObject, check_name, count_lines
from clickstream.reasons import BLANK, UNREADABLE
from clickstream.runs import RefusedRun
from clickstream.settings import limits
from clickstream_glue import bookkeeping, storage
from clickstream_glue.counts import Counts, StagedFile
from clickstream_glue.deduplicate import ACCEPTED
from clickstream_glue.preflight import Inspected
from clickstream_glue.storage import StoredObject
from tests.parquet import parquet
from tests.promise.judging import Record, judged


@dataclass(frozen=True)
class Judged:
    """A day's records, each once: what is kept, by event day, and what is not."""

    events: dict[date, list[Record]]
    duplicates: int
    conflicting: int
    blank: int
    bad: list[Record]

    @property
    def quarantined(self) -> dict[str, int]:
        reasons = [str(record.reason) for record in self.bad]
        return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def run_day(
    catalog: Catalog,
    arrival_day: date,
    job_run_id: str,
    allow_empty: bool = False,
    max_quarantined_share: float = 1.0,
    now: datetime | None = None,
) -> str:
    """Builds the day as the Glue job would and returns the run's id. ``now``: what the ledger says, aware UTC.

    RefusedRun, and whatever S3 raises. The partition is not registered: that is the crawler's (`deployment`).
    """
    run = layout.run_id(arrival_day, job_run_id)
    raw, work = catalog.settings.name("raw_bucket"), catalog.settings.name("work_bucket")
    objects = _list_inputs(catalog, arrival_day, allow_empty)
    bodies = {one.key: _body(catalog, raw, one) for one in objects}
    inspected = [_inspected(one, bodies[one.key]) for one in objects]
    day = _judge(raw, [(one.object.key, bodies[one.object.key]) for one in inspected if not one.problem])
    files = {_staged(event_day): _parquet(records, arrival_day, run) for event_day, records in day.events.items()}
    staged = [StagedFile(key, ACCEPTED, key.split("=")[-1], len(body)) for key, body in sorted(files.items())]
    ledger = bookkeeping.make_ledger(
        run, load_contract().version, inspected, _counts(day), staged, now or datetime.now(UTC)
    )
    _write_quarantine(catalog, run, inspected, day.bad)
    bookkeeping.refuse(ledger, max_quarantined_share, f"s3://{raw}/{layout.quarantine_prefix(run)}")
    _write_files(catalog, arrival_day, bookkeeping.final_keys(run, staged), files)
    _check_unchanged(catalog, arrival_day, objects)
    storage.put_once(catalog.s3, work, layout.ledger_key(run), ledger.to_json())
    return run


def _list_inputs(catalog: Catalog, arrival_day: date, allow_empty: bool) -> list[StoredObject]:
    objects = storage.list_objects(catalog.s3, catalog.settings.name("raw_bucket"), layout.raw_prefix(arrival_day))
    if not objects and not allow_empty:
        raise RefusedRun(f"arrival day {arrival_day}: no object")
    return objects


def _body(catalog: Catalog, bucket: str, found: StoredObject) -> bytes:
    body: bytes = catalog.s3.get_object(Bucket=bucket, Key=found.key, IfMatch=f'"{found.etag}"')["Body"].read()
    return body


def _inspected(found: StoredObject, body: bytes) -> Inspected:
    """The real preflight's verdict on what was read already."""
    try:
        check_name(found.key)
        return Inspected(found, count_lines(io.BytesIO(body).read, limits().max_object_line_bytes))
    except UnreadableObject as reason:
        return Inspected(found, 1, str(reason))


def _judge(bucket: str, bodies: Iterable[tuple[str, bytes]]) -> Judged:
    records = [one for key, body in bodies for one in judged(gzip.decompress(body), key, f"s3://{bucket}/{key}")]
    kept: dict[str, Record] = {}
    events = sorted((one for one in records if one.reason is None), key=lambda one: one.order)
    repeats = [one for one in events if kept.setdefault(one.values["event_id"], one) is not one]
    ordered = sorted(kept.values(), key=lambda one: one.order)
    return Judged(
        events={day: [x for x in ordered if x.event_day == day] for day in {one.event_day for one in ordered}},
        duplicates=len(repeats),
        conflicting=sum(one.content != kept[one.values["event_id"]].content for one in repeats),
        blank=sum(one.reason == BLANK for one in records),
        bad=[one for one in records if one.reason not in (None, BLANK)],
    )


def _staged(event_day: date) -> str:
    return f"event_day={event_day}"


def _counts(day: Judged) -> Counts:
    return Counts(
        rows={_staged(event_day): len(records) for event_day, records in day.events.items()},
        blank=day.blank,
        duplicates=day.duplicates,
        conflicting=day.conflicting,
        quarantined=day.quarantined,
    )


def _parquet(records: list[Record], arrival_day: date, run: str) -> bytes:
    derived = {"arrival_date": arrival_day, "generation": run}
    return parquet(
        [{**x.values, **derived, "source_object": x.source_object, "event_timestamp": _naive(x)} for x in records]
    )


def _naive(record: Record) -> datetime:
    moment: datetime = record.values["event_timestamp"]
    return moment.replace(tzinfo=None)


def _write_quarantine(catalog: Catalog, run: str, inspected: list[Inspected], bad: list[Record]) -> None:
    bucket = catalog.settings.name("raw_bucket")
    lines = [
        {"reason": x.reason, "source_object": x.source_object, "line": x.line, "line_bytes": x.line_bytes} for x in bad
    ] + [
        {
            "reason": UNREADABLE,
            "source_object": f"s3://{bucket}/{x.object.key}",
            "detail": x.problem,
            "line_bytes": x.object.size,
        }
        for x in inspected
        if x.problem
    ]
    if not lines:
        return
    about = {"arrival_date": str(layout.arrival_day_of(run)), "run_id": run}
    text = "".join(json.dumps({**line, **about}) + "\n" for line in lines)
    key = f"{layout.quarantine_prefix(run)}00000.json.gz"
    catalog.s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(text.encode()))


def _write_files(catalog: Catalog, arrival_day: date, keys: dict[str, str], files: dict[str, bytes]) -> None:
    """Main rows first, then the candidates, as the real job copies them."""
    main = layout.partition_path(arrival_day)
    for role, is_main in (("processed_bucket", True), ("work_bucket", False)):
        for staged, final in keys.items():
            if final.startswith(main) == is_main:
                catalog.s3.put_object(Bucket=catalog.settings.name(role), Key=final, Body=files[staged])


def _check_unchanged(catalog: Catalog, arrival_day: date, objects: list[StoredObject]) -> None:
    now = {one.key: one.etag for one in _list_inputs(catalog, arrival_day, allow_empty=True)}
    if changed := [one.key for one in objects if now.get(one.key) != one.etag]:
        raise RefusedRun(f"arrival day {arrival_day}: {len(changed)} raw objects changed, the first {changed[0]}")
