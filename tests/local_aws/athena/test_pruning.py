"""Conditions go down to a table only where that changes nothing."""

from typing import Any

import pytest

BOTH, ONE = 8, 3
PRUNED = [
    "SELECT count(event_id) FROM (SELECT * FROM events) AS e WHERE day = '25'",
    "WITH e AS (SELECT event_id, day AS d FROM events) SELECT count(event_id) FROM e WHERE d = '25'",
    "SELECT count(event_id) FROM (SELECT event_id, day FROM events UNION ALL SELECT event_id, day FROM events) AS e"
    " WHERE day = '25'",
    "SELECT sum(n) FROM (SELECT day, count(event_id) AS n FROM events GROUP BY day) AS e WHERE day = '25'",
    "SELECT count(event_id) FROM events WHERE concat(year, month, day) = '20241225'",
    "SELECT count(event_id) FROM events WHERE day IN ('25', '31') AND (month = '12' OR year = '1999')",
    "SELECT count(event_id) FROM events AS e JOIN (VALUES '25') AS v(d) ON e.day = v.d AND e.day = '25'",
    "SELECT count(event_id) FROM (VALUES '25') AS v(d) LEFT JOIN events AS e ON e.day = v.d AND e.day = '25'",
    "SELECT count(event_id) FROM events WHERE cast(day AS integer) = 25",
]
UNPRUNED = {
    "SELECT count(event_id) FROM (SELECT event_id, day FROM events ORDER BY day DESC LIMIT 5) AS e"
    " WHERE day = '25'": "0",
    "SELECT count(*) FROM (SELECT day, row_number() OVER (ORDER BY event_id DESC) AS r FROM events) AS e"
    " WHERE day = '25' AND r <= 5": "0",
    "SELECT count(*) FROM (VALUES '25', '26') AS v(d) LEFT JOIN events AS e ON e.day = v.d"
    " WHERE coalesce(e.day, '25') = '25' AND (event_id IS NULL OR true)": "3",
    "SELECT count(*) FROM (SELECT max(day) AS day, max(event_id) AS e FROM events) AS m"
    " WHERE day = '25' AND e <> ''": "0",
    "SELECT count(event_id) FROM events WHERE day = '25' OR event_id = '2024-12-26-0'": "4",
    "WITH e AS (SELECT event_id, day FROM events)"
    " SELECT count(*) FROM e AS a CROSS JOIN e AS b WHERE a.day = '25' AND b.event_id = '2024-12-26-0'": "3",
    "SELECT count(*) FROM (SELECT day, count(event_id) AS n FROM events GROUP BY ROLLUP (day)) AS e"
    " WHERE coalesce(day, '25') = '25' AND n = 8": "1",
}


@pytest.fixture(scope="module")
def warehouse(engine: Any, s3: Any, glue: Any) -> Any:
    from tests.local_aws.athena.conftest import Athena

    athena = Athena(engine, s3, glue)
    athena.events({"2024-12-25": ONE, "2024-12-26": BOTH - ONE})
    return athena


def scanned_by_all(athena: Any) -> int:
    return int(athena.run("SELECT count(event_id) FROM events").scanned)


@pytest.mark.parametrize("sql", PRUNED)
def test_a_condition_on_partition_keys_prunes(warehouse: Any, sql: str) -> None:
    answer = warehouse.run(sql)
    assert answer.state == "SUCCEEDED", answer.reason
    assert answer.rows[0][0] in (str(ONE), str(2 * ONE))
    assert 0 < answer.scanned < scanned_by_all(warehouse) * sql.count(" events")


@pytest.mark.parametrize("sql", UNPRUNED)
def test_a_condition_that_must_not_go_down_does_not(warehouse: Any, sql: str) -> None:
    answer = warehouse.run(sql)
    assert answer.state == "SUCCEEDED", answer.reason
    assert answer.rows == [[UNPRUNED[sql]]]
    assert answer.scanned >= scanned_by_all(warehouse)


SIDES = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]


@pytest.mark.slow
@pytest.mark.parametrize("second", SIDES)
@pytest.mark.parametrize("first", SIDES)
@pytest.mark.parametrize(
    "where", ["a.day = '25'", "b.day = '25'", "coalesce(b.day, '26') = '26'", "a.day IS NULL", "c.day < '26'"]
)
def test_joins_answer_the_same_with_and_without_pruning(
    warehouse: Any, monkeypatch: Any, first: str, second: str, where: str
) -> None:
    sql = (
        f"SELECT a.event_id, b.event_id, c.event_id FROM events AS a {first} events AS b"
        f" ON a.event_id = b.event_id AND b.day = '26' {second} events AS c ON b.event_id = c.event_id AND a.day = '26'"
        f" WHERE {where} ORDER BY 1, 2, 3"
    )
    pruned = warehouse.run(sql)
    monkeypatch.setattr("local_aws.athena.translate._on_keys", lambda table, conditions: iter(()))
    assert pruned.state == "SUCCEEDED", pruned.reason
    assert pruned.rows == warehouse.run(sql).rows
