"""Parquet of the contract's columns, from rows that say only what a test is about."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clickstream.contract import load_contract

_TYPES = {
    "string": pa.string(),
    "int": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("ms"),
}


def arrow_schema() -> pa.Schema:
    return pa.schema([(column.name, _arrow(column.type)) for column in load_contract().table_columns])


def row(event_id: str, happened: datetime, arrived: date, generation: str, **values: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "event_type": "page_view",
        "event_timestamp": happened,
        "session_id": "s1",
        "arrival_date": arrived,
        "source_object": "s3://raw/a.gz",
        "generation": generation,
        "price": Decimal("1.50"),
        **values,
    }


def parquet(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema()), buffer)
    return buffer.getvalue()


def _arrow(hive: str) -> pa.DataType:
    if hive.startswith("decimal"):
        return pa.decimal128(*(int(digits) for digits in hive[len("decimal(") : -1].split(",")))
    return _TYPES[hive]
