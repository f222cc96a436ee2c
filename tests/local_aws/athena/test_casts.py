"""Casts with Trino's results, not DuckDB's."""

from typing import Any

import pytest

VALUES: dict[str, str | None] = {
    "cast('12' AS integer)": "12",
    "cast(2.5 AS integer)": "3",
    "cast(2.5e0 AS integer)": "3",
    "cast(12.345 AS decimal(5, 2))": "12.35",
    "try_cast('1.5' AS integer)": None,
    "try_cast('x' AS date)": None,
    "cast('2024-12-25' AS date)": "2024-12-25",
    "cast('2024-12-25 01:02:03.4' AS timestamp)": "2024-12-25 01:02:03.400",
    "cast(timestamp '2024-12-25 01:02:03' AS varchar)": "2024-12-25 01:02:03.000",
    "cast(date '2024-12-25' AS varchar)": "2024-12-25",
    "cast(1.0e0 AS varchar)": "1.0",
    "cast(true AS varchar)": "true",
    "cast(12 AS varchar)": "12",
    "cast('abcdef' AS varchar(3))": "abc",
    "cast(NULL AS bigint)": None,
    "cast('true' AS boolean)": "true",
    "cast(timestamp '2024-12-25 23:59:59' AS date)": "2024-12-25",
}


def test_casts_give_trinos_values(athena: Any) -> None:
    answer = athena.run(f"SELECT {', '.join(VALUES)}")
    assert answer.state == "SUCCEEDED", answer.reason
    assert dict(zip(VALUES, answer.rows[0], strict=True)) == VALUES


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("cast('1.5' AS integer)", "INVALID_CAST_ARGUMENT"),
        ("cast('' AS bigint)", "INVALID_CAST_ARGUMENT"),
        ("cast('2024-12-25T01:02:03Z' AS timestamp)", "INVALID_CAST_ARGUMENT"),
        ("cast('2024/12/25' AS date)", "INVALID_CAST_ARGUMENT"),
        ("cast('2024-02-30' AS date)", "INVALID_CAST_ARGUMENT"),
        ("cast('yes' AS boolean)", "INVALID_CAST_ARGUMENT"),
        ("cast(true AS date)", "TYPE_MISMATCH: Cannot cast boolean to date"),
        ("cast(1 AS timestamp)", "TYPE_MISMATCH"),
        ("cast(json_parse('1') AS bigint)", "NOT_SUPPORTED"),
        ("cast(now() AS timestamp(0))", "NOT_SUPPORTED"),
        ("cast(12345678e0 AS varchar)", "NOT_SUPPORTED"),
    ],
)
def test_casts_that_athena_or_we_do_not_have_fail(athena: Any, expression: str, reason: str) -> None:
    answer = athena.run(f"SELECT {expression}")
    assert answer.state == "FAILED"
    assert answer.reason.startswith(reason)
