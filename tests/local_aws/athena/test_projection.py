"""Partitions that are computed from table properties."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.athena.failures import QueryFailed
from local_aws.athena.projection import project_partitions
from tests.local_aws.athena.conftest import event_rows

NOW = datetime(2024, 12, 25, 10, 30, tzinfo=UTC)


def projected(key: str = "day", template: str | None = None, **properties: str) -> list[str]:
    parameters = {f"projection.{key}.{name.replace('_', '.')}": value for name, value in properties.items()}
    if template:
        parameters["storage.location.template"] = template
    return [values[0] for values, _ in project_partitions([key], parameters, "s3://b/t/", NOW)]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"type": "enum", "values": "a, b"}, ["a", "b"]),
        ({"type": "integer", "range": "8,10", "digits": "2"}, ["08", "09", "10"]),
        ({"type": "integer", "range": "0,20", "interval": "10"}, ["0", "10", "20"]),
        (
            {"type": "date", "range": "2024-12-30,2025-01-01", "format": "yyyy-MM-dd"},
            ["2024-12-30", "2024-12-31", "2025-01-01"],
        ),
        ({"type": "date", "range": "NOW-1DAYS,NOW", "format": "yyyy/MM/dd"}, ["2024/12/24", "2024/12/25"]),
        ({"type": "date", "range": "2024-11,NOW", "format": "yyyy-MM"}, ["2024-11", "2024-12"]),
        (
            {"type": "date", "range": "NOW-1HOURS,NOW", "format": "yyyy-MM-dd-HH", "interval_unit": "HOURS"},
            ["2024-12-25-09", "2024-12-25-10"],
        ),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)  # fmt: skip
def test_values_are_projected(properties: dict[str, str], expected: list[str]) -> None:
    assert projected(**properties) == expected


def test_the_default_location_is_key_value_below_the_table() -> None:
    parameters = {"projection.day.type": "enum", "projection.day.values": "x"}
    assert project_partitions(["day"], parameters, "s3://b/t", NOW) == [(("x",), "s3://b/t/day=x/")]


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"type": "injected"}, "projection type 'injected'"),
        ({"type": "date", "range": "2024-01-01,NOW", "format": "dd MMM yyyy"}, "format 'dd MMM yyyy'"),
        ({"type": "date", "range": "2024,NOW", "format": "yyyy-MM-dd"}, "has '2024'"),
        ({"type": "date", "range": "2024-01-01,NOW"}, "projection.day.format is missing"),
        ({"type": "integer", "range": "0,200000"}, "200,001 partitions"),
        ({"type": "enum", "values": "a", "template": "s3://b/x/"}, "does not contain ${day}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_projection_that_is_not_supported_or_incomplete_fails(properties: dict[str, str], text: str) -> None:
    with pytest.raises(QueryFailed, match=text.replace("$", r"\$").replace("{", r"\{")):
        projected(**properties)


def test_a_projected_table_needs_no_registered_partitions(athena: Any) -> None:
    template = f"s3://{athena.bucket}/late/day=${{day}}/"
    athena.table(
        "candidates",
        {"event_id": "string"},
        {"day": "string"},
        projection__enabled="true",
        projection__day__type="date",
        projection__day__format="yyyy-MM-dd",
        projection__day__range="2024-01-01,2024-12-31",
        storage__location__template=template,
    )
    for day, count in {"2024-12-24": 2, "2024-12-25": 3}.items():
        athena.put_parquet(f"late/day={day}/g-0.parquet", event_rows(day, count))
    assert athena.run("SELECT count(*) FROM candidates").value == "5"
    one = athena.run("SELECT count(event_id) FROM candidates WHERE day IN ('2024-12-25')")
    assert one.value == "3"
    assert one.scanned < athena.run("SELECT count(event_id) FROM candidates").scanned


def test_many_partitions_are_listed_together_and_none_is_lost(athena: Any) -> None:
    athena.events({f"2024-12-{day:02}": 1 for day in range(1, 20)})
    assert athena.run("SELECT count(*), count(DISTINCT day) FROM events").rows == [["19", "19"]]
