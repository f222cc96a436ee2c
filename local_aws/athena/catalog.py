"""Tables and views as the Glue catalog has them; each is fetched once per query, so a query reads one location.

Supports: Parquet (ParquetHiveSerDe) and JSON lines (org.openx and Hive JsonSerDe; keys in lower case; a key that is not
fails the query, but inside nested values, where case counts), registered partitions, partition projection, views.
Does not support: CSV, ORC, Avro, Iceberg, Hudi, Delta, bucketing, resource links, other catalogs.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.exceptions import ClientError
from sqlglot import exp

from local_aws.athena.failures import failed, not_supported
from local_aws.athena.projection import project_partitions
from local_aws.athena.types import parse_type
from local_aws.athena.views import View, parse_view
from local_aws.clock import Clock

CATALOG = "awsdatacatalog"
PATH_COLUMN = "$path"
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
Format = Literal["parquet", "json"]
FORMATS: dict[str, Format] = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": "parquet",
    "org.openx.data.jsonserde.JsonSerDe": "json",
    "org.apache.hive.hcatalog.data.JsonSerDe": "json",
}


@dataclass(frozen=True)
class Column:
    name: str
    type: exp.DataType = field(compare=False)
    hive: str


@dataclass(frozen=True)
class Partition:
    """``values`` as the catalog has them (text, None for Hive's default partition), in the order of the keys."""

    values: tuple[str | None, ...]
    location: str


@dataclass(frozen=True)
class Table:
    database: str
    name: str
    columns: tuple[Column, ...]
    keys: tuple[Column, ...]
    location: str
    format: Format
    parameters: dict[str, str] = field(compare=False)

    @property
    def schema(self) -> dict[str, str]:
        """Column name to Trino type, partition keys last, as ``SELECT *`` shows them."""
        return {column.name: column.type.sql("trino") for column in (*self.columns, *self.keys)}


class Catalog:
    """What one query sees of the Glue catalog. Not thread-safe: one per query."""

    def __init__(self, glue: Any, clock: Clock) -> None:
        self.glue = glue
        self._clock = clock
        self._seen: dict[tuple[str, str], Table | View] = {}

    def resolve(self, database: str, name: str, node: exp.Expr | None = None) -> Table | View:
        """The table or view; fails with SCHEMA_NOT_FOUND or TABLE_NOT_FOUND, and on formats that are not supported."""
        key = (database.lower(), name.lower())
        if key not in self._seen:
            self._seen[key] = self._read(*key, node)
        return self._seen[key]

    def _read(self, database: str, name: str, node: exp.Expr | None) -> Table | View:
        entry = self.entry(database, name, node)
        if entry.get("TableType") == "VIRTUAL_VIEW":
            return parse_view(entry, database)
        return read_table(entry, database)

    def entry(self, database: str, name: str, node: exp.Expr | None = None) -> dict[str, Any]:
        """Glue's own description of the table (GetTable)."""
        try:
            return dict(self.glue.get_table(DatabaseName=database, Name=name)["Table"])
        except self.glue.exceptions.EntityNotFoundException:
            self.require_database(database, node)
            text = f"Table '{CATALOG}.{database}.{name}' does not exist"
            raise failed("TABLE_NOT_FOUND", text, node) from None

    def require_database(self, database: str, node: exp.Expr | None = None) -> None:
        try:
            self.glue.get_database(Name=database)
        except self.glue.exceptions.EntityNotFoundException:
            raise failed("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", node) from None

    def partitions(self, table: Table) -> list[Partition]:
        """Projected ones where the table says so, else the registered ones; one without values if unpartitioned."""
        if not table.keys:
            return [Partition((), table.location)]
        if table.parameters.get("projection.enabled", "").lower() == "true":
            keys = [key.name for key in table.keys]
            projected = project_partitions(keys, table.parameters, table.location, self._clock.now())
            return [Partition(values, location) for values, location in projected]
        pages = self.glue.get_paginator("get_partitions").paginate(DatabaseName=table.database, TableName=table.name)
        return [_read_partition(entry) for page in pages for entry in page["Partitions"]]

    def register(self, table: Table, partition: Partition) -> bool:
        """Adds the partition to the catalog; False where it is there already."""
        descriptor = self.entry(table.database, table.name)["StorageDescriptor"] | {"Location": partition.location}
        values = [HIVE_NULL if value is None else value for value in partition.values]
        entry = {"Values": values, "StorageDescriptor": descriptor}
        try:
            self.glue.create_partition(DatabaseName=table.database, TableName=table.name, PartitionInput=entry)
        except self.glue.exceptions.AlreadyExistsException:
            return False
        except ClientError as error:
            raise failed("HIVE_METASTORE_ERROR", str(error)) from error
        return True


def _read_partition(entry: dict[str, Any]) -> Partition:
    values = tuple(None if value == HIVE_NULL else value for value in entry["Values"])
    return Partition(values, entry["StorageDescriptor"]["Location"])


def read_table(entry: dict[str, Any], database: str) -> Table:
    """A Glue table as a :class:`Table`; refuses a SerDe, a column type or a location that is not supported."""
    descriptor = entry.get("StorageDescriptor", {})
    serde = descriptor.get("SerdeInfo", {}).get("SerializationLibrary", "")
    name = f"{database}.{entry['Name']}"
    if serde not in FORMATS or entry.get("Parameters", {}).get("table_type", "").upper() == "ICEBERG":
        raise not_supported(f"table {name} with SerDe {serde!r}: expected one of {sorted(FORMATS)}, it")
    if not descriptor.get("Location", "").startswith("s3://"):
        raise failed("HIVE_METASTORE_ERROR", f"table {name} has no s3:// location: {descriptor.get('Location')!r}")
    return Table(
        database=database,
        name=entry["Name"].lower(),
        columns=_columns(descriptor.get("Columns", [])),
        keys=_columns(entry.get("PartitionKeys", [])),
        location=descriptor["Location"],
        format=FORMATS[serde],
        parameters=entry.get("Parameters", {}),
    )


def _columns(entries: list[dict[str, str]]) -> tuple[Column, ...]:
    return tuple(Column(entry["Name"].lower(), parse_type(entry["Type"]), entry["Type"]) for entry in entries)
