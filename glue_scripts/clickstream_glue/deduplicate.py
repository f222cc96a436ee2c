"""One row per event id. Firehose delivers at least once, so the same line comes again, maybe in another object."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

ACCEPTED, DUPLICATE, CONFLICTING = "accepted", "duplicate", "conflicting"


def with_duplicates_marked(records: DataFrame, partitions: int) -> DataFrame:
    """Changes ``verdict`` of accepted rows: the earliest of an ``event_id`` stays, by time, then content, then object.

    The others become ``duplicate``, or ``conflicting`` where their content is another. Rows of other verdicts pass.
    Needs ``key`` (the event id; anything spread evenly for the others) and ``content`` (a digest of the record's text).
    """
    order = Window.partitionBy("key").orderBy("event_timestamp", "content", "source_object")
    accepted = F.col("verdict") == ACCEPTED
    again = F.when(F.first("content").over(order) == F.col("content"), DUPLICATE).otherwise(CONFLICTING)
    is_again = accepted & (F.row_number().over(order) > 1)
    return records.repartition(partitions, "key").withColumn(
        "verdict", F.when(is_again, again).otherwise(F.col("verdict"))
    )


def key(event_id: Column, verdict: Column, text: Column, source_object: Column) -> Column:
    """Spreads rows that are no events by their content: thousands of them must not meet in one task."""
    return F.when(verdict == ACCEPTED, event_id).otherwise(
        F.concat(F.lit("-"), F.xxhash64(text, source_object).cast("string"))
    )
