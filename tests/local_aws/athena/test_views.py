"""Views as Athena stores them, and queries over them."""

import base64
import json
from typing import Any

import pyarrow as pa
import pytest

from local_aws.athena.catalog import Catalog
from local_aws.athena.failures import QueryFailed
from local_aws.athena.views import athena_view_table_input, parse_view
from tests.local_aws.athena.conftest import JSON


def test_a_view_is_stored_as_athena_stores_it() -> None:
    columns = [("a", "string"), ("p", "decimal(12,2)"), ("at", "timestamp"), ("m", "map<string,bigint>")]
    entry = athena_view_table_input("v", "SELECT 1", columns, "db")
    encoded = entry["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    assert json.loads(base64.b64decode(encoded)) == {
        "originalSql": "SELECT 1",
        "catalog": "awsdatacatalog",
        "schema": "db",
        "columns": [
            {"name": "a", "type": "varchar"},
            {"name": "p", "type": "decimal(12,2)"},
            {"name": "at", "type": "timestamp(3)"},
            {"name": "m", "type": "map(varchar, bigint)"},
        ],
    }
    assert (entry["TableType"], entry["ViewExpandedText"]) == ("VIRTUAL_VIEW", "/* Presto View */")
    assert entry["Parameters"]["presto_view"] == "true"
    assert [column["Type"] for column in entry["StorageDescriptor"]["Columns"]] == [hive for _, hive in columns]
    assert entry["StorageDescriptor"]["SerdeInfo"] == {"Name": "-", "SerializationLibrary": "-"}


@pytest.mark.parametrize(
    "change",
    [
        {"ViewOriginalText": "SELECT 1"},
        {"ViewOriginalText": "/* Presto View: AAAA */"},
        {"StorageDescriptor": {"Columns": [{"Name": "b", "Type": "string"}]}},
    ],
    ids=["no Athena view", "no JSON in it", "other columns in the catalog"],
)
def test_a_view_that_is_not_athenas_is_refused(change: dict[str, Any]) -> None:
    entry = athena_view_table_input("v", "SELECT 1", [("a", "string")], "db") | change
    with pytest.raises(QueryFailed, match="INVALID_VIEW"):
        parse_view(entry, "db")


def test_a_view_is_created_queried_replaced_and_dropped(athena: Any) -> None:
    athena.events({"2024-12-25": 3, "2024-12-26": 5})
    create = (
        "VIEW purchases AS SELECT event_id, price * quantity AS value, day FROM events WHERE event_type = 'purchase'"
    )
    assert athena.run(f"CREATE {create}").state == "SUCCEEDED"
    entry = athena.glue.get_table(DatabaseName=athena.database, Name="purchases")["Table"]
    types = {column["Name"]: column["Type"] for column in entry["StorageDescriptor"]["Columns"]}
    assert types == {"event_id": "string", "value": "decimal(22,2)", "day": "string"}
    assert athena.run("SELECT sum(value), count(*) FROM purchases").rows == [["40.04", "2"]]
    assert athena.run(f"CREATE {create}").reason.startswith("ALREADY_EXISTS")
    assert athena.run("CREATE OR REPLACE VIEW purchases AS SELECT 1 AS one").state == "SUCCEEDED"
    assert athena.run("SELECT * FROM purchases").value == "1"
    assert athena.run("SHOW CREATE VIEW purchases").rows[-1] == ["SELECT 1 AS one"]
    assert athena.run("DROP VIEW purchases").state == "SUCCEEDED"
    assert athena.run("DROP VIEW purchases").reason.startswith("TABLE_NOT_FOUND")
    assert athena.run("DROP VIEW IF EXISTS purchases").state == "SUCCEEDED"


def test_conditions_reach_the_table_behind_nested_views(athena: Any) -> None:
    athena.events({"2024-12-25": 3, "2024-12-26": 5})
    athena.run("CREATE VIEW inner_view AS SELECT * FROM events WHERE event_type <> 'error'")
    athena.run("CREATE VIEW outer_view AS SELECT event_id, year, month, day AS d FROM inner_view")
    one = athena.run("SELECT count(event_id) FROM outer_view WHERE d = '25'")
    assert one.value == "3"
    assert one.scanned < athena.run("SELECT count(event_id) FROM outer_view").scanned


