"""What the staged files hold: counted from the files themselves, so that the ledger tells what was written."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from clickstream.reasons import BLANK, SPLIT
from clickstream_glue.deduplicate import ACCEPTED, CONFLICTING, DUPLICATE
from clickstream_glue.staging import CARRIERS
from clickstream_glue.storage import StoredObject
from clickstream_glue.verdicts import QUARANTINED

_STAGED_KEY = re.compile(r".*/verdict=(\w+)/event_day=([0-9-]+)/[^/]+\.parquet")
_PLAIN_NAME = r"\A[A-Za-z_$][A-Za-z0-9_.$-]{0,99}\z"
OTHER_NAMES = "(other names)"  # of unknown fields: what a producer put into a name may be data
MOST_NAMES = 1000
_COUNTED = (SPLIT, BLANK, DUPLICATE, CONFLICTING, QUARANTINED)


@dataclass(frozen=True)
class StagedFile:
    """A Parquet file in staging. ``event_day`` as YYYY-MM-DD, ``-`` where the verdict is not ``accepted``."""

    key: str
    verdict: str
    event_day: str
    bytes: int


@dataclass(frozen=True)
class Counts:
    """Records by verdict and by reason; ``rows`` per accepted file's key, from the footers."""

    rows: dict[str, int] = field(default_factory=dict)
    split: int = 0
    blank: int = 0
    duplicates: int = 0
    conflicting: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    unknown_fields: dict[str, int] = field(default_factory=dict)


def staged_files(objects: Iterable[StoredObject]) -> list[StagedFile]:
    """The Parquet files among a listing of staging, in key order."""
    matches = ((found, _STAGED_KEY.fullmatch(found.key)) for found in objects)
    return [StagedFile(found.key, match[1], match[2], found.size) for found, match in matches if match]


def uris(bucket: str, files: Iterable[StagedFile], *verdicts: str) -> list[str]:
    return [f"s3://{bucket}/{file.key}" for file in files if file.verdict in verdicts]


def count(spark: SparkSession, bucket: str, files: list[StagedFile]) -> Counts:
    """The counts of a run's staged files."""
    events = uris(bucket, files, ACCEPTED)
    tally = _tally(spark, [(verdict, uris(bucket, files, verdict)) for verdict in _COUNTED])
    records = Counter[str]()
    for verdict, _, number, _ in tally:
        records[verdict] += number
    return Counts(
        rows=_rows_per_file(spark, bucket, events),
        split=sum(beyond_first for verdict, _, _, beyond_first in tally if verdict == SPLIT),
        blank=records[BLANK],
        duplicates=records[DUPLICATE] + records[CONFLICTING],
        conflicting=records[CONFLICTING],
        quarantined={reason: number for verdict, reason, number, _ in sorted(tally) if verdict == QUARANTINED},
        unknown_fields=_unknown_fields(spark, events),
    )


def _tally(spark: SparkSession, groups: list[tuple[str, list[str]]]) -> list[tuple[str, str, int, int]]:
    """(verdict, reason or "", rows, sum of the carried number) of the rows that are not accepted."""
    frames = [
        spark.read.parquet(*found).select(
            F.lit(verdict).alias("verdict"),
            F.coalesce(CARRIERS["reason"], F.lit("")).alias("reason"),
            F.coalesce(CARRIERS["bytes"], F.lit(0)).alias("number"),
        )
        for verdict, found in groups
        if found
    ]
    if not frames:
        return []
    grouped = reduce(DataFrame.unionAll, frames).groupBy("verdict", "reason").agg(F.count("*"), F.sum("number"))
    return [(row[0], row[1], row[2], row[3]) for row in grouped.collect()]


def _rows_per_file(spark: SparkSession, bucket: str, events: list[str]) -> dict[str, int]:
    """No column is read, so Spark takes the numbers from the files' footers."""
    if not events:
        return {}
    counted = spark.read.parquet(*events).groupBy("_metadata.file_path").count().collect()
    rows = {row["file_path"].removeprefix(f"s3://{bucket}/"): row["count"] for row in counted}
    return {uri.removeprefix(f"s3://{bucket}/"): 0 for uri in events} | rows


def _unknown_fields(spark: SparkSession, events: list[str]) -> dict[str, int]:
    """Accepted events per unknown field, the most frequent first."""
    if not events:
        return {}
    names = (
        spark.read.parquet(*events)
        .where("properties is not null")
        .select(F.explode(F.json_object_keys("properties")).alias("name"))
    )
    plain = F.when(F.col("name").rlike(_PLAIN_NAME), F.col("name")).otherwise(OTHER_NAMES)
    frequent = names.groupBy(plain.alias("name")).count().orderBy(F.desc("count"), "name").limit(MOST_NAMES)
    return {row["name"]: row["count"] for row in frequent.collect()}
