"""Statements told by their first words; parameters put in as text."""

import pytest

from local_aws.athena.failures import QueryFailed
from local_aws.athena.statements import kind_of, with_parameters


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", ("DML", "SELECT", ".csv")),
        ("  -- c\n/* d */ with a AS (SELECT 1) SELECT * FROM a", ("DML", "SELECT", ".csv")),
        ("(SELECT 1)", ("DML", "SELECT", ".csv")),
        ("insert INTO t SELECT 1", ("DML", "INSERT", "")),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", ("DDL", "CREATE_VIEW", ".txt")),
        ("msck repair table t", ("DDL", "MSCK_REPAIR", ".txt")),
        ("SHOW TABLES", ("UTILITY", "SHOW", ".txt")),
        ("selec 1", ("DDL", "UNKNOWN", ".txt")),
    ],
)
def test_first_words_tell_the_kind(sql: str, kind: tuple[str, str, str]) -> None:
    assert kind_of(sql) == kind


def test_only_question_marks_outside_of_texts_names_and_comments_are_parameters() -> None:
    sql = """SELECT '?''?', "?", ? /* ? */ -- ?\n, ?"""
    assert with_parameters(sql, ["1", "'a'"]) == """SELECT '?''?', "?", 1 /* ? */ -- ?\n, 'a'"""


@pytest.mark.parametrize("parameters", [["1"], ["1", "2", "3"]], ids=["too few", "too many"])
def test_the_number_of_parameters_must_fit(parameters: list[str]) -> None:
    with pytest.raises(QueryFailed, match="expected 2 but found"):
        with_parameters("SELECT ?, ?", parameters)
