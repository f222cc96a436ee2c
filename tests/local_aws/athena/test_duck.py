"""The query's own DuckDB is closed to the machine, and its errors are told in Athena's words."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from local_aws.athena.duck import connection, meaning
from local_aws.athena.failures import QueryCancelled, QueryFailed

NOW = datetime(2024, 12, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{outside}')",
        "COPY (SELECT 1) TO '{outside}.csv'",
        "ATTACH '{outside}.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
    ],
)
def test_nothing_outside_of_the_directory_is_reachable(tmp_path: Path, sql: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.write_text("secret")
    (inside / "x").write_text("visible")
    with connection(inside, NOW) as opened:
        assert opened.execute(f"SELECT content FROM read_text('{inside}/x')").fetchall() == [("visible",)]
        with pytest.raises(duckdb.Error):
            opened.execute(sql.format(outside=outside))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (duckdb.ConversionException("Could not convert string 'x' to INT32"), "INVALID_CAST_ARGUMENT"),
        (duckdb.ConversionException("Could not convert string 'OWN_CODE: text' to INT64"), "OWN_CODE"),
        (duckdb.OutOfRangeException("Overflow"), "NUMERIC_VALUE_OUT_OF_RANGE"),
        (duckdb.InvalidInputException("Division by zero"), "DIVISION_BY_ZERO"),
        (duckdb.InternalException("surprise"), "GENERIC_INTERNAL_ERROR"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_errors_are_told_in_athenas_words(error: duckdb.Error, code: str) -> None:
    found = meaning(error)
    assert isinstance(found, QueryFailed)
    assert found.code == code


def test_an_interrupt_is_a_cancelled_query() -> None:
    assert isinstance(meaning(duckdb.InterruptException("Interrupted!")), QueryCancelled)


def test_local_files_are_not_named() -> None:
    error = duckdb.InvalidInputException(f'JSON transform error in file "/tmp/x/{"a" * 64}.gz", in line 2')
    assert str(meaning(error)) == "HIVE_BAD_DATA: JSON transform error in file the object, in line 2"
