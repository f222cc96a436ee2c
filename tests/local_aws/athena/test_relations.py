"""What a table is: registered partitions at their own locations, columns by name, honest types, bytes."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from local_aws.principals import ANYBODY
from tests.local_aws.athena.conftest import JSON, event_rows

TWO_DAYS = {"2024-12-25": 3, "2024-12-26": 5}


def test_an_unregistered_partition_is_not_counted(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    athena.day("2024-12-26", 5, register=False)
    assert athena.run("SELECT count(*) FROM events").value == "3"


def test_a_partition_is_read_at_its_own_location(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    athena.put_parquet("elsewhere/x.parquet", event_rows("2024-12-24", 7))
    athena.partition("events", "1999", "01", "01", location=f"s3://{athena.bucket}/elsewhere")
    answer = athena.run("SELECT year, count(*) FROM events GROUP BY 1 ORDER BY 1")
    assert answer.rows == [["1999", "7"], ["2024", "3"]]


def test_partition_values_come_from_the_catalog_and_not_from_the_path(athena: Any) -> None:
    athena.events({})
    key = "events/year=2000/month=01/day=01/"
    athena.put_parquet(f"{key}x.parquet", event_rows("2024-12-25", 2))
    athena.partition("events", "2024", "12", "25", location=f"s3://{athena.bucket}/{key}")
    assert athena.run("SELECT DISTINCT year || month || day FROM events").value == "20241225"


def test_a_table_without_partitions_or_objects_is_empty(athena: Any) -> None:
    athena.events({})
    athena.table("nothing", {"a": "bigint"})
    assert athena.run("SELECT count(*) FROM events").value == "0"
    assert athena.run("SELECT count(a) FROM nothing").value == "0"


def test_a_registered_partition_without_objects_has_no_rows(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    athena.partition("events", "2024", "12", "26", location=f"s3://{athena.bucket}/missing/")
    assert athena.run("SELECT count(*) FROM events").value == "3"


def test_hidden_objects_are_ignored(athena: Any) -> None:
    athena.table("t", {"a": "bigint"})
    rows = pa.table({"a": [1, 2]})
    for key in ("t/x.parquet", "t/_SUCCESS", "t/.crc.parquet", "t/_temporary/0/x.parquet", "t/sub/y.parquet"):
        athena.put_parquet(key, rows)
    athena.put("t/folder/", b"")
    assert athena.run("SELECT count(*) FROM t").value == "4"


def test_hidden_objects_are_ignored_in_many_partitions_too(athena: Any) -> None:
    athena.table("t", {"a": "bigint"}, {"k": "string"}, serde=JSON)
    for number in range(17):
        location = f"s3://{athena.bucket}/x/_k{number}/"
        athena.partition("t", str(number), location=location)
        athena.put(f"x/_k{number}/a.json", b'{"a": 1}\n')
        athena.put(f"x/_k{number}/_SUCCESS", b"no JSON")
    athena.put("x/a.json", b'{"a": 1}\n')
    assert athena.run("SELECT count(*), count(DISTINCT k) FROM t").rows == [["17", "17"]]


def test_a_missing_bucket_fails(athena: Any) -> None:
    athena.table("t", {"a": "bigint"})
    entry = athena.glue.get_table(DatabaseName=athena.database, Name="t")["Table"]
    entry["StorageDescriptor"]["Location"] = "s3://no-such-bucket-here/t/"
    update = {name: entry[name] for name in ("Name", "TableType", "Parameters", "StorageDescriptor")}
    athena.glue.update_table(DatabaseName=athena.database, TableInput=update)
    assert athena.run("SELECT * FROM t").reason.startswith("HIVE_FILESYSTEM_ERROR")


def test_the_path_of_each_row_is_known_and_hidden_from_star(athena: Any) -> None:
    athena.events(TWO_DAYS)
    answer = athena.run('SELECT "$path", count(*) FROM events GROUP BY 1 ORDER BY 1')
    prefix = f"s3://{athena.bucket}/events/year=2024/month=12"
    assert answer.rows == [[f"{prefix}/day=25/part-0.parquet", "3"], [f"{prefix}/day=26/part-0.parquet", "5"]]
    assert "$path" not in athena.run("SELECT * FROM events").header


class TestPruning:
    def test_files_of_other_partitions_stay_unread(self, athena: Any) -> None:
        athena.events(TWO_DAYS)
        one = athena.run("SELECT max(event_id) FROM events WHERE year = '2024' AND month = '12' AND day = '25'")
        both = athena.run("SELECT max(event_id) FROM events")
        assert (one.value, both.value) == ("2024-12-25-2", "2024-12-26-4")
        assert 0 < one.scanned < both.scanned

    def test_a_damaged_object_of_a_pruned_partition_does_not_matter(self, athena: Any) -> None:
        athena.events({"2024-12-25": 3})
        athena.put("bad/x.parquet", b"no parquet")
        athena.partition("events", "2024", "12", "26", location=f"s3://{athena.bucket}/bad/")
        assert athena.run("SELECT count(*) FROM events WHERE day < '26'").value == "3"
        assert athena.run("SELECT count(*) FROM events").reason.startswith(
            "HIVE_BAD_DATA: Not valid Parquet file: s3://"
        )

    def test_only_the_columns_that_are_named_count(self, athena: Any) -> None:
        athena.events(TWO_DAYS)
        everything = athena.run("SELECT * FROM events").scanned
        one = athena.run("SELECT count(event_id) FROM events").scanned
        through_a_subquery = athena.run("SELECT count(event_id) FROM (SELECT * FROM events) AS e").scanned
        assert 0 < one == through_a_subquery < everything
        assert athena.run("SELECT count(*) FROM events").scanned == 0

    def test_a_table_that_is_read_twice_counts_twice(self, athena: Any) -> None:
        athena.events(TWO_DAYS)
        once = athena.run("SELECT count(event_id) FROM events").scanned
        twice = athena.run("SELECT (SELECT count(event_id) FROM events) + (SELECT count(event_id) FROM events)")
        assert (twice.value, twice.scanned) == ("16", 2 * once)


class TestParquet:
    def test_columns_go_by_name_in_any_case_and_a_missing_one_is_null(self, athena: Any) -> None:
        athena.table("t", {"a": "bigint", "b": "string", "c": "double"})
        athena.put_parquet("t/1.parquet", pa.table({"b": ["x"], "A": [1]}))
        athena.put_parquet("t/2.parquet", pa.table({"extra": [1], "c": [2.5]}))
        assert athena.run("SELECT * FROM t ORDER BY a").rows == [["1", "x", None], [None, None, "2.5"]]

    def test_narrower_numbers_are_widened(self, athena: Any) -> None:
        athena.table("t", {"a": "bigint", "b": "double"})
        athena.put_parquet("t/1.parquet", pa.table({"a": pa.array([1], pa.int32()), "b": pa.array([1], pa.float32())}))
        answer = athena.run("SELECT * FROM t")
        assert (answer.rows, answer.types) == ([["1", "1.0"]], ["bigint", "double"])

    @pytest.mark.parametrize(
        ("declared", "values"),
        [
            ("int", pa.array([1], pa.int64())),
            ("bigint", pa.array(["1"])),
            ("string", pa.array([1])),
            ("double", pa.array([1])),
            ("date", pa.array(["2024-12-25"])),
            ("timestamp", pa.array(["2024-12-25 00:00:00"])),
            ("decimal(12,2)", pa.array([1.5])),
            ("decimal(12,2)", pa.array([Decimal("1.234")], pa.decimal128(12, 3))),
            ("array<string>", pa.array(["a"])),
            ("struct<a:int>", pa.array([{"b": 1}], pa.struct([("b", pa.int32())]))),
        ],
        ids=str,
    )
    def test_a_type_that_does_not_fit_the_catalog_fails(self, athena: Any, declared: str, values: pa.Array) -> None:
        athena.table("t", {"a": declared})
        athena.put_parquet("t/1.parquet", pa.table({"a": values}))
        answer = athena.run("SELECT a FROM t")
        assert answer.state == "FAILED"
        assert answer.reason.startswith("HIVE_BAD_DATA: Field a's type")

    @pytest.mark.parametrize(
        ("unit", "zone"), [("ms", "UTC"), ("us", "UTC"), ("us", None), ("ns", None)], ids=lambda value: str(value)
    )
    def test_timestamps_have_milliseconds_whatever_the_file_has(self, athena: Any, unit: str, zone: str | None) -> None:
        athena.table("t", {"at": "timestamp"})
        moment = datetime(2024, 12, 25, 1, 2, 3, 456_000, UTC)
        athena.put_parquet("t/1.parquet", pa.table({"at": pa.array([moment], pa.timestamp(unit, zone))}))
        assert athena.run("SELECT at FROM t").value == "2024-12-25 01:02:03.456"

    def test_nested_columns_are_read(self, athena: Any) -> None:
        athena.table("t", {"s": "struct<a:int,b:string>", "l": "array<bigint>", "m": "map<string,bigint>"})
        nested = pa.table(
            {
                "s": pa.array([{"a": 1, "b": "x"}], pa.struct([("a", pa.int32()), ("b", pa.string())])),
                "l": [[1, 2]],
                "m": pa.array([[("k", 3)]], pa.map_(pa.string(), pa.int64())),
            }
        )
        athena.put_parquet("t/1.parquet", nested)
        assert athena.run("SELECT s, l, m, s.b, m['k'] FROM t").rows == [["{a=1, b=x}", "[1, 2]", "{k=3}", "x", "3"]]


class TestJsonLines:
    def put(self, athena: Any, key: str, *rows: dict[str, Any]) -> None:
        body = "".join(json.dumps(row) + "\n" for row in rows).encode()
        athena.put(key, gzip.compress(body) if key.endswith(".gz") else body)

    def test_plain_and_gzip_objects_are_read_and_missing_fields_are_null(self, athena: Any) -> None:
        columns = {"generation": "string", "rows_by_day": "map<string,bigint>", "files": "array<struct<key:string>>"}
        athena.table("t", columns, serde=JSON)
        self.put(athena, "t/a.json", {"generation": "g1", "rows_by_day": {"2024-12-25": 3}, "unknown": [1]})
        self.put(athena, "t/b.json.gz", {"generation": "g2", "files": [{"key": "x"}]})
        rows = athena.run("SELECT * FROM t ORDER BY generation").rows
        assert rows == [["g1", "{2024-12-25=3}", None], ["g2", None, "[{key=x}]"]]

    def test_maps_and_arrays_of_rows_can_be_unnested(self, athena: Any) -> None:
        athena.table("t", {"m": "map<string,bigint>", "l": "array<struct<k:string,n:bigint>>"}, serde=JSON)
        self.put(athena, "t/a.json", {"m": {"a": 1, "b": 2}, "l": [{"k": "x", "n": 5}]})
        answer = athena.run(
            "SELECT day, n, k, x FROM t CROSS JOIN UNNEST(m) AS u(day, n) CROSS JOIN UNNEST(l) AS v(k, x)"
            " WHERE n >= 1 AND k = 'x' ORDER BY day"
        )
        assert answer.rows == [["a", "1", "x", "5"], ["b", "2", "x", "5"]], answer.reason

    def test_the_whole_object_is_scanned(self, athena: Any) -> None:
        athena.table("t", {"a": "bigint", "b": "string"}, serde=JSON)
        athena.put("t/a.json", b'{"a": 1, "b": "x"}\n')
        assert athena.run("SELECT a FROM t").scanned == 19

    @pytest.mark.parametrize(
        "line",
        ['{"a": "x"}', '{"a": 1.7}', '{"a": true}', '{"a": 9223372036854775808}', '{"a": 1, "a": 2}', "{broken", "[1]"],
    )
    def test_a_line_that_does_not_fit_fails(self, athena: Any, line: str) -> None:
        athena.table("t", {"a": "bigint"}, serde=JSON)
        athena.put("t/a.json", f'{{"a": 1}}\n{line}\n'.encode())
        answer = athena.run("SELECT sum(a) FROM t")
        assert answer.state == "FAILED"
        assert answer.reason.startswith(("HIVE_BAD_DATA", "INVALID_CAST_ARGUMENT"))
        assert str(athena.engine._access.of(ANYBODY).store.directory) not in answer.reason

    def test_a_key_in_other_case_is_refused_instead_of_read_as_null(self, athena: Any) -> None:
        athena.table("t", {"a": "bigint"}, serde=JSON)
        athena.put("t/a.json", b'{"A": 1}\n')
        assert athena.run("SELECT a FROM t").reason.startswith("NOT_SUPPORTED: the JSON key 'A'")

    def test_an_empty_object_has_no_rows(self, athena: Any) -> None:
        athena.table("t", {"a": "bigint"}, serde=JSON)
        athena.put("t/a.json", b"")
        assert athena.run("SELECT count(a) FROM t").value == "0"


def test_an_object_that_is_overwritten_is_read_anew(athena: Any) -> None:
    athena.table("t", {"a": "bigint"}, serde=JSON)
    for value in ("1", "2"):
        athena.put("t/a.json", f'{{"a": {value}}}\n'.encode())
        assert athena.run("SELECT a FROM t").value == value
