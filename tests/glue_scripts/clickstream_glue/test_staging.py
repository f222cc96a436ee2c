from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clickstream import settings
from clickstream.contract import load_contract
from clickstream_glue import transform
from clickstream_glue.schema import spark_schema
from clickstream_glue.staging import CARRIERS, PARTITIONS
from tests.corpus import ARRIVAL_DAY, line

pytestmark = pytest.mark.slow
LINES = [
    line("s", 1),
    line("s", 1),
    line("s", 1, page_title="x"),
    line("s", 2, price="x"),
    b"",
    line("s", 3) + line("s", 4),
]


@pytest.fixture(scope="module")
def rows(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    raw: Path = tmp_path_factory.mktemp("staged") / "hour=10"
    raw.mkdir()
    (raw / "a").write_bytes(b"\n".join(LINES) + b"\n")
    lines = spark.read.text(str(raw), lineSep="\n").selectExpr("value", "_metadata.file_path as source_object")
    return transform.rows(lines, load_contract(), ARRIVAL_DAY, settings.limits(), "run-1", 2)


def test_columns_are_the_contracts_and_the_partitions(rows: Any) -> None:
    wanted = [(field.name, field.dataType) for field in spark_schema(load_contract())]
    assert [(field.name, field.dataType) for field in rows.schema][: len(wanted)] == wanted
    assert tuple(rows.columns[len(wanted) :]) == PARTITIONS


def test_bad_record_travels_whole_in_its_carriers(rows: Any) -> None:
    (row,) = rows.where("verdict = 'quarantined'").collect()
    carried = {name: row[column] for name, column in CARRIERS.items()}
    assert carried == {"reason": "invalid_price", "text": LINES[3].decode(), "bytes": len(LINES[3])}


def test_split_line_travels_as_a_number(rows: Any) -> None:
    (row,) = rows.where("verdict = 'split'").collect()
    assert row[CARRIERS["bytes"]] == 1


def test_accepted_rows_and_duplicates_carry_no_line(rows: Any) -> None:
    kept = rows.where("verdict in ('accepted', 'duplicate', 'conflicting', 'blank')").collect()
    assert len(kept) == 3 + 2 + 1
    assert {row["properties"] for row in kept} == {None}
    assert {row["event_id"] for row in kept if row["verdict"] != "accepted"} == {None}


def test_event_day_is_the_partition_of_accepted_rows_only(rows: Any) -> None:
    days = {(row["verdict"] == "accepted", row["event_day"]) for row in rows.collect()}
    assert days == {(True, str(date(2026, 3, 5))), (False, "-")}
