"""Arithmetic with Trino's results, not DuckDB's."""

from typing import Any

VALUES: dict[str, str | None] = {
    "1 / 2": "0",
    "-7 / 2": "-3",
    "-7 % 2": "-1",
    "7 / 2.0": "3.5",
    "7e0 / 2": "3.5",
    "1e0 / 0": "Infinity",
    "100.0 * 1 / 3": "33.3",
    "2.01 / 2": "1.01",
    "-2.01 / 2": "-1.01",
    "1.00 / 3": "0.33",
    "201 / 200.00": "1.01",
    "cast(1 AS decimal(38, 2)) / 3": "0.33",
    "1.5 + 1": "2.5",
    "12.50 * 3": "37.50",
    "cast(9999999999.99 AS decimal(12, 2)) * 2147483647": "21474836469978525163.53",
    "-(1.5 + 2) * 2": "-7.0",
    "1e7": "1.0E7",
    "1.5e-5": "1.5E-5",
    "0e0": "0.0",
    "2147483648": "2147483648",
    "array[1, NULL]": "[1, null]",
}


def test_values_are_trinos(athena: Any) -> None:
    answer = athena.run(f"SELECT {', '.join(VALUES)}")
    assert answer.state == "SUCCEEDED", answer.reason
    assert dict(zip(VALUES, answer.rows[0], strict=True)) == VALUES
