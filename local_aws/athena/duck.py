"""One DuckDB per query: in memory, UTC, and closed to everything but the files that the engine hands over."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from local_aws.athena.failures import SYSTEM, QueryCancelled, QueryFailed

OWN_MESSAGE = re.compile(
    r"""['"]([A-Z][A-Z_]{5,}): ([^\n]*?)['"](?: to |, expected)"""
)  # an expression of ours that fails on purpose
# DuckDB's exception, and a text in it -> Trino's error name. The first match counts.
MEANINGS: tuple[tuple[type[duckdb.Error], str, str], ...] = (
    (duckdb.Error, "Division by zero", "DIVISION_BY_ZERO"),
    (duckdb.Error, "must appear in the GROUP BY clause", "EXPRESSION_NOT_AGGREGATE"),
    (duckdb.Error, "More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS"),
    (duckdb.Error, "read_json", "HIVE_BAD_DATA"),
    (duckdb.Error, "JSON transform", "HIVE_BAD_DATA"),
    (duckdb.Error, "in file", "HIVE_BAD_DATA"),
    (duckdb.Error, "WHERE clause cannot contain", "EXPRESSION_NOT_SCALAR"),
    (duckdb.OutOfRangeException, "", "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.ConversionException, "", "INVALID_CAST_ARGUMENT"),
    (duckdb.InvalidInputException, "", "INVALID_FUNCTION_ARGUMENT"),
    (duckdb.BinderException, "", "TYPE_MISMATCH"),
    (duckdb.OutOfMemoryException, "", "EXCEEDED_LOCAL_MEMORY_LIMIT"),
)
LOCAL_FILE = re.compile(r'"?(/|[A-Za-z]:\\)[^\s"\']*[0-9a-f]{64}(\.gz)?"?')
THREADS = 2


@contextmanager
def connection(readable: Path, now: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    """``readable``: the only directory whose files it may open. ``now``: what the query takes for the present."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "threads": THREADS,
    }
    with duckdb.connect(":memory:", config=config) as opened:
        opened.execute("SET TimeZone = 'UTC'")
        opened.execute(
            f"SET VARIABLE athena_now = TIMESTAMPTZ '{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03}+00'"
        )
        opened.execute(f"SET allowed_directories = ['{str(readable).replace("'", "''")}']")
        opened.execute("SET enable_external_access = false")
        opened.execute("SET lock_configuration = true")
        yield opened


def meaning(error: duckdb.Error) -> Exception:
    """The failure in Athena's words, without the names of local files."""
    text = LOCAL_FILE.sub("the object", str(error).split("\nLINE ")[0].strip())
    if isinstance(error, duckdb.InterruptException):
        return QueryCancelled("Query cancelled by user")
    if own := OWN_MESSAGE.search(text):
        return QueryFailed(own[1], own[2])
    for kind, part, code in MEANINGS:
        if isinstance(error, kind) and part in text:
            return QueryFailed(code, text.split("\n")[0])
    return QueryFailed("GENERIC_INTERNAL_ERROR", text, SYSTEM)
