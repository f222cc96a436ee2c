"""Which Glue tables Athena reads here."""

from typing import Any

import pytest

from local_aws.athena.catalog import read_table
from local_aws.athena.failures import QueryFailed
from tests.local_aws.athena.conftest import JSON, PARQUET


def entry(serde: str = PARQUET, column: str = "string", location: str = "s3://b/t/", **changes: Any) -> dict[str, Any]:
    descriptor = {
        "Columns": [{"Name": "Event_Id", "Type": column}],
        "Location": location,
        "SerdeInfo": {"SerializationLibrary": serde},
    }
    return {"Name": "T", "StorageDescriptor": descriptor, "PartitionKeys": [{"Name": "Day", "Type": "date"}]} | changes


@pytest.mark.parametrize(("serde", "kind"), [(PARQUET, "parquet"), (JSON, "json")])
def test_names_are_lower_case_and_keys_come_last(serde: str, kind: str) -> None:
    table = read_table(entry(serde), "db")
    assert (table.name, table.format, table.schema) == ("t", kind, {"event_id": "VARCHAR", "day": "DATE"})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (entry(serde="org.apache.hadoop.hive.serde2.OpenCSVSerde"), "NOT_SUPPORTED: table db.T with SerDe"),
        (entry(serde=""), "NOT_SUPPORTED"),
        (entry(Parameters={"table_type": "ICEBERG"}), "NOT_SUPPORTED"),
        (entry(column="char(3)"), r"NOT_SUPPORTED: type 'char\(3\)'"),
        (entry(location=""), "HIVE_METASTORE_ERROR: table db.T has no s3:// location"),
    ],
    ids=["CSV", "no SerDe", "Iceberg", "type", "location"],
)
def test_a_table_that_is_not_supported_is_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(QueryFailed, match=reason):
        read_table(changed, "db")


def test_a_table_is_looked_up_once_per_query(athena: Any) -> None:
    from local_aws.athena.catalog import Catalog
    from local_aws.clock import Clock

    athena.events({})
    catalog = Catalog(athena.glue, Clock())
    table = catalog.resolve(athena.database, "events")
    athena.glue.delete_table(DatabaseName=athena.database, Name="events")
    assert catalog.resolve(athena.database.upper(), "EVENTS") is table
