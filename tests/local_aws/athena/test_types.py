"""One type in four spellings."""

import pytest
from sqlglot import exp

from local_aws.athena.failures import QueryFailed
from local_aws.athena.types import HIVE, TRINO, athena_column, duckdb_type, parse_type, spelled


@pytest.mark.parametrize(
    ("hive", "trino", "duckdb"),
    [
        ("string", "varchar", "TEXT"),
        ("int", "integer", "INT"),
        ("bigint", "bigint", "BIGINT"),
        ("float", "real", "REAL"),
        ("double", "double", "DOUBLE"),
        ("decimal(12,2)", "decimal(12,2)", "DECIMAL(12, 2)"),
        ("boolean", "boolean", "BOOLEAN"),
        ("date", "date", "DATE"),
        ("timestamp", "timestamp(3)", "TIMESTAMP"),
        ("binary", "varbinary", "BLOB"),
        ("array<string>", "array(varchar)", "TEXT[]"),
        ("map<string,bigint>", "map(varchar, bigint)", "MAP(TEXT, BIGINT)"),
        ("struct<a:int,b:array<date>>", "row(a integer, b array(date))", "STRUCT(a INT, b DATE[])"),
    ],
)
def test_a_type_is_spelled_for_each_reader_and_back(hive: str, trino: str, duckdb: str) -> None:
    parsed = parse_type(hive)
    assert (spelled(parsed, HIVE), spelled(parsed, TRINO), duckdb_type(parsed)) == (hive, trino, duckdb)
    assert spelled(parse_type(trino, "trino"), HIVE) == hive
    assert spelled(parse_type(duckdb, "duckdb"), HIVE) == hive


@pytest.mark.parametrize("text", ["char(3)", "uniontype<int,string>", "interval", "array<char(1)>", ""])
def test_a_type_that_is_not_supported_is_named(text: str) -> None:
    with pytest.raises(QueryFailed, match="NOT_SUPPORTED: type"):
        parse_type(text)


@pytest.mark.parametrize(
    ("duckdb", "athena"),
    [
        ("HUGEINT", "bigint"),
        ("UBIGINT", "bigint"),
        ("TIMESTAMP_MS", "timestamp"),
        ('"NULL"', "varchar"),
        ("REAL", "float"),
    ],
)
def test_duckdbs_own_types_become_athenas(duckdb: str, athena: str) -> None:
    assert athena_column("x", parse_type(duckdb, "duckdb"))["Type"] == athena


def test_a_decimals_column_info_has_its_size() -> None:
    column = athena_column("x", exp.DataType.build("decimal(12,2)"))
    assert (column["Name"], column["Precision"], column["Scale"], column["CaseSensitive"]) == ("x", 12, 2, False)
