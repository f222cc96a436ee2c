"""The catalog's tables from the contract, derived in Python: what Terraform's must be, as Glue TableInputs."""

from collections.abc import Iterable
from typing import Any

from clickstream.contract import load_contract
from clickstream.settings import Settings, prefix, table
from clickstream.snapshots import VISIBLE_KINDS
from local_aws.athena.views import athena_view_table_input

Columns = list[tuple[str, str]]

_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
_JSON = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
}
_PUBLISHED: Columns = [("generation", "string"), ("kind", "string"), ("day", "string"), ("run_id", "string")]
_LEDGERS: Columns = [
    ("run_id", "string"), ("arrival_day", "string"), ("contract_version", "int"), ("written_at", "string"),
    ("lines", "bigint"), ("split", "bigint"), ("blank", "bigint"), ("accepted", "bigint"), ("main_rows", "bigint"),
    ("duplicates", "bigint"), ("conflicting", "bigint"), ("quarantined", "map<string,bigint>"),
]  # fmt: skip
_CHECK = "struct<name:string,value:double,minimum:double,maximum:double,severity:string,verdict:string>"
_QUALITY: Columns = [
    ("run_id", "string"), ("arrival_day", "string"), ("checked_at", "string"), ("query_id", "string"),
    ("checks", f"array<{_CHECK}>"),
]  # fmt: skip
# Not the line itself: it may hold an address. Who may read the raw bucket finds it there, beside these columns.
_QUARANTINE: Columns = [
    ("reason", "string"), ("field", "string"), ("source_object", "string"), ("line_bytes", "bigint"),
    ("run_id", "string"),
]  # fmt: skip
QUARANTINE_LINES = "clickstream_quarantine_lines"  # what the view clickstream_quarantine reads


def table_inputs(settings: Settings) -> Iterable[dict[str, Any]]:
    """Every table, then the views over them."""
    contract = load_contract()
    events = [(column.name, column.type) for column in contract.table_columns]
    keys = [(key, "string") for key in contract.partition_keys]
    raw, work = settings.raw_uri, settings.work_uri
    yield _table(table("generations"), events, settings.processed_uri, _PARQUET, keys)
    yield _table(table("published"), _PUBLISHED, f"{work}{prefix('snapshots')}initial/", _JSON)
    yield _by_date(table("candidates"), events, f"{work}{prefix('candidates')}", _PARQUET, "day")
    yield _by_date(table("ledgers"), _LEDGERS, f"{work}{prefix('ledgers')}", _JSON, "arrival_date")
    yield _by_date(table("quality"), _QUALITY, f"{work}{prefix('quality')}", _JSON, "arrival_date")
    yield _by_date(QUARANTINE_LINES, _QUARANTINE, f"{raw}{prefix('quarantine')}", _JSON, "arrival_date")
    database = settings.name("database")
    yield athena_view_table_input(table("events"), _events_view(events, keys), [*events, *keys], database)
    quarantine = [*_QUARANTINE, ("arrival_date", "string")]
    yield athena_view_table_input(table("quarantine"), _quarantine_view(quarantine), quarantine, database)


def _events_view(columns: Columns, keys: Columns) -> str:
    names = ", ".join(name for name, _ in [*columns, *keys])
    kinds = ", ".join(f"'{kind}'" for kind in VISIBLE_KINDS)
    return (
        f"SELECT {names} FROM {table('generations')} "
        f"WHERE generation IN (SELECT generation FROM {table('published')} WHERE kind IN ({kinds}))"
    )


def _quarantine_view(columns: Columns) -> str:
    names = ", ".join(name for name, _ in columns)
    return (
        f"SELECT {names} FROM {QUARANTINE_LINES} "
        f"WHERE run_id IN (SELECT run_id FROM {table('published')} WHERE kind = 'main')"
    )


def _table(
    name: str, columns: Columns, location: str, form: dict[str, Any], keys: Columns | None = None
) -> dict[str, Any]:
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE"},
        "PartitionKeys": _glue(keys or []),
        "StorageDescriptor": {"Columns": _glue(columns), "Location": location, **form},
    }


def _by_date(name: str, columns: Columns, location: str, form: dict[str, Any], key: str) -> dict[str, Any]:
    """A table with one folder per day, computed (partition projection) instead of registered."""
    made = _table(name, columns, location, form, [(key, "string")])
    made["Parameters"] |= {
        "projection.enabled": "true",
        f"projection.{key}.type": "date",
        f"projection.{key}.format": "yyyy-MM-dd",
        f"projection.{key}.range": "2015-01-01,NOW+2DAYS",
        "storage.location.template": f"{location}{key}=${{{key}}}/",
    }
    return made


def _glue(columns: Columns) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind in columns]
