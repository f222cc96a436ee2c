"""The DDL that the project uses, and the rest, which fails."""

from typing import Any

import pytest

from tests.local_aws.athena.conftest import event_rows


def partitions(athena: Any) -> list[str]:
    return [row[0] for row in athena.run("SHOW PARTITIONS events").rows]


def test_partitions_are_added_with_their_locations(athena: Any) -> None:
    athena.events({})
    athena.put_parquet("elsewhere/x.parquet", event_rows("2024-12-24", 7))
    sql = (
        "ALTER TABLE events ADD IF NOT EXISTS PARTITION (year='2024', month='12', day='24')"
        f" LOCATION 's3://{athena.bucket}/elsewhere/' PARTITION (year='2024',month='12',day='25')"
    )
    assert athena.run(sql).state == "SUCCEEDED"
    assert athena.run(sql).state == "SUCCEEDED"
    assert partitions(athena) == ["year=2024/month=12/day=24", "year=2024/month=12/day=25"]
    assert athena.run("SELECT count(*) FROM events").value == "7"
    assert athena.run(sql.replace("IF NOT EXISTS ", "")).reason.startswith("ALREADY_EXISTS")


def test_a_partition_of_other_keys_is_refused(athena: Any) -> None:
    athena.events({})
    assert athena.run("ALTER TABLE events ADD PARTITION (year='2024')").reason.startswith("INVALID_PARTITION")
    assert partitions(athena) == []


def test_repair_registers_what_lies_below_the_table(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    athena.day("2024-12-26", 5, register=False)
    athena.put("events/other/x.parquet", b"")
    answer = athena.run("MSCK REPAIR TABLE events")
    assert answer.rows == [["Repair: Added partition to metastore events:year=2024/month=12/day=26"]]
    assert athena.run("SELECT count(*) FROM events").value == "8"


def test_tables_databases_and_columns_are_shown(athena: Any) -> None:
    athena.events({})
    athena.table("other", {"a": "bigint"})
    assert athena.run("SHOW TABLES").rows == [["events"], ["other"]]
    assert athena.run(f"SHOW TABLES IN {athena.database} 'ev*'").rows == [["events"]]
    assert [athena.database] in athena.run("SHOW DATABASES").rows
    assert [row[0].strip() for row in athena.run("SHOW COLUMNS IN other").rows] == ["a"]
    described = [row[0].split() for row in athena.run("DESCRIBE events").rows]
    assert described[3:6] == [["price", "decimal(12,2)"], ["quantity", "int"], ["year", "string"]]


def test_a_database_is_created_once(athena: Any) -> None:
    name = f"{athena.database}_new"
    assert athena.run(f"CREATE DATABASE {name}").state == "SUCCEEDED"
    assert athena.run(f"CREATE DATABASE {name}").reason.startswith("ALREADY_EXISTS")
    assert athena.run(f"CREATE SCHEMA IF NOT EXISTS {name}").state == "SUCCEEDED"


def test_a_ddls_result_is_a_text_object(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    answer = athena.run("SHOW PARTITIONS events")
    location = answer.query["ResultConfiguration"]["OutputLocation"]
    assert location.endswith(".txt")
    key = location.removeprefix(f"s3://{athena.bucket}/")
    assert athena.s3.get_object(Bucket=athena.bucket, Key=key)["Body"].read() == b"year=2024/month=12/day=25\n"
    assert answer.query["StatementType"] == "UTILITY"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t AS SELECT 1 AS a",
        "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://x/'",
        "CREATE TABLE t (a int) LOCATION 's3://x/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
        "UNLOAD (SELECT 1) TO 's3://x/' WITH (format = 'PARQUET')",
        "DELETE FROM events",
        "UPDATE events SET price = 1",
        "MERGE INTO events USING events ON 1 = 1 WHEN MATCHED THEN DELETE",
        "DROP TABLE events",
        "DROP DATABASE d CASCADE",
        "ALTER TABLE events DROP PARTITION (year = '2024')",
        "ALTER TABLE events ADD COLUMNS (x int)",
        "EXPLAIN SELECT 1",
        "VACUUM events",
        "PREPARE p FROM SELECT 1",
        "CREATE VIEW v (x) AS SELECT 1 AS a",
    ],
)
def test_other_statements_fail_loudly(athena: Any, sql: str) -> None:
    athena.events({"2024-12-25": 3})
    answer = athena.run(sql)
    assert answer.state == "FAILED"
    assert answer.reason.startswith("NOT_SUPPORTED: the statement ")
    assert athena.run("SELECT count(*) FROM events").value == "3"


@pytest.mark.parametrize("sql", ["SHOW PARTITIONS nowhere", "DESCRIBE nowhere", "MSCK REPAIR TABLE nowhere"])
def test_a_table_that_is_not_there_is_named(athena: Any, sql: str) -> None:
    assert athena.run(sql).reason == f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{athena.database}.nowhere' does not exist"
