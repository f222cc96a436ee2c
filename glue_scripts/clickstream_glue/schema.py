"""The Spark schema that follows from the event contract."""

import re

from pyspark.sql import types as t

from clickstream.contract import Contract

_SIMPLE = {
    "string": t.StringType(),
    "int": t.IntegerType(),
    "boolean": t.BooleanType(),
    "date": t.DateType(),
    "timestamp": t.TimestampType(),
}


def spark_type(hive_type: str) -> t.DataType:
    """The Spark type of a Hive type of the contract, or ValueError."""
    if hive_type in _SIMPLE:
        return _SIMPLE[hive_type]
    match = re.fullmatch(r"decimal\((\d+),(\d+)\)", hive_type)
    if not match:
        raise ValueError(f"event_contract.json: no Spark type for {hive_type!r}; add it to {__name__}")
    return t.DecimalType(int(match[1]), int(match[2]))


def spark_schema(contract: Contract) -> t.StructType:
    """The table's columns, in the contract's order, partition keys left out."""
    return t.StructType([t.StructField(column.name, spark_type(column.type)) for column in contract.table_columns])
