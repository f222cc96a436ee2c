"""One scan of one table: partitions pruned, objects fetched, types checked, and a DuckDB view over the local files.

Bytes scanned are what Athena would read at most: for Parquet the compressed chunks of the columns that the query
names, in the files of the partitions that are left after pruning (from the footers; a LIMIT or row-group statistics may
spare Athena some of it); for JSON whole objects, as stored.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from os.path import commonprefix
from pathlib import Path

import duckdb
from sqlglot import exp

from local_aws.athena.catalog import PATH_COLUMN, Catalog, Column, Partition, Table
from local_aws.athena.failures import not_supported
from local_aws.athena.footers import read_footer, require_fit
from local_aws.athena.objects import ObjectStore, S3Object, is_visible
from local_aws.athena.types import INTEGERS, D, duckdb_type, kind

Source = Callable[[Column], str | None]  # the SQL that gives the column, None where the files lack it
LIST_TOGETHER = 16  # more partitions than this are listed with the folder that they share, not one by one


@dataclass(frozen=True)
class Scan:
    """``conditions``: on partition keys, in DuckDB's SQL, columns unqualified; ``columns``: the names that are read."""

    table: Table
    conditions: tuple[str, ...]
    columns: frozenset[str]


@dataclass(frozen=True)
class File:
    item: S3Object
    path: Path
    partition: Partition


def quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def literal(text: str | None) -> str:
    """Plain quoting: through sqlglot the thousands of values of a projection would take seconds."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


class Relations:
    """Builds the views ``scan_0``, ``scan_1``, ... of one query in its own connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: Catalog, store: ObjectStore) -> None:
        self._connection = connection
        self._catalog = catalog
        self._store = store

    def create(self, name: str, scan: Scan) -> int:
        """Creates the view and returns the bytes that the scan reads."""
        files = self.files(scan)
        if scan.table.format == "json" and files:
            self._require_lower_case(scan.table, files)
        self._connection.execute(f"CREATE TEMP VIEW {name} AS {_relation(scan.table, files)}")
        return sum(_scanned(scan, file) for file in files)

    def _require_lower_case(self, table: Table, files: list[File]) -> None:
        """Athena's JSON SerDe ignores the case of keys, DuckDB's reader does not: it would give NULL without a word."""
        objects = f"read_json_objects([{_paths(files)}], format = 'newline_delimited')"
        query = f"SELECT DISTINCT unnest(json_keys(json)) FROM {objects}"  # noqa: S608  paths are literals
        names = {column.name for column in table.columns}
        for (key,) in self._connection.execute(query).fetchall():
            if key not in names and key.lower() in names:
                raise not_supported(f"the JSON key {key!r} of {table.database}.{table.name}, which is not lower case,")

    def files(self, scan: Scan) -> list[File]:
        found = self._listed(self._partitions_left(scan))
        paths = self._store.local_copies([item for item, _ in found])
        return [File(item, path, partition) for (item, partition), path in zip(found, paths, strict=True)]

    def _listed(self, partitions: list[Partition]) -> list[tuple[S3Object, Partition]]:
        root = _common_folder([partition.location for partition in partitions])
        if len(partitions) <= LIST_TOGETHER or not root:
            return [(item, p) for p in partitions for item in self._store.list_objects(p.location)]
        return list(_by_partition(self._store.list_objects(root, hidden=True), partitions))

    def _partitions_left(self, scan: Scan) -> list[Partition]:
        """The partitions for which no condition is false; all of them where the conditions cannot be evaluated."""
        partitions = self._catalog.partitions(scan.table)
        if not scan.conditions or not partitions:
            return partitions
        query = f"SELECT n FROM ({_key_values(scan.table, partitions)}) WHERE {' AND '.join(scan.conditions)}"  # noqa: S608
        try:
            left = {row[0] for row in self._connection.execute(query).fetchall()}
        except duckdb.Error:
            return partitions  # for instance a CAST that fails on one value: the query itself will say so
        return [partition for number, partition in enumerate(partitions) if number in left]


def _common_folder(locations: Sequence[str]) -> str:
    """The folder that all locations are in; nothing where that would be a whole bucket, or several."""
    root = commonprefix([location.rstrip("/") for location in locations]).rpartition("/")[0]
    return f"{root}/" if root.count("/") > 2 else ""


def _by_partition(objects: list[S3Object], partitions: list[Partition]) -> Iterable[tuple[S3Object, Partition]]:
    folders: dict[str, list[Partition]] = {}
    for partition in partitions:
        folders.setdefault(partition.location.rstrip("/"), []).append(partition)
    for item in objects:
        parts = item.uri.split("/")
        for depth in range(3, len(parts)):
            if is_visible("/".join(parts[depth:])):
                yield from ((item, partition) for partition in folders.get("/".join(parts[:depth]), []))


