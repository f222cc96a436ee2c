"""What can be said of the sample queries without running them; the end-to-end test runs them."""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify

from clickstream.contract import load_contract
from clickstream.settings import table

QUERIES = sorted((Path(__file__).resolve().parents[2] / "sql").glob("*.sql"))
EXPECTED = [
    "01_total_events",
    "02_events_by_type",
    "03_daily_volume",
    "04_top_pages",
    "05_events_by_country",
    "06_user_sessions",
    "07_session_summary",
    "08_devices_and_browsers",
    "09_conversion_funnel",
    "10_revenue_per_day",
]
every_query = pytest.mark.parametrize("query", QUERIES, ids=[path.stem for path in QUERIES])


def statement_of(text):
    statements = sqlglot.parse(text, read="athena")
    assert len(statements) == 1, f"expected one statement, got {len(statements)}"
    return statements[0]


def tables_of(statement):
    """What the query reads, its own WITH queries left out; with database and catalog, if it says one."""
    own = {query.alias for query in statement.find_all(exp.CTE)}
    return {found.sql() for found in statement.find_all(exp.Table)} - own


def check_columns(statement):
    """OptimizeError where the query names a column that the view does not have."""
    contract = load_contract()
    columns = {column.name: column.type for column in contract.table_columns}
    columns |= dict.fromkeys(contract.partition_keys, "string")
    qualify(statement.copy(), schema={table("events"): columns}, dialect="athena", validate_qualify_columns=True)


def test_the_queries_are_these():
    assert [path.stem for path in QUERIES] == EXPECTED


@every_query
def test_a_query_begins_with_the_question_that_it_answers(query):
    first = query.read_text(encoding="utf-8").split("\n")
    comment = " ".join(line[3:] for line in first if line.startswith("-- "))
    assert first[0].startswith("-- ")
    assert "?" in comment


@every_query
def test_a_query_is_one_select_on_the_view_alone(query):
    statement = statement_of(query.read_text(encoding="utf-8"))
    assert isinstance(statement, exp.Select)
    assert tables_of(statement) == {table("events")}


@every_query
def test_a_query_names_only_columns_that_the_view_has(query):
    check_columns(statement_of(query.read_text(encoding="utf-8")))


@every_query
def test_the_rows_of_an_answer_have_one_order(query):
    statement = statement_of(query.read_text(encoding="utf-8"))
    if not statement.args.get("group"):
        assert statement.args.get("order") or all(one.find(exp.AggFunc) for one in statement.expressions), (
            "expected ORDER BY or an answer of one row"
        )
        return
    order = {one.this.sql() for one in statement.args["order"].expressions}
    names = {one.unalias().sql(): one.alias_or_name for one in statement.expressions}
    assert {names[key.sql()] for key in statement.args["group"].expressions} <= order


def test_the_user_session_query_reads_the_partition_of_christmas_2024():
    text = (QUERIES[0].parent / "06_user_sessions.sql").read_text(encoding="utf-8")
    assert "WHERE year = '2024' AND month = '12' AND day = '25'" in re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    "sql",
    ["SELECT eventid FROM clickstream_events", "SELECT ip_address FROM clickstream_events"],
    ids=["typing-slip", "raw-only-field"],
)
def test_a_column_that_the_view_does_not_have_is_found(sql):
    with pytest.raises(OptimizeError):
        check_columns(statement_of(sql))


def test_a_second_statement_is_found():
    with pytest.raises(AssertionError, match="expected one statement, got 2"):
        statement_of("SELECT 1; SELECT 2")


def test_another_table_is_found():
    assert tables_of(statement_of("SELECT 1 FROM other.clickstream_events, x")) == {"other.clickstream_events", "x"}
