"""What DuckDB would do silently and Athena refuses."""

from typing import Any

import pytest

EVENTS = "(SELECT '2024' AS year, 1 AS n, true AS flag, timestamp '2024-12-25 00:00:00' AS at, array[1] AS list) AS t"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1 FROM {t} WHERE year = 2024", "TYPE_MISMATCH: line 1:"),
        ("SELECT 1 FROM {t} WHERE 2024 <> year", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE year IN (2024, 2025)", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE year IN (SELECT 2024)", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE year BETWEEN 2023 AND 2025", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE at >= '2024-12-25'", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE date(at) = '2024-12-25'", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE flag = 1", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE n", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE n AND flag", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE NOT n", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} JOIN (SELECT 2024 AS y) AS u ON u.y = t.year", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} JOIN (SELECT 2024 AS year) AS u USING (year)", "TYPE_MISMATCH"),
        ("SELECT year + 1 FROM {t}", "TYPE_MISMATCH: line 1:8: Cannot apply operator: varchar + integer"),
        ("SELECT at + 1 FROM {t}", "TYPE_MISMATCH"),
        ("SELECT at - at FROM {t}", "NOT_SUPPORTED"),
        ("SELECT n || year FROM {t}", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} WHERE n LIKE '1'", "TYPE_MISMATCH"),
        ("SELECT coalesce(year, n) FROM {t}", "TYPE_MISMATCH"),
        ("SELECT CASE WHEN flag THEN year ELSE n END FROM {t}", "TYPE_MISMATCH"),
        ("SELECT CASE n WHEN '1' THEN 1 END FROM {t}", "TYPE_MISMATCH"),
        ("SELECT if(n, 1) FROM {t}", "TYPE_MISMATCH"),
        ("SELECT year FROM {t} UNION ALL SELECT n FROM {t}", "TYPE_MISMATCH"),
        ("SELECT year FROM {t} UNION ALL SELECT year, n FROM {t}", "TYPE_MISMATCH"),
        ("SELECT 1 FROM {t} CROSS JOIN UNNEST(list) AS u(x) WHERE x = '1'", "TYPE_MISMATCH"),
        ("SELECT n AS x FROM {t} WHERE x = 1", "COLUMN_NOT_FOUND"),
        ("SELECT n AS x, count(*) FROM {t} GROUP BY x", "COLUMN_NOT_FOUND"),
        ("SELECT n, count(*) AS c FROM {t} GROUP BY n HAVING c > 0", "COLUMN_NOT_FOUND"),
        ("SELECT n, flag FROM {t} GROUP BY n", "EXPRESSION_NOT_AGGREGATE"),
        ("SELECT n FROM {t} WHERE sum(n) > 1", "EXPRESSION_NOT_SCALAR"),
        ("SELECT t.n, u.n FROM {t}", "COLUMN_NOT_FOUND"),
        ("SELECT n FROM {t} CROSS JOIN (SELECT 2 AS n) AS u", "COLUMN_NOT_FOUND"),
        ("SELECT (SELECT x FROM (VALUES 1, 2) AS v(x))", "SUBQUERY_MULTIPLE_ROWS"),
        ("SELECT 1 / 0", "DIVISION_BY_ZERO"),
        ("SELECT 1.0 / 0", "DIVISION_BY_ZERO"),
        ("SELECT 5 % 0", "DIVISION_BY_ZERO"),
        ("SELECT 2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE"),
    ],
)
def test_a_query_that_athena_refuses_fails(athena: Any, sql: str, reason: str) -> None:
    answer = athena.run(sql.format(t=EVENTS))
    assert answer.state == "FAILED"
    assert answer.reason.startswith(reason)


@pytest.mark.parametrize(
    "condition",
    [
        "year = '2024'",
        "year IN ('2024', '2025')",
        "n = 1.0",
        "n BETWEEN 0 AND 1e0",
        "at >= date '2024-12-25'",
        "at >= timestamp '2024-12-25 00:00:00'",
        "at < timestamp '2024-12-25 00:00:01 UTC'",
        "flag",
        "NOT (flag AND n > 1)",
        "year IS NOT NULL",
        "coalesce(year, NULL) = '2024'",
        "n IN (SELECT cardinality(list))",
    ],
)
def test_a_comparison_that_athena_accepts_succeeds(athena: Any, condition: str) -> None:
    assert athena.run(f"SELECT 1 FROM {EVENTS} WHERE {condition}").value == "1"