def _key_values(table: Table, partitions: list[Partition]) -> str:
    """A SELECT of one row per partition: ``n``, its number, and its keys in their types (cast once, not per row)."""
    names = [quoted(key.name) for key in table.keys]
    casts = ", ".join(f"CAST({n} AS {duckdb_type(key.type)}) AS {n}" for n, key in zip(names, table.keys, strict=True))
    rows = ", ".join(f"({number}, {', '.join(map(literal, p.values))})" for number, p in enumerate(partitions))
    return f"SELECT n, {casts} FROM (VALUES {rows}) AS p(n, {', '.join(names)})"  # noqa: S608  literals and identifiers


def _scanned(scan: Scan, file: File) -> int:
    if scan.table.format == "json":
        return file.item.size
    return read_footer(file.path, file.item.uri).scanned(scan.columns)


def _relation(table: Table, files: list[File]) -> str:
    """A SELECT with the table's columns, keys and ``$path``; one branch per set of columns that the files have."""
    if not files:
        return f"{_select(table, [], lambda column: None)} WHERE false"
    if table.format == "json":
        return _json_branch(table, files)
    ordered = sorted(files, key=lambda file: repr(_shape(table, file)))
    return " UNION ALL ".join(
        _parquet_branch(table, list(same)) for _, same in groupby(ordered, key=lambda file: repr(_shape(table, file)))
    )


def _shape(table: Table, file: File) -> list[tuple[str, str] | None]:
    """Per column its name and type in the file, None where it is missing; refuses a type that does not fit."""
    footer = read_footer(file.path, file.item.uri)
    for column in table.columns:
        require_fit(footer, column.name, column.type, file.item.uri)
    found = (footer.columns.get(column.name) for column in table.columns)
    return [(item[0], str(item[1])) if item else None for item in found]


def _parquet_branch(table: Table, files: list[File]) -> str:
    shape = {c.name: found for c, found in zip(table.columns, _shape(table, files[0]), strict=True)}

    def source(column: Column) -> str | None:
        found = shape[column.name]
        if not found:
            return None
        whole_milliseconds = "[us" not in found[1] and "[ns" not in found[1]
        return quoted(found[0]) if kind(column.type) != D.TIMESTAMP or whole_milliseconds else _rounded(found[0])

    return f"{_select(table, files, source)} FROM read_parquet([{_paths(files)}], hive_partitioning = false)"


def _paths(files: list[File]) -> str:
    return ", ".join(literal(str(file.path)) for file in files)


def _rounded(name: str) -> str:
    """Microseconds to Athena's timestamp(3): half up."""
    return f"make_timestamp(CAST(floor((epoch_us({quoted(name)}) + 500) / 1000.0) AS BIGINT) * 1000)"


def _json_branch(table: Table, files: list[File]) -> str:
    columns = ", ".join(f"{quoted(column.name)}: {literal(_json_type(column))}" for column in table.columns)
    options = f"format = 'newline_delimited', hive_partitioning = false, columns = {{{columns}}}"
    return f"{_select(table, files, _json_source)} FROM read_json([{_paths(files)}], {options})"


def _json_type(column: Column) -> str:
    return "VARCHAR" if kind(column.type) in INTEGERS else duckdb_type(column.type)


def _json_source(column: Column) -> str:
    """Whole numbers are read as text first: DuckDB would round 1.7 and take true for 1."""
    name = quoted(column.name)
    if kind(column.type) not in INTEGERS:
        return name
    failure = literal(f"HIVE_BAD_DATA: Error parsing field value for field {column.name}: expected a whole number")
    return rf"CASE WHEN {name} IS NULL OR regexp_full_match({name}, '-?\d+') THEN {name} ELSE {failure} END"


def _select(table: Table, files: list[File], source: Source) -> str:
    columns = [_cast(source(column), column) for column in table.columns]
    keys = [_cast(_per_file([file.partition.values[n] for file in files]), key) for n, key in enumerate(table.keys)]
    path = f"{_per_file([file.item.uri for file in files])} AS {quoted(PATH_COLUMN)}"
    return f"SELECT {', '.join([*columns, *keys, path])}"


def _cast(source: str | None, column: Column) -> str:
    return f"CAST({source or 'NULL'} AS {duckdb_type(column.type)}) AS {quoted(column.name)}"


def _per_file(values: Sequence[str | None]) -> str:
    """A value that depends on the file a row comes from: a constant where it is the same for all of them."""
    if len(set(values)) <= 1:
        return f"CAST({literal(values[0] if values else None)} AS VARCHAR)"
    return f"([{', '.join(map(literal, values))}])[CAST(file_index AS BIGINT) + 1]"
