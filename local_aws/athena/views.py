"""Views as Athena stores them in the Glue catalog: a VIRTUAL_VIEW whose text is base64 of a JSON.

Supports: plain views, nested. Does not support: multi-dialect (protected) views, materialized views.
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.athena.failures import QueryFailed
from local_aws.athena.types import TRINO, parse_type, spelled

STORED = re.compile(r"/\* Presto View: ([A-Za-z0-9+/=\s]+) \*/")
CATALOG = "awsdatacatalog"


@dataclass(frozen=True)
class View:
    """``sql`` is to be read with ``schema`` as its database; ``columns`` are (name, Trino type)."""

    database: str
    name: str
    sql: str
    schema: str
    columns: tuple[tuple[str, str], ...]


def athena_view_table_input(name: str, sql: str, columns: list[tuple[str, str]], database: str) -> dict[str, Any]:
    """The Glue TableInput of a view. ``columns`` are (name, Hive type) in the order of the query's columns."""
    trino = [{"name": column, "type": spelled(parse_type(hive), TRINO)} for column, hive in columns]
    stored = {"originalSql": sql, "catalog": CATALOG, "schema": database, "columns": trino}
    encoded = base64.b64encode(json.dumps(stored).encode()).decode()
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": hive} for column, hive in columns],
            "Location": "",
            # A missing or empty serde block broke queries on AWS (terraform-provider-aws issue 28517).
            "SerdeInfo": {"Name": "-", "SerializationLibrary": "-"},
        },
    }


def parse_view(entry: dict[str, Any], database: str) -> View:
    """The view that a Glue table holds; INVALID_VIEW where the text is not Athena's."""
    name = entry["Name"]
    text = STORED.fullmatch(entry.get("ViewOriginalText", "").strip())
    if not text:
        raise QueryFailed("INVALID_VIEW", f"view {database}.{name}: expected '/* Presto View: <base64> */' as its text")
    try:
        stored = json.loads(base64.b64decode(text[1], validate=True))
        columns = tuple((column["name"].lower(), column["type"]) for column in stored["columns"])
        _same_columns(entry, [column for column, _ in columns])
        return View(database, name, stored["originalSql"], stored.get("schema", database).lower(), columns)
    except (ValueError, KeyError, TypeError) as error:
        raise QueryFailed("INVALID_VIEW", f"view {database}.{name} cannot be read: {error}") from error


def _same_columns(entry: dict[str, Any], stored: Sequence[str]) -> None:
    listed = [column["Name"].lower() for column in entry.get("StorageDescriptor", {}).get("Columns", [])]
    if listed != list(stored):
        raise ValueError(f"its catalog columns {listed} are not the {list(stored)} of its text")
