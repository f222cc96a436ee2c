"""INSERT INTO: the files, the partitions, the manifest, the types."""

import re
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.local_aws.athena.conftest import JSON

VALUES = "'e1', 'page_view', timestamp '2024-12-27 01:02:03.456', 10.01, 2"
ATHENAS_NAME = re.compile(
    r"\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
)


def read_object(athena: Any, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bytes(athena.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def manifest(athena: Any, answer: Any) -> list[str]:
    assert answer.state == "SUCCEEDED", answer.reason
    return read_object(athena, answer.query["Statistics"]["DataManifestLocation"]).decode().splitlines()


def test_rows_land_in_a_new_partition_that_is_registered(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    answer = athena.run(f"INSERT INTO events SELECT {VALUES}, '2024', '12', '27'")
    (uri,) = manifest(athena, answer)
    folder, _, name = uri.rpartition("/")
    assert folder == f"s3://{athena.bucket}/events/year=2024/month=12/day=27"
    assert ATHENAS_NAME.match(name)
    assert athena.run("SELECT count(*) FROM events WHERE day = '27'").value == "1"
    assert ["year=2024/month=12/day=27"] in athena.run("SHOW PARTITIONS events").rows
    query = answer.query
    assert (query["StatementType"], query["SubstatementType"]) == ("DML", "INSERT")
    results = athena.call("GetQueryResults", QueryExecutionId=query["QueryExecutionId"])
    assert (results["UpdateCount"], results["ResultSet"]["Rows"]) == (1, [])


def test_an_existing_partition_is_written_to_at_its_own_location(athena: Any) -> None:
    athena.events({})
    athena.partition("events", "2024", "12", "25", location=f"s3://{athena.bucket}/special")
    (uri,) = manifest(athena, athena.run(f"INSERT INTO events VALUES ({VALUES}, '2024', '12', '25')"))
    assert uri.startswith(f"s3://{athena.bucket}/special/20")


def test_files_have_milliseconds_exact_decimals_and_the_tables_types(athena: Any) -> None:
    athena.events({})
    (uri,) = manifest(athena, athena.run(f"INSERT INTO events SELECT {VALUES}, '2024', '12', '27'"))
    file = pq.ParquetFile(BytesIO(read_object(athena, uri)))
    types = {item.name: item.type for item in file.schema_arrow}
    assert types == {
        "event_id": pa.string(),
        "event_type": pa.string(),
        "event_timestamp": pa.timestamp("ms"),
        "price": pa.decimal128(12, 2),
        "quantity": pa.int32(),
    }
    row = athena.run("SELECT event_timestamp, price FROM events").rows[0]
    assert row == ["2024-12-27 01:02:03.456", "10.01"]


def test_rows_of_several_partitions_become_one_file_each(athena: Any) -> None:
    athena.events({"2024-12-25": 3, "2024-12-26": 5})
    columns = "event_id, event_type, event_timestamp, price, quantity, '2025', month, day"
    sql = f"INSERT INTO events SELECT {columns} FROM events"
    assert len(manifest(athena, athena.run(sql))) == 2
    assert athena.run("SELECT day, count(*) FROM events WHERE year = '2025' GROUP BY 1 ORDER BY 1").rows == [
        ["25", "3"],
        ["26", "5"],
    ]


def test_named_columns_leave_the_others_null(athena: Any) -> None:
    athena.events({})
    athena.run("INSERT INTO events (event_id, year, month, day) VALUES ('x', '2024', '12', '27')")
    assert athena.run("SELECT event_id, price, day FROM events").rows == [["x", None, "27"]]


def test_no_rows_write_no_files(athena: Any) -> None:
    athena.events({})
    sql = f"INSERT INTO events SELECT {VALUES}, '2024', '12', '27' WHERE 1 = 2"
    assert manifest(athena, athena.run(sql)) == []
    assert athena.run("SHOW PARTITIONS events").rows == []


def test_a_table_without_partitions_takes_rows(athena: Any) -> None:
    athena.table("plain", {"a": "bigint"})
    assert len(manifest(athena, athena.run("INSERT INTO plain VALUES 1, 2"))) == 1
    assert athena.run("SELECT sum(a) FROM plain").value == "3"


def test_a_null_partition_value_is_read_back_as_null(athena: Any) -> None:
    athena.table("t", {"a": "bigint"}, {"k": "string"})
    (uri,) = manifest(athena, athena.run("INSERT INTO t VALUES (1, NULL)"))
    assert "/k=__HIVE_DEFAULT_PARTITION__/" in uri
    assert athena.run("SELECT a, k FROM t WHERE k IS NULL").rows == [["1", None]]


@pytest.mark.slow
@pytest.mark.parametrize(("partitions", "state"), [(100, "SUCCEEDED"), (101, "FAILED")])
def test_one_query_writes_at_most_a_hundred_partitions(athena: Any, partitions: int, state: str) -> None:
    athena.table("t", {"a": "bigint"}, {"k": "string"})
    values = ", ".join(f"({number}, '{number}')" for number in range(partitions))
    answer = athena.run(f"INSERT INTO t VALUES {values}")
    assert answer.state == state, answer.reason
    if state == "FAILED":
        assert answer.reason.startswith("HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100")
        assert athena.run("SELECT count(*) FROM t").value == "0"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (
            f"INSERT INTO events SELECT {VALUES}, '2024', '12'",
            "TYPE_MISMATCH: Insert query has mismatched column types",
        ),
        (f"INSERT INTO events SELECT {VALUES}, 2024, '12', '27'", "TYPE_MISMATCH"),
        ("INSERT INTO events (event_id, quantity) VALUES ('x', 3000000000)", "TYPE_MISMATCH"),
        ("INSERT INTO events (event_id, price) VALUES ('x', 1.234)", "TYPE_MISMATCH"),
        ("INSERT INTO events (event_timestamp) VALUES ('2024-12-25')", "TYPE_MISMATCH"),
        ("INSERT INTO events (nonsense) VALUES ('x')", "COLUMN_NOT_FOUND"),
        ("INSERT INTO nowhere VALUES (1)", "TABLE_NOT_FOUND"),
        ("INSERT INTO lines VALUES (1)", "NOT_SUPPORTED"),
        ("INSERT OVERWRITE TABLE events SELECT 1", "NOT_SUPPORTED"),
        ("INSERT INTO events SELECT nonsense FROM events", "COLUMN_NOT_FOUND"),
    ],
)
def test_what_athena_refuses_fails_and_writes_nothing(athena: Any, sql: str, reason: str) -> None:
    athena.events({})
    athena.table("lines", {"a": "bigint"}, serde=JSON)
    answer = athena.run(sql)
    assert answer.state == "FAILED"
    assert answer.reason.startswith(reason)
    assert athena.s3.list_objects_v2(Bucket=athena.bucket)["KeyCount"] == 0
