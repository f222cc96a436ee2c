"""Texts that are no statement, and statements that are not known to mean the same here."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("selec 1", "SYNTAX_ERROR: line 1:1: mismatched input 'selec'"),
        ("SELECT 1 FROM", "SYNTAX_ERROR"),
        ("SELECT * FROM (VALUES 1) AS t(x) WHERE", "SYNTAX_ERROR"),
        ("SELECT 'unclosed", "SYNTAX_ERROR"),
        ("SELECT 1; SELECT 2", "SYNTAX_ERROR: line 1:1: Only one sql statement is allowed"),
        ("SELECT `x` FROM t", "SYNTAX_ERROR"),
        ("SELECT 1 AS x QUALIFY x = 1", "SYNTAX_ERROR"),
        ("-- nothing", "SYNTAX_ERROR"),
        ("WITH RECURSIVE t(n) AS (SELECT 1) SELECT * FROM t", "NOT_SUPPORTED"),
        ("SELECT * FROM (VALUES 1) AS t(x) TABLESAMPLE BERNOULLI (10)", "NOT_SUPPORTED"),
        ("SELECT DISTINCT ON (x) x FROM (VALUES 1) AS t(x)", "NOT_SUPPORTED"),
        ("SELECT * EXCEPT (x) FROM (VALUES 1) AS t(x)", "NOT_SUPPORTED"),
        ("SELECT x FROM (VALUES 1) AS t(x) GROUP BY ALL", "NOT_SUPPORTED"),
        ("SELECT 1 FROM (VALUES 1) AS t(x) NATURAL JOIN (VALUES 1) AS u(x)", "NOT_SUPPORTED"),
        ("SELECT row(1, 2)", "FUNCTION_NOT_REGISTERED"),
        ("SELECT count(DISTINCT x, y) FROM (VALUES (1, 2)) AS t(x, y)", "FUNCTION_NOT_FOUND"),
        ("SELECT 'a' ILIKE 'A'", "NOT_SUPPORTED"),
        ("SELECT cast(1 AS char(3))", "NOT_SUPPORTED"),
        ("SELECT 1::varchar", "SYNTAX_ERROR"),
    ],
)
def test_what_is_not_known_fails(athena: Any, sql: str, reason: str) -> None:
    answer = athena.run(sql)
    assert answer.state == "FAILED"
    assert answer.reason.startswith(reason)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT 1;", [["1"]]),
        ("/* a; b */ -- c\nSELECT 1 -- d", [["1"]]),
        ("VALUES (1, 'a'), (2, NULL)", [["1", "a"], ["2", None]]),
        ("SELECT x FROM (VALUES 2, 1, 3) AS t(x) ORDER BY x DESC LIMIT 2", [["3"], ["2"]]),
        ("SELECT x FROM (VALUES 2, 1, 3) AS t(x) ORDER BY x OFFSET 1 LIMIT 1", [["2"]]),
        ("SELECT x FROM (VALUES 2, 1) AS t(x) ORDER BY x FETCH FIRST 1 ROWS ONLY", [["1"]]),
        ("SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x", [["1"], ["2"], [None]]),
        ("SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x DESC", [["2"], ["1"], [None]]),
        ("SELECT x FROM (VALUES 1, NULL) AS t(x) ORDER BY x NULLS FIRST", [[None], ["1"]]),
        ("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT * FROM b", [["2"]]),
        ("SELECT 1 UNION ALL SELECT 1", [["1"], ["1"]]),
        ("SELECT 1 UNION SELECT 1", [["1"]]),
        ("SELECT 1 EXCEPT SELECT 1", []),
        ("SELECT x, count(*) FROM (VALUES 1, 1, 2) AS t(x) GROUP BY 1 HAVING count(*) > 1", [["1", "2"]]),
        (
            "SELECT x, y, grouping(x) FROM (VALUES (1, 2)) AS t(x, y) GROUP BY GROUPING SETS ((x), (y)) ORDER BY 1",
            [["1", None, "0"], [None, "2", "1"]],
        ),
        (
            "SELECT x, sum(x) FROM (VALUES 1, 2) AS t(x) GROUP BY ROLLUP (x) ORDER BY x",
            [["1", "1"], ["2", "2"], [None, "3"]],
        ),
        (
            "SELECT u.k, u.v FROM (SELECT map(array['a'], array[1]) AS m) AS t CROSS JOIN UNNEST(m) AS u(k, v)",
            [["a", "1"]],
        ),
        ("SELECT v, i FROM UNNEST(array['a', 'b']) WITH ORDINALITY AS u(v, i) ORDER BY i", [["a", "1"], ["b", "2"]]),
        (
            "SELECT t.x, u.y FROM (VALUES 1, 2) AS t(x) LEFT JOIN (VALUES 1) AS u(y) ON x = y ORDER BY 1",
            [["1", "1"], ["2", None]],
        ),
        ("SELECT x FROM (VALUES 1, 2) AS t(x) WHERE EXISTS (SELECT 1 FROM (VALUES 2) AS u(y) WHERE y = x)", [["2"]]),
        ("SELECT count(*) FROM (SELECT DISTINCT x FROM (VALUES 1, 1) AS t(x)) AS d", [["1"]]),
        ('SELECT T."X" FROM (SELECT 1 AS x) AS t', [["1"]]),
    ],
)  # fmt: skip
def test_queries_of_athenas_grammar_run(athena: Any, sql: str, rows: list[list[str | None]]) -> None:
    answer = athena.run(sql)
    assert answer.state == "SUCCEEDED", answer.reason
    assert answer.rows == rows
