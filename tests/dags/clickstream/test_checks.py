import pytest
import sqlglot

from clickstream import checks
from clickstream.checks import Check, Names, Result
from tests.dags.clickstream.builders import RUN, ledger

VALUES = checks.named_values(ledger(), max_quarantined_share=0.05, allow_empty=False)
CHECKS = checks.load_checks(VALUES)


def check(**changes) -> Check:
    values = {"name": "c", "metric": "count(*)", "severity": "fail", "description": "d", "minimum": 0, "maximum": 5}
    return Check(**{**values, **changes})


def entry(**changes):
    return {"name": "c", "metric": "count(*)", "severity": "fail", "description": "d", **changes}


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0, "pass"), (5, "pass"), (-1, "fail"), (5.01, "fail"), (None, "fail"), (float("nan"), "fail")],
    ids=["lower bound", "upper bound", "below", "above", "no answer", "not a number"],
)
def test_a_value_passes_inside_its_bounds_only(value, verdict):
    assert Result(check(), value).verdict == verdict


def test_what_only_warns_does_not_fail():
    assert Result(check(severity="warn"), 9).verdict == "warn"


@pytest.mark.parametrize("row", [{}, {"c": None}, {"c": ""}, {"c": "many"}], ids=["absent", "null", "empty", "text"])
def test_an_empty_answer_is_never_a_pass(row):
    (result,) = checks.evaluate([check()], row)
    assert result.value is None
    assert result.verdict == "fail"


def test_the_checks_of_the_issue_are_there():
    names = {one.name for one in CHECKS}
    assert {
        "rows", "rows_beyond_ledger", "repeated_event_ids", "missing_event_id", "unknown_event_types",
        "missing_session_id", "rows_outside_their_day", "events_in_the_future", "null_share_page_url",
        "negative_prices", "quarantined_share", "unscrubbed_urls", "emails_in_text", "addresses_in_text",
    } <= names  # fmt: skip


def test_the_check_that_the_page_reads_the_last_event_from_is_there():
    assert [one.maximum for one in CHECKS if one.name == checks.SILENCE] == [12 * 3600]


def test_check_names_are_unique():
    names = [one.name for one in CHECKS]
    assert len(names) == len(set(names))


def test_the_query_is_one_statement_of_one_row_that_reads_the_runs_partition_only():
    sql = checks.query(CHECKS, ledger())
    assert len(sqlglot.parse(sql, read="athena")) == 1
    assert "year = '2024' AND month = '12' AND day = '25'" in sql
    assert f"generation = '{RUN}'" in sql
    assert "clickstream_candidates" not in sql


def test_candidates_are_read_for_the_days_in_the_ledger():
    sql = checks.query(CHECKS, ledger(rows_per_event_day={"2024-12-25": 7, "2024-12-23": 1}))
    assert "clickstream_candidates" in sql
    assert "day IN ('2024-12-23')" in sql


def test_a_day_in_the_ledger_that_is_no_day_never_reaches_sql():
    with pytest.raises(ValueError, match="expected a real date"):
        checks.query(CHECKS, ledger(rows_per_event_day={"x'; DROP": 8}))


def test_text_is_quoted_as_sql_literal():
    (one,) = checks.expand(entry(metric="count_if(a = :text)"), {"text": "it's"})
    assert one.metric == "count_if(a = 'it''s')"


@pytest.mark.parametrize(
    ("value", "literal"),
    [(3, "3"), (0.5, "0.5e0"), (1e-7, "1e-07"), (("a", "b"), "'a', 'b'"), (Names(("a", "b")), "a, b")],
)
def test_named_values_become_literals(value, literal):
    (one,) = checks.expand(entry(metric=":v"), {"v": value})
    assert one.metric == literal


def test_for_each_makes_one_check_per_column_with_its_own_bound():
    made = list(checks.expand(entry(name="null_{column}", metric="count({column})", for_each={"a": 1, "b": 2}), {}))
    assert [(one.name, one.metric, one.maximum) for one in made] == [
        ("null_a", "count(a)", 1),
        ("null_b", "count(b)", 2),
    ]


def test_an_unknown_named_value_is_an_error():
    with pytest.raises(ValueError, match="names :nowhere"):
        list(checks.expand(entry(metric=":nowhere"), {}))


def test_a_severity_is_fail_or_warn():
    with pytest.raises(ValueError, match="severity is fail or warn, got 'maybe'"):
        list(checks.expand(entry(severity="maybe"), {}))


def test_an_empty_day_passes_only_where_it_is_allowed():
    allowed = checks.load_checks(checks.named_values(ledger(), 0.05, allow_empty=True))
    by_name = {one.name: one for one in allowed}
    assert Result(by_name["rows"], 0).verdict == "pass"
    assert Result({one.name: one for one in CHECKS}["rows"], 0).verdict == "fail"


@pytest.mark.parametrize(
    ("bounds", "text"),
    [((0, 0), "0"), ((1, None), ">= 1"), ((None, 3), "<= 3"), ((0, 0.05), "0 .. 0.05")],
)
def test_bounds_in_words(bounds, text):
    assert Result(check(minimum=bounds[0], maximum=bounds[1]), 0).bound == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "no answer"), (0.0, "0"), (10234490.0, "10234490"), (0.05, "0.05"), (-3.0, "-3")]
)
def test_a_number_keeps_all_digits_that_count(value, text):
    assert checks.number(value) == text
