"""Athena's CSV, written and read back, and the texts of values."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.athena.failures import QueryFailed
from local_aws.athena.results import as_text, java_double, page, read_csv, write_csv

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(st.none() | TEXTS, min_size=width, max_size=width))))
def test_every_row_is_read_back_as_it_was_written(tmp_path_factory: Any, rows: list[list[str | None]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "x"
    header = [f"c{number}" for number in range(len(rows[0]) if rows else 1)]
    write_csv(path, header, rows)
    assert read_csv(path.read_bytes().decode()) == [header, *rows]


def test_null_is_nothing_and_an_empty_text_is_two_quotes(tmp_path: Path) -> None:
    write_csv(tmp_path / "x", ["a", "b"], [["", None], ['q"', "1"]])
    assert (tmp_path / "x").read_bytes() == b'"a","b"\n"",\n"q""","1"\n'


def test_a_text_that_is_not_athenas_is_refused() -> None:
    with pytest.raises(ValueError, match="not Athena's CSV at character 4"):
        read_csv('"a",b\n')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (1.5, "1.5"),
        (0.001, "0.001"),
        (0.000999, "9.99E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (-12345678.5, "-1.23456785E7"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles_look_like_javas(value: float, text: str) -> None:
    assert java_double(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("1E+2"), "100"),
        (date(2024, 12, 25), "2024-12-25"),
        (datetime(2024, 12, 25, 1, 2, 3, 456_000), "2024-12-25 01:02:03.456"),
        (datetime(2024, 12, 25, tzinfo=UTC), "2024-12-25 00:00:00.000 UTC"),
        (b"\x00\xff", "00 ff"),
        ([1, None], "[1, null]"),
        ([("a", 1)], "{a=1}"),
        ({"a": [True]}, "{a=[true]}"),
    ],
    ids=str,
)
def test_values_have_athenas_texts(value: Any, text: str | None) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [(2**63, "NUMERIC_VALUE_OUT_OF_RANGE"), (object(), "NOT_SUPPORTED")],
    ids=["overflow", "object"],
)
def test_a_value_without_a_text_fails(value: Any, reason: str) -> None:
    with pytest.raises(QueryFailed, match=reason):
        as_text(value)


def test_a_page_has_no_value_for_null() -> None:
    rows = [["a"], [None], ["b"]]
    assert page(rows, 1, 1) == [{"Data": [{}]}]
