import random
from datetime import datetime
from typing import Any

import pytest

from clickstream_glue.deduplicate import key, with_duplicates_marked

pytestmark = pytest.mark.slow
SCHEMA = "key string, event_timestamp timestamp, content string, source_object string, verdict string"


def row(
    minute: int = 0, content: str = "x", source: str = "o", identity: str = "k", verdict: str = "accepted"
) -> tuple[Any, ...]:
    return (identity, datetime(2026, 3, 5, 10, minute), content, source, verdict)


def marked(spark: Any, rows: list[tuple[Any, ...]]) -> list[tuple[str, str]]:
    frame = with_duplicates_marked(spark.createDataFrame(rows, SCHEMA), 2)
    return sorted(
        (f"{one['event_timestamp'].minute} {one['content']} {one['source_object']}", one["verdict"])
        for one in frame.collect()
    )


def test_earliest_stays_and_others_are_told_apart(spark: Any) -> None:
    assert marked(spark, [row(2), row(1), row(3, "y")]) == [
        ("1 x o", "accepted"),
        ("2 x o", "duplicate"),
        ("3 y o", "conflicting"),
    ]


def test_content_then_object_decide_at_the_same_time(spark: Any) -> None:
    rows = [row(content="b"), row(content="a", source="p"), row(content="a", source="o")]
    wanted = [("0 a o", "accepted"), ("0 a p", "duplicate"), ("0 b o", "conflicting")]
    for _ in range(3):
        random.Random(1).shuffle(rows)
        assert marked(spark, rows) == wanted


def test_rows_of_other_verdicts_are_no_duplicates(spark: Any) -> None:
    assert [verdict for _, verdict in marked(spark, [row(verdict="quarantined")] * 3)] == ["quarantined"] * 3


def test_rows_that_are_no_events_spread_over_the_tasks(spark: Any) -> None:
    from pyspark.sql import functions as F

    bad = spark.range(1000).select(F.lit("quarantined").alias("v"), F.col("id").cast("string").alias("text"))
    keys = bad.select(key(F.lit(None).cast("string"), F.col("v"), F.col("text"), F.lit("o")))
    assert keys.distinct().count() == 1000
