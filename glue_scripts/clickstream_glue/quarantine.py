"""Quarantine: what was not accepted, with the reason, as NDJSON for people and for Athena."""

from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from clickstream.reasons import IN_THE_FUTURE, TOO_LATE, UNREADABLE
from clickstream_glue.preflight import Inspected
from clickstream_glue.staging import CARRIERS

MOST_FILES = 8
_REFERENCE = "reason string, source_object string, detail string, line_bytes bigint"
_NAMES_FIELD = r"\A(?:missing|invalid|unknown)_(.+)\z"


def quarantined_lines(spark: SparkSession, staged_uris: list[str]) -> DataFrame:
    """The bad records among the staged files: reason, source_object, line, line_bytes."""
    return spark.read.parquet(*staged_uris).select(
        F.col(CARRIERS["reason"]).alias("reason"),
        "source_object",
        F.col(CARRIERS["text"]).alias("line"),
        F.col(CARRIERS["bytes"]).cast("bigint").alias("line_bytes"),
    )


def references(spark: SparkSession, bucket: str, unreadable: list[Inspected]) -> DataFrame:
    """One record per unreadable object: its content is only pointed at; ``line_bytes`` is the object's size."""
    found = [(UNREADABLE, f"s3://{bucket}/{one.object.key}", one.problem, one.object.size) for one in unreadable]
    return spark.createDataFrame(found, _REFERENCE)


def records(bad: list[DataFrame], arrival_day: date, run_id: str) -> DataFrame:
    """The quarantine's records, in one frame of at most ``MOST_FILES`` partitions."""
    together = bad[0] if len(bad) == 1 else bad[0].unionByName(bad[1], allowMissingColumns=True)
    named = together.withColumns(
        {"field": _field(F.col("reason")), "arrival_date": F.lit(str(arrival_day)), "run_id": F.lit(run_id)}
    )
    return named.coalesce(MOST_FILES)


def _field(reason: Column) -> Column:
    named = F.regexp_extract(reason, _NAMES_FIELD, 1)
    about_time = F.when(reason.isin(TOO_LATE, IN_THE_FUTURE), "event_timestamp")
    return about_time.when(named != "", named)
