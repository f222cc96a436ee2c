"""One type, four spellings: Hive's (catalog), Trino's (messages), DuckDB's (execution), Athena's (result metadata).

Supports: boolean, tinyint .. bigint, float, double, decimal, string, varchar, binary, date, timestamp (milliseconds),
array, map, struct. Does not support: char, interval, uniontype; anything else fails with NOT_SUPPORTED.
"""

from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_aws.athena.failures import not_supported

D = exp.DType
# DType -> (Trino, Hive). Parameters and element types are added by `spelled`.
NAMES: dict[exp.DType, tuple[str, str]] = {
    D.BOOLEAN: ("boolean", "boolean"),
    D.TINYINT: ("tinyint", "tinyint"),
    D.SMALLINT: ("smallint", "smallint"),
    D.INT: ("integer", "int"),
    D.BIGINT: ("bigint", "bigint"),
    D.FLOAT: ("real", "float"),
    D.DOUBLE: ("double", "double"),
    D.DECIMAL: ("decimal", "decimal"),
    D.VARCHAR: ("varchar", "string"),
    D.TEXT: ("varchar", "string"),
    D.JSON: ("json", "string"),
    D.VARBINARY: ("varbinary", "binary"),
    D.BINARY: ("varbinary", "binary"),
    D.DATE: ("date", "date"),
    D.TIMESTAMP: ("timestamp(3)", "timestamp"),
    D.TIMESTAMPTZ: ("timestamp(3) with time zone", "timestamp"),
    D.ARRAY: ("array", "array"),
    D.LIST: ("array", "array"),
    D.MAP: ("map", "map"),
    D.STRUCT: ("row", "struct"),
}
# DuckDB's wider or unsigned integers, and its untyped NULL, as Trino has them.
NORMAL = {
    D.INT128: D.BIGINT,
    D.UINT128: D.BIGINT,
    D.UBIGINT: D.BIGINT,
    D.UINT: D.BIGINT,
    D.USMALLINT: D.INT,
    D.UTINYINT: D.SMALLINT,
    D.NULL: D.VARCHAR,
    D.TIMESTAMP_S: D.TIMESTAMP,
    D.TIMESTAMP_MS: D.TIMESTAMP,
    D.TIMESTAMP_NS: D.TIMESTAMP,
    D.TIMESTAMPNTZ: D.TIMESTAMP,
}
INTEGERS = (D.TINYINT, D.SMALLINT, D.INT, D.BIGINT)
TRINO, HIVE = 0, 1
# Precision that ResultSetMetadata gives; the others have 0.
PRECISIONS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "float": 17, "double": 17, "timestamp": 3}
TEXT_PRECISION = 2147483647


def parse_type(text: str, dialect: str = "hive") -> exp.DataType:
    """The type that a catalog column (``hive``), a view (``trino``) or DuckDB names; refuses what is not supported."""
    if text == '"NULL"':  # DuckDB's name for the type of an untyped NULL
        return exp.DataType(this=D.NULL)
    try:
        parsed = exp.DataType.build(text, dialect=dialect)
    except SqlglotError as error:
        raise not_supported(f"type {text!r}") from error
    _require_known(parsed, text)
    return parsed


def _require_known(parsed: exp.DataType, text: str) -> None:
    for part in parsed.find_all(exp.DataType):
        if NORMAL.get(part.this, part.this) not in NAMES:
            raise not_supported(f"type {text!r}")


def kind(data_type: exp.DataType) -> exp.DType:
    found: exp.DType = data_type.this
    return NORMAL.get(found, found)


def spelled(data_type: exp.DataType, how: int) -> str:
    """The type in Trino's (``TRINO``) or Hive's (``HIVE``) words."""
    name, inner = NAMES[kind(data_type)][how], data_type.expressions
    opening, closing = ("(", ")") if how == TRINO else ("<", ">")
    match kind(data_type):
        case D.DECIMAL:
            precision, scale = decimal_size(data_type)
            return f"{name}({precision},{scale})"
        case D.STRUCT:
            gap = " " if how == TRINO else ":"
            fields = (f"{field.name}{gap}{spelled(field.args['kind'], how)}" for field in inner)
            return f"{name}{opening}{(', ' if how == TRINO else ',').join(fields)}{closing}"
        case D.ARRAY | D.LIST | D.MAP:
            return f"{name}{opening}{(', ' if how == TRINO else ',').join(spelled(t, how) for t in inner)}{closing}"
    return name


def decimal_size(data_type: exp.DataType) -> tuple[int, int]:
    """(precision, scale); a bare ``decimal`` is Hive's and Trino's decimal(38,0)."""
    sizes = [int(part.name) for part in data_type.expressions]
    return (sizes[0] if sizes else 38, sizes[1] if len(sizes) > 1 else 0)


def duckdb_type(data_type: exp.DataType) -> str:
    """As DuckDB declares it; Trino's timestamp(n) is one type there."""
    return data_type.transform(_without_precision).sql("duckdb")


def _without_precision(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.DataType) and node.this in (D.TIMESTAMP, D.TIMESTAMPTZ, D.VARCHAR):
        return exp.DataType(this=node.this)
    return node


def athena_column(name: str, data_type: exp.DataType) -> dict[str, Any]:
    """One ColumnInfo of ResultSetMetadata."""
    base = NAMES[kind(data_type)][TRINO].replace("(3)", "").replace("real", "float")
    precision, scale = decimal_size(data_type) if base == "decimal" else (PRECISIONS.get(base, 0), 0)
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": base,
        "Precision": TEXT_PRECISION if base == "varchar" else precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": base == "varchar",
    }
