"""INSERT INTO a Parquet table: one file per partition, new partitions registered, a manifest of what was written.

Supports: INSERT INTO t [(columns)] SELECT | VALUES, partition columns last, at most 100 partitions. A failing insert
may leave files, as in Athena. Does not support: other formats, INSERT OVERWRITE, bucketing.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from secrets import choice
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from local_aws.athena.catalog import Column, Partition, Table
from local_aws.athena.context import Outcome, QueryContext
from local_aws.athena.ddl import partition_location, split_name
from local_aws.athena.failures import QueryFailed, not_supported
from local_aws.athena.grammar import as_query, require_known
from local_aws.athena.relations import quoted
from local_aws.athena.select import create_scans, types_of
from local_aws.athena.translate import translate
from local_aws.athena.types import TRINO, D, decimal_size, duckdb_type, kind, spelled
from local_aws.athena.typing import RANKS, as_decimal
from local_aws.athena.views import View

MAX_PARTITIONS = 100
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
TEXTS = frozenset({D.TEXT, D.VARCHAR})
DEFAULT_COMPRESSION = "GZIP"  # what Athena writes when the table does not say
SERIAL = count()


def run_insert(statement: exp.Insert, context: QueryContext) -> Outcome:
    """Adds the query's rows to the table; the manifest lists the files, one URI a line."""
    table, columns = _target(statement, context)
    query = as_query(statement.expression)
    if not isinstance(query, exp.Query):
        raise not_supported("INSERT of anything but a query or VALUES")
    require_known(query)
    translated = translate(query, context.catalog, context.database)
    with context.duckdb() as connection:
        scanned = create_scans(translated, connection, context)
        _require_coercible(columns, types_of(translated, connection.sql(translated.sql)))
        names = ", ".join(quoted(column.name) for column in columns)
        connection.execute(f"CREATE TEMP TABLE given AS SELECT * FROM ({translated.sql}) AS q({names})")  # noqa: S608
        given = {column.name for column in columns}
        connection.execute(f"CREATE TEMP TABLE incoming AS SELECT {_casts(table, given)} FROM given")  # noqa: S608
        written = list(_write(table, connection, context))
    return _outcome(written, scanned, context)


def _target(statement: exp.Insert, context: QueryContext) -> tuple[Table, list[Column]]:
    extra = {name for name, value in statement.args.items() if value} - {"this", "expression", "with_"}
    if extra or statement.args.get("with_"):
        raise not_supported(f"INSERT with {sorted(extra) or 'WITH before it'}")
    target = statement.this
    node = target.this if isinstance(target, exp.Schema) else target
    database, name = split_name(".".join(part.name for part in node.parts), context)
    table = context.catalog.resolve(database, name, node)
    if isinstance(table, View) or table.format != "parquet":
        raise not_supported(f"INSERT INTO {database}.{name}, which is no Parquet table; it")
    every = [*table.columns, *table.keys]
    if not isinstance(target, exp.Schema):
        return table, every
    return table, [_named(every, item.name.lower(), table) for item in target.expressions]


def _named(columns: list[Column], name: str, table: Table) -> Column:
    for column in columns:
        if column.name == name:
            return column
    raise QueryFailed("COLUMN_NOT_FOUND", f"Insert column name does not exist in target table: {name} ({table.name})")


def _require_coercible(columns: Sequence[Column], types: Sequence[exp.DataType]) -> None:
    if len(columns) == len(types) and all(coercible(t, c.type) for c, t in zip(columns, types, strict=True)):
        return
    ours = ", ".join(spelled(column.type, TRINO) for column in columns)
    theirs = ", ".join(spelled(found, TRINO) if kind(found) != D.UNKNOWN else "unknown" for found in types)
    message = f"Insert query has mismatched column types: Table: [{ours}], Query: [{theirs}]"
    raise QueryFailed("TYPE_MISMATCH", message)


def coercible(found: exp.DataType, wanted: exp.DataType) -> bool:
    """Whether Trino coerces without a CAST and without losing anything."""
    given, target = kind(found), kind(wanted)
    if found.this == D.NULL or (given in TEXTS and target in TEXTS):
        return True
    size = as_decimal(found)
    if target == D.DECIMAL and size:
        precision, scale = decimal_size(wanted)
        return size[1] <= scale and size[0] - size[1] <= precision - scale
    if given in RANKS and target in RANKS:
        return RANKS.index(given) <= RANKS.index(target)
    return given == target and spelled(found, TRINO) == spelled(wanted, TRINO)


