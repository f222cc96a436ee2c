"""What a Parquet footer says: whether its types fit the catalog's, and how many bytes each column takes.

A catalog type is never silently cast to: widening within a family as Athena does it (int to bigint, float to double)
is read, everything else is HIVE_BAD_DATA, as in Athena. Columns go by name, in any case; a missing one reads NULL.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from local_aws.athena.failures import QueryFailed
from local_aws.athena.types import TRINO, D, decimal_size, kind, spelled

Accepts = Callable[[Any, exp.DataType], bool]
INTEGERS: dict[exp.DType, tuple[pa.DataType, ...]] = {
    D.TINYINT: (pa.int8(),),
    D.SMALLINT: (pa.int8(), pa.int16()),
    D.INT: (pa.int8(), pa.int16(), pa.int32()),
    D.BIGINT: (pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    D.FLOAT: (pa.float32(),),
    D.DOUBLE: (pa.float32(), pa.float64()),
    D.BOOLEAN: (pa.bool_(),),
    D.DATE: (pa.date32(),),
    D.BINARY: (pa.binary(),),
    D.VARBINARY: (pa.binary(),),
}
TEXTS = frozenset({D.TEXT, D.VARCHAR})


@dataclass(frozen=True)
class Footer:
    """``columns`` by lower-cased name: the name in the file and its Arrow type; ``sizes``: compressed bytes."""

    columns: Mapping[str, tuple[str, Any]]
    sizes: Mapping[str, int]
    rows: int

    def scanned(self, names: Iterable[str]) -> int:
        return sum(self.sizes.get(name, 0) for name in names)


@lru_cache(maxsize=4096)  # paths hold the ETag, so a footer never changes
def read_footer(path: Path, uri: str) -> Footer:
    try:
        with pq.ParquetFile(path) as file:
            return Footer(_columns(file.schema_arrow), _sizes(file.metadata), file.metadata.num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise QueryFailed("HIVE_BAD_DATA", f"Not valid Parquet file: {uri}: {error}") from error


def _columns(schema: Any) -> dict[str, tuple[str, Any]]:
    return {item.name.lower(): (item.name, item.type) for item in schema}


def _sizes(metadata: Any) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for group in (metadata.row_group(number) for number in range(metadata.num_row_groups)):
        for chunk in (group.column(number) for number in range(group.num_columns)):
            name = chunk.path_in_schema.split(".")[0].lower()
            sizes[name] = sizes.get(name, 0) + chunk.total_compressed_size
    return sizes


def require_fit(footer: Footer, name: str, declared: exp.DataType, uri: str) -> None:
    """Fails with HIVE_BAD_DATA where the file's type for the column is none that Athena reads as the catalog's."""
    found = footer.columns.get(name)
    if found and not fits(found[1], declared):
        raise QueryFailed(
            "HIVE_BAD_DATA",
            f"Field {name}'s type {found[1]} in parquet file {uri} is incompatible with type"
            f" {spelled(declared, TRINO)} defined in table schema",
        )


def fits(found: Any, declared: exp.DataType) -> bool:
    """Whether Athena reads the file's (Arrow) type as the declared one without changing a value."""
    wanted = kind(declared)
    if wanted in TEXTS:
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    if wanted in INTEGERS:
        return found in INTEGERS[wanted]
    if wanted == D.TIMESTAMP:
        return bool(pa.types.is_timestamp(found))
    if wanted == D.DECIMAL:
        return bool(pa.types.is_decimal(found)) and _holds(found, *decimal_size(declared))
    return _nested_fits(found, wanted, declared)


def _holds(found: Any, precision: int, scale: int) -> bool:
    return bool(found.scale == scale and found.precision <= precision)


def _nested_fits(found: Any, wanted: exp.DType, declared: exp.DataType) -> bool:
    inner = declared.expressions
    if wanted in (D.ARRAY, D.LIST):
        return bool(pa.types.is_list(found)) and fits(found.value_type, inner[0])
    if wanted == D.MAP:
        return bool(pa.types.is_map(found)) and fits(found.key_type, inner[0]) and fits(found.item_type, inner[1])
    if wanted == D.STRUCT and pa.types.is_struct(found):
        fields = {found.field(number).name.lower(): found.field(number).type for number in range(found.num_fields)}
        same = list(fields) == [part.name.lower() for part in inner]  # DuckDB casts a struct by position
        return same and all(fits(fields[part.name.lower()], part.args["kind"]) for part in inner)
    return False
