"""A run: one arrival day's raw objects, each line judged once, to Parquet, quarantine and, last, the ledger."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from clickstream import layout, settings
from clickstream.contract import load_contract
from clickstream.ledger import Ledger
from clickstream_glue import bookkeeping, counts, preflight, quarantine, staging, storage, transform
from clickstream_glue.arguments import JobArguments
from clickstream_glue.bookkeeping import RefusedRun
from clickstream_glue.counts import StagedFile
from clickstream_glue.preflight import Inspected
from clickstream_glue.storage import StoredObject
from clickstream_glue.verdicts import QUARANTINED

Log = Callable[[str], None]
# Files of 128 to 256 MB; Parquet with zstd takes 0.4 to 0.65 of the gzip that it came from.
_FILE_BYTES = 192 * 1024 * 1024
_LEAST_FILE_BYTES = 8 * 1024 * 1024  # below, a core is not worth a file of its own
_OUTPUT_PER_INPUT = 0.5


@dataclass(frozen=True)
class Run:
    """One run and what it works with; ``s3`` is a boto3 client."""

    spark: SparkSession
    s3: Any
    arguments: JobArguments
    log: Log

    @property
    def staging(self) -> str:
        return layout.staging_prefix(self.arguments.run_id)

    @property
    def quarantine(self) -> str:
        return layout.quarantine_prefix(self.arguments.run_id)

    def work_uri(self, key: str) -> str:
        return f"s3://{self.arguments.work_bucket}/{key}"


def run_day(run: Run) -> Ledger:
    """Builds the day and writes its ledger. RefusedRun, or what S3 or Spark raised; staging is cleared either way."""
    for option, value in transform.SESSION.items():
        run.spark.conf.set(option, value)
    try:
        return _run_day(run)
    finally:
        _clear_staging(run)


def _run_day(run: Run) -> Ledger:
    objects = _list_inputs(run)
    inspected = _inspect(run, objects)
    _write_staging(run, inspected)
    files = counts.staged_files(storage.list_objects(run.s3, run.arguments.work_bucket, run.staging))
    counted = counts.count(run.spark, run.arguments.work_bucket, files)
    ledger = bookkeeping.make_ledger(
        run.arguments.run_id, load_contract().version, inspected, counted, files, datetime.now(timezone.utc)
    )
    _write_quarantine(run, inspected, files)
    bookkeeping.refuse(ledger, run.arguments.max_quarantined_share, f"s3://{run.arguments.raw_bucket}/{run.quarantine}")
    _copy_to_final_names(run, files)
    _check_unchanged(run, objects)
    storage.put_once(run.s3, run.arguments.work_bucket, layout.ledger_key(ledger.run_id), ledger.to_json())
    run.log(f"{ledger.run_id}: {bookkeeping.summary(ledger)}")
    return ledger


def _list_inputs(run: Run) -> list[StoredObject]:
    prefix = layout.raw_prefix(run.arguments.arrival_day)
    objects = storage.list_objects(run.s3, run.arguments.raw_bucket, prefix)
    if not objects and not run.arguments.allow_empty:
        raise RefusedRun(
            f"arrival day {run.arguments.arrival_day}: no object under s3://{run.arguments.raw_bucket}/{prefix}; "
            "look at the Firehose stream, or give --allow_empty true where a day without events is right"
        )
    return objects


def _inspect(run: Run, objects: list[StoredObject]) -> list[Inspected]:
    most = settings.limits().max_object_line_bytes
    inspected = preflight.inspect_all(run.spark.sparkContext, run.arguments.raw_bucket, objects, most)
    run.log(f"{run.arguments.run_id}: {len(objects)} raw objects, {sum(one.lines for one in inspected)} lines")
    for one in inspected:
        if one.problem:
            run.log(f"{run.arguments.run_id}: unreadable object {one.object.key}: {one.problem}")
    return inspected


def _write_staging(run: Run, inspected: list[Inspected]) -> None:
    good = [one.object for one in inspected if one.problem is None and one.lines]
    if not good:
        return
    uris = [f"s3://{run.arguments.raw_bucket}/{found.key}" for found in good]
    lines = run.spark.read.text(uris, lineSep="\n").select("value", F.col("_metadata.file_path").alias("source_object"))
    partitions = _partitions(sum(found.size for found in good), run.spark.sparkContext.defaultParallelism)
    rows = transform.rows(
        lines, load_contract(), run.arguments.arrival_day, settings.limits(), run.arguments.run_id, partitions
    )
    staging.write(rows, run.work_uri(f"{run.staging}records/"))


def _partitions(input_bytes: int, cores: int) -> int:
    """Tasks of the write, and so files per event day: full files on big days, all cores on small ones."""
    output = input_bytes * _OUTPUT_PER_INPUT
    return max(math.ceil(output / _FILE_BYTES), min(cores, math.ceil(output / _LEAST_FILE_BYTES)), 1)


def _write_quarantine(run: Run, inspected: list[Inspected], files: list[StagedFile]) -> None:
    bad = []
    if lines := counts.uris(run.arguments.work_bucket, files, QUARANTINED):
        bad.append(quarantine.quarantined_lines(run.spark, lines))
    if unreadable := [one for one in inspected if one.problem]:
        bad.append(quarantine.references(run.spark, run.arguments.raw_bucket, unreadable))
    if not bad:
        return
    staged = f"{run.staging}quarantine/"
    quarantine.records(bad, run.arguments.arrival_day, run.arguments.run_id).write.json(
        run.work_uri(staged), compression="gzip"
    )
    found = storage.list_objects(run.s3, run.arguments.work_bucket, staged)
    written = [one.key for one in found if one.key.endswith(".json.gz")]
    pairs = [(key, f"{run.quarantine}{number:05d}.json.gz") for number, key in enumerate(written)]
    storage.copy_all(run.s3, run.arguments.work_bucket, run.arguments.raw_bucket, pairs)


def _copy_to_final_names(run: Run, files: list[StagedFile]) -> None:
    """Main rows into their partition, rows of other days to the candidates; nothing shows them before publication."""
    keys = bookkeeping.final_keys(run.arguments.run_id, files)
    main = layout.partition_path(run.arguments.arrival_day)
    for bucket, is_main in ((run.arguments.processed_bucket, True), (run.arguments.work_bucket, False)):
        pairs = [pair for pair in keys.items() if pair[1].startswith(main) == is_main]
        storage.copy_all(run.s3, run.arguments.work_bucket, bucket, pairs)


def _check_unchanged(run: Run, objects: list[StoredObject]) -> None:
    """An input that changed under the run could be counted once and read as another."""
    prefix = layout.raw_prefix(run.arguments.arrival_day)
    now = {found.key: found.etag for found in storage.list_objects(run.s3, run.arguments.raw_bucket, prefix)}
    changed = [found.key for found in objects if now.get(found.key) != found.etag]
    if changed:
        raise RefusedRun(
            f"arrival day {run.arguments.arrival_day}: {len(changed)} of {len(objects)} raw objects changed or "
            f"vanished while the run read them, the first {changed[0]}; raw is append-only: find who wrote there, "
            "then run again"
        )


def _clear_staging(run: Run) -> None:
    """Best effort: the lifecycle rule of staging/ takes what is left, and the run's own outcome must not be hidden."""
    try:
        refused = storage.delete_prefix(run.s3, run.arguments.work_bucket, run.staging)
    except Exception as error:
        run.log(f"{run.arguments.run_id}: staging could not be cleared: {type(error).__name__}")
        return
    if refused:
        run.log(f"{run.arguments.run_id}: {len(refused)} staged objects could not be deleted")