def _casts(table: Table, given: set[str]) -> str:
    return ", ".join(
        f"CAST({quoted(c.name) if c.name in given else 'NULL'} AS {duckdb_type(c.type)}) AS {quoted(c.name)}"
        for c in (*table.columns, *table.keys)
    )


def _write(table: Table, connection: duckdb.DuckDBPyConnection, context: QueryContext) -> Iterator[tuple[str, int]]:
    """(URI, rows) of every file; partitions are registered once their file is there."""
    known = {partition.values: partition for partition in context.catalog.partitions(table)}
    for values in _partitions(table, connection):
        rows = _rows_of(table, values, connection)
        if rows.num_rows == 0:
            continue
        partition = known.get(values) or _new(table, values)
        context.cancellation.check()
        uri = _put(rows, table, partition, context)
        if table.keys and values not in known:
            context.catalog.register(table, partition)
        yield uri, rows.num_rows


def _partitions(table: Table, connection: duckdb.DuckDBPyConnection) -> list[tuple[str | None, ...]]:
    if not table.keys:
        return [()]
    keys = ", ".join(f"CAST({quoted(key.name)} AS VARCHAR)" for key in table.keys)
    found = connection.execute(f"SELECT DISTINCT {keys} FROM incoming ORDER BY ALL").fetchall()  # noqa: S608
    if len(found) > MAX_PARTITIONS:
        message = f"Exceeded limit of {MAX_PARTITIONS} open writers for partitions/buckets ({len(found)} partitions)"
        raise QueryFailed("HIVE_TOO_MANY_OPEN_PARTITIONS", message)
    return found


def _new(table: Table, values: tuple[str | None, ...]) -> Partition:
    if table.parameters.get("projection.enabled", "").lower() == "true":
        message = f"{list(values)} is in no partition that the projection of {table.name} describes"
        raise QueryFailed("HIVE_PARTITION_NOT_FOUND", message)
    return Partition(values, partition_location(table, values))


def _rows_of(table: Table, values: tuple[str | None, ...], connection: duckdb.DuckDBPyConnection) -> pa.Table:
    columns = ", ".join(quoted(column.name) for column in table.columns)
    keys = [f"CAST({quoted(key.name)} AS VARCHAR) IS NOT DISTINCT FROM ?" for key in table.keys]
    where = f" WHERE {' AND '.join(keys)}" if keys else ""
    relation = connection.sql(f"SELECT {columns} FROM incoming{where}", params=list(values))  # noqa: S608
    rows = relation.to_arrow_table()
    fields = [pa.field(item.name, _milliseconds(item.type)) for item in rows.schema]
    return rows.cast(pa.schema(fields))


def _milliseconds(found: pa.DataType) -> pa.DataType:
    return pa.timestamp("ms") if pa.types.is_timestamp(found) else found


def _put(rows: pa.Table, table: Table, partition: Partition, context: QueryContext) -> str:
    path = context.scratch / f"part-{next(SERIAL)}"
    compression = table.parameters.get("parquet.compression", DEFAULT_COMPRESSION).lower()
    pq.write_table(rows, path, compression="none" if compression == "uncompressed" else compression)
    uri = f"{partition.location.rstrip('/')}/{_file_name(context)}"
    context.store.put_file(path, uri, "application/octet-stream")
    path.unlink()
    return uri


def _file_name(context: QueryContext) -> str:
    """``20241225_101112_00042_k3d9x_<uuid>``, as Athena names the files that an INSERT writes."""
    tail = "".join(choice(LETTERS) for _ in range(5))
    return f"{context.now:%Y%m%d_%H%M%S}_{next(SERIAL) % 100_000:05}_{tail}_{uuid4()}"


def _outcome(written: list[tuple[str, int]], scanned: int, context: QueryContext) -> Outcome:
    manifest = f"{context.output_uri}-manifest.csv"
    context.result_file.write_text("".join(f"{uri}\n" for uri, _ in written), encoding="utf-8")
    context.store.put_file(context.result_file, manifest, "text/csv")
    rows = sum(number for _, number in written)
    return Outcome(scanned_bytes=scanned, columns=[], manifest_uri=manifest, rows_written=rows)
