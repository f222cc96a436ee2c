import duckdb
import pytest

from clickstream.contract import load_contract
from clickstream.judging.timestamps import milliseconds
from json_to_parquet import queries
from json_to_parquet.suspicion import Shapes


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05T10:20:30.987654321Z", "2026-03-05 10:20:30", "2026-03-05T10:20:30.9999+05:30",
        "2026-03-05T10:20:30-0130", "2026-03-05T10:20:30.5", "2026-03-05T00:10:00+14:59",
        "1772706030", "1772706030123", "1772706030123999", "99999999999",
    ],
)  # fmt: skip
def test_sql_reads_a_time_as_it_is_judged(text: str) -> None:
    found = duckdb.execute(f"SELECT {queries._milliseconds('t')} FROM (SELECT ? AS t)", [text]).fetchone()
    assert found == (milliseconds(text),)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T10:00:00Z",
        "2026-03-05T24:00:00Z",
        "2026-03-05T10:20:30z",
        "0177270603012",
        "2026-03-05",
        "x",
        "",
        None,
    ],
)
def test_other_forms_are_left_to_be_judged(text: str | None) -> None:
    query = f"SELECT {queries._milliseconds('t')} FROM (SELECT ?::VARCHAR AS t)"
    assert duckdb.execute(query, [text]).fetchone() == (None,)


def test_every_column_of_the_table_is_written() -> None:
    written = queries.parquet(load_contract())
    assert all(f'AS "{column.name}"' in written for column in load_contract().table_columns)


def test_no_text_of_a_producer_is_sql_but_plain_names() -> None:
    query = queries.plain(load_contract(), Shapes([], ("colour",), frozenset()))
    assert '"colour":' in query
    assert "$suspect_value" in query
    assert "$suspect_value" not in queries.plain(load_contract(), Shapes([], (), frozenset()))
