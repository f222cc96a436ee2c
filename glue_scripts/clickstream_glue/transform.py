"""From raw lines to rows to write: the order of the transforms, and nothing else."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from clickstream.contract import Contract
from clickstream.settings import Limits
from clickstream_glue import deduplicate, verdicts
from clickstream_glue.lines import records_of_lines
from clickstream_glue.records import with_fields
from clickstream_glue.staging import staged

# What every transform relies on; the job sets them, so that they hold whatever the cluster's defaults are.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",  # of equal names in a JSON object the last counts
    "spark.sql.json.enablePartialResults": "false",  # or a broken value in a known field would pass as a missing one
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # The JVM never compiles a method beyond 8,000 bytes of bytecode; Spark would make one of 50,000 of the verdicts.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MILLIS",
}


def judged(lines: DataFrame, contract: Contract, arrival_day: date, limits: Limits) -> DataFrame:
    """One row per record with its values, ``reason`` and ``verdict``, from ``value`` and ``source_object``."""
    records = with_fields(records_of_lines(lines, limits.max_line_bytes), contract)
    return verdicts.with_verdicts(records, contract, arrival_day, limits).withColumn("verdict", verdicts.verdict())


def rows(
    lines: DataFrame, contract: Contract, arrival_day: date, limits: Limits, generation: str, partitions: int
) -> DataFrame:
    """What the run writes: every record once, duplicates marked. ``partitions``: number of files per event day."""
    content = F.when(F.col("verdict") == deduplicate.ACCEPTED, F.md5("text"))
    key = deduplicate.key(F.col("event_id"), F.col("verdict"), F.col("text"), F.col("source_object"))
    # The text of a good line is needed no more: it must not be shuffled.
    text = F.when(F.col("verdict") != deduplicate.ACCEPTED, F.col("text"))
    keyed = (
        judged(lines, contract, arrival_day, limits)
        .withColumns({"content": content, "key": key})
        .withColumn("text", text)
    )
    unique = deduplicate.with_duplicates_marked(
        keyed.drop("state", "is_object", "is_other_json", "ip_address", "user_agent"), partitions
    )
    return staged(unique, contract, arrival_day, generation)
