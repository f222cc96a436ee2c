from datetime import date
from typing import Any

import pytest

from clickstream_glue import quarantine
from clickstream_glue.preflight import Inspected
from clickstream_glue.storage import StoredObject

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("missing_event_id", "event_id"),
        ("invalid_order_value", "order_value"),
        ("unknown_event_type", "event_type"),
        ("too_late", "event_timestamp"),
        ("in_the_future", "event_timestamp"),
        ("malformed_json", None),
    ],
)
def test_reason_names_its_field(spark: Any, reason: str, field: str | None) -> None:
    bad = spark.createDataFrame(
        [(reason, "s3://b/k", "{}", 2)], "reason string, source_object string, line string, line_bytes bigint"
    )
    (record,) = quarantine.records([bad], date(2026, 3, 5), "run-1").collect()
    assert (record["field"], record["arrival_date"], record["run_id"], record["line"]) == (
        field,
        "2026-03-05",
        "run-1",
        "{}",
    )


def test_reference_points_at_the_object(spark: Any) -> None:
    unreadable = Inspected(StoredObject("events/a.gz", 77, "e"), 1, "truncated")
    (record,) = quarantine.references(spark, "b", [unreadable]).collect()
    assert record.asDict() == {
        "reason": "unreadable_object",
        "source_object": "s3://b/events/a.gz",
        "detail": "truncated",
        "line_bytes": 77,
    }