def test_a_views_names_are_those_of_its_own_database(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    athena.run("CREATE VIEW v AS SELECT count(*) AS n FROM events")
    sql = f'WITH events AS (SELECT 1 AS x) SELECT n FROM "AwsDataCatalog"."{athena.database.upper()}"."V", events'
    assert athena.run(sql, QueryExecutionContext={"Database": "default"}).value == "3"


def test_views_that_name_each_other_fail(athena: Any) -> None:
    athena.run("CREATE VIEW a AS SELECT 1 AS x")
    athena.run("CREATE VIEW b AS SELECT x FROM a")
    athena.run("CREATE OR REPLACE VIEW a AS SELECT x FROM b")
    assert athena.run("SELECT * FROM b").reason.startswith("INVALID_VIEW: views are nested")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE VIEW v AS SELECT 1", "COLUMN_NAME_NOT_SPECIFIED: line 1:1: Column name not specified at position 1"),
        ("CREATE VIEW v AS SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME"),
        ("CREATE VIEW v AS SELECT x FROM nowhere", "TABLE_NOT_FOUND"),
        ("CREATE VIEW nosuchdb.v AS SELECT 1 AS a", "SCHEMA_NOT_FOUND"),
        ("CREATE VIEW v AS DROP VIEW w", "SYNTAX_ERROR"),
    ],
)
def test_a_view_that_athena_refuses_is_not_stored(athena: Any, sql: str, reason: str) -> None:
    assert athena.run(sql).reason.startswith(reason)
    assert athena.glue.get_tables(DatabaseName=athena.database)["TableList"] == []


def test_a_table_is_neither_dropped_nor_replaced_as_a_view(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    assert athena.run("DROP VIEW events").state == "FAILED"
    assert athena.run("CREATE OR REPLACE VIEW events AS SELECT 1 AS a").reason.startswith("ALREADY_EXISTS")
    assert athena.run("SELECT count(*) FROM events").value == "3"


class TestPublishedGenerations:
    """DESIGN section 5: the table's readers see the generations that the current snapshot names."""

    def build(self, athena: Any) -> None:
        athena.table("generations", {"event_id": "string", "generation": "string"}, {"day": "string"})
        for day in ("24", "25"):
            athena.partition("generations", day, location=f"s3://{athena.bucket}/g/day={day}/")
            for generation in ("g1", "g2"):
                rows = pa.table({"event_id": [f"{day}-{generation}"], "generation": [generation]})
                athena.put_parquet(f"g/day={day}/{generation}.parquet", rows)
        athena.table("published", {"generation": "string", "kind": "string"}, serde=JSON)
        for snapshot, generation in (("p1", "g1"), ("p2", "g2")):
            lines = [{"generation": generation, "kind": "main"}, {"generation": "other", "kind": "retired"}]
            body = "".join(json.dumps(line) + "\n" for line in lines).encode()
            athena.put(f"snapshots/{snapshot}/published.json", body)
        sql = (
            "SELECT * FROM generations WHERE generation IN"
            " (SELECT generation FROM published WHERE kind IN ('main', 'late', 'live'))"
        )
        assert athena.run(f"CREATE VIEW events AS {sql}").state == "SUCCEEDED"

    def point(self, athena: Any, snapshot: str) -> None:
        entry = athena.glue.get_table(DatabaseName=athena.database, Name="published")["Table"]
        entry["StorageDescriptor"]["Location"] = f"s3://{athena.bucket}/snapshots/{snapshot}/"
        update = {name: entry[name] for name in ("Name", "TableType", "Parameters", "StorageDescriptor")}
        athena.glue.update_table(DatabaseName=athena.database, TableInput=update)

    def test_moving_the_pointer_changes_what_is_visible_in_all_days(self, athena: Any) -> None:
        self.build(athena)
        for snapshot, generation in (("p1", "g1"), ("p2", "g2")):
            self.point(athena, snapshot)
            answer = athena.run("SELECT event_id FROM events ORDER BY 1")
            assert answer.rows == [[f"24-{generation}"], [f"25-{generation}"]]

    def test_partitions_are_pruned_through_the_view(self, athena: Any) -> None:
        self.build(athena)
        self.point(athena, "p1")
        one = athena.run("SELECT count(*) FROM events WHERE day = '25'")
        assert one.value == "1"
        assert one.scanned < athena.run("SELECT count(*) FROM events").scanned

    def test_a_query_that_names_the_view_twice_reads_one_snapshot(self, athena: Any, monkeypatch: Any) -> None:
        self.build(athena)
        self.point(athena, "p1")
        original = Catalog.entry

        def moving(self_: Catalog, database: str, name: str, node: Any = None) -> dict[str, Any]:
            entry = original(self_, database, name, node)
            if name == "published":
                self.point(athena, "p2")
            return entry

        monkeypatch.setattr(Catalog, "entry", moving)
        answer = athena.run(
            "SELECT a.event_id, b.event_id FROM events AS a JOIN events AS b ON a.day = b.day ORDER BY 1"
        )
        assert answer.rows == [["24-g1", "24-g1"], ["25-g1", "25-g1"]]
