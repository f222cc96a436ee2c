"""The DDL and the SHOW statements that the project uses; every other one fails with NOT_SUPPORTED.

Supports: CREATE [OR REPLACE] VIEW, DROP VIEW, SHOW CREATE VIEW, CREATE DATABASE | SCHEMA, ALTER TABLE ADD PARTITION,
MSCK REPAIR TABLE, SHOW PARTITIONS | TABLES | DATABASES | COLUMNS, DESCRIBE.
Does not support: CREATE TABLE (AS), UNLOAD, DROP TABLE, MERGE, UPDATE, DELETE, VACUUM, OPTIMIZE, EXPLAIN, PREPARE.
"""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate as glob_to_regex
from typing import Any
from urllib.parse import unquote

from sqlglot import exp

from local_aws.athena.catalog import HIVE_NULL, Partition, Table
from local_aws.athena.context import Outcome, QueryContext
from local_aws.athena.failures import QueryFailed, not_supported
from local_aws.athena.grammar import parse, require_known
from local_aws.athena.names import is_named
from local_aws.athena.projection import default_template
from local_aws.athena.select import result_types
from local_aws.athena.translate import translate
from local_aws.athena.types import HIVE, athena_column, spelled
from local_aws.athena.views import View, athena_view_table_input

PART = r'[`"]?[\w$]+[`"]?'
NAME = rf"(?P<name>(?:{PART}\.){{0,2}}{PART})"
ONE_PARTITION = r"PARTITION\s*\((?P<pairs>[^)]*)\)(?:\s+LOCATION\s+'(?P<location>[^']*)')?"
PAIR = re.compile(rf"\s*({PART})\s*=\s*(?:'([^']*)'|(-?\d+))\s*(?:,|$)")
KNOWN_WORDS = frozenset(
    [
        "ALTER",
        "ANALYZE",
        "CREATE",
        "DEALLOCATE",
        "DELETE",
        "DESC",
        "DESCRIBE",
        "DROP",
        "EXECUTE",
        "EXPLAIN",
        "GRANT",
        "MERGE",
        "MSCK",
        "OPTIMIZE",
        "PREPARE",
        "REVOKE",
        "SET",
        "SHOW",
        "TRUNCATE",
        "UNLOAD",
        "UPDATE",
        "USE",
        "VACUUM",
    ]
)
Lines = list[str]
Statement = Callable[[re.Match[str], QueryContext], Lines]


def run_ddl(sql: str, context: QueryContext) -> Outcome:
    """Writes the statement's lines to ``context.result_file``; the columns are those that Athena reports."""
    text = sql.strip().rstrip(";").strip()
    if not text:
        raise QueryFailed("SYNTAX_ERROR", "line 1:1: the statement is empty")
    for pattern, columns, run in STATEMENTS:
        if found := re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL):
            lines = run(found, context)
            context.result_file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            return Outcome(columns=[athena_column(name, exp.DataType.build("varchar")) for name in columns])
    first = text.split()[0].upper()
    if first not in KNOWN_WORDS:
        raise QueryFailed("SYNTAX_ERROR", f"line 1:1: mismatched input '{text.split()[0]}'")
    raise not_supported(f"the statement {' '.join(text.split()[:3])} ...")


def split_name(name: str, context: QueryContext) -> tuple[str, str]:
    """(database, name), lower case, of ``name``, ``db.name`` or ``catalog.db.name``, quoted or not."""
    parts = [part.strip('`"').lower() for part in name.split(".")]
    if len(parts) == 3 and parts[0] != "awsdatacatalog":
        raise QueryFailed("CATALOG_NOT_FOUND", f"Catalog '{parts[0]}' does not exist")
    return (parts[-2] if len(parts) > 1 else context.database.lower()), parts[-1]


def _table(found: re.Match[str], context: QueryContext) -> Table:
    database, name = split_name(found["name"], context)
    table = context.catalog.resolve(database, name)
    if isinstance(table, View):
        raise QueryFailed("NOT_SUPPORTED", f"{database}.{name} is a view, expected a table")
    return table


def _create_view(found: re.Match[str], context: QueryContext) -> Lines:
    database, name = split_name(found["name"], context)
    context.catalog.require_database(database)
    columns = view_columns(found["query"], context, database)
    entry = athena_view_table_input(name, found["query"].strip(), columns, database)
    glue = context.catalog.glue
    try:
        glue.create_table(DatabaseName=database, TableInput=entry)
    except glue.exceptions.AlreadyExistsException:
        there = context.catalog.entry(database, name)
        if not found["replace"] or there.get("TableType") != "VIRTUAL_VIEW":
            message = f"line 1:1: View already exists: 'awsdatacatalog.{database}.{name}'"
            raise QueryFailed("ALREADY_EXISTS", message) from None
        glue.update_table(DatabaseName=database, TableInput=entry, SkipArchive=True)
    return []


def view_columns(sql: str, context: QueryContext, database: str) -> list[tuple[str, str]]:
    """(name, Hive type) of a query's columns; fails where one has no name or two have the same."""
    query = parse(sql)
    if not isinstance(query, exp.Query):
        raise QueryFailed("SYNTAX_ERROR", "line 1:1: expected a query behind AS")
    require_known(query)
    nameless = [place for place, item in enumerate(query.selects, 1) if not is_named(item)]
    if nameless:
        message = f"line 1:1: Column name not specified at position {nameless[0]}"
        raise QueryFailed("COLUMN_NAME_NOT_SPECIFIED", message)
    translated = translate(query, context.catalog, database)
    names = [name.lower() for name in translated.names]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise QueryFailed("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{twice}' specified more than once")
    return list(zip(names, (spelled(found, HIVE) for found in result_types(translated, context)), strict=True))


def _drop_view(found: re.Match[str], context: QueryContext) -> Lines:
    database, name = split_name(found["name"], context)
    try:
        entry = context.catalog.entry(database, name)
    except QueryFailed:
        if found["if_exists"]:
            return []
        raise
    if entry.get("TableType") != "VIRTUAL_VIEW":
        raise QueryFailed("TABLE_NOT_FOUND", f"{database}.{name} is a table, expected a view: nothing was dropped")
    context.catalog.glue.delete_table(DatabaseName=database, Name=name)
    return []


def _show_create_view(found: re.Match[str], context: QueryContext) -> Lines:
    database, name = split_name(found["name"], context)
    view = context.catalog.resolve(database, name)
    if not isinstance(view, View):
        raise QueryFailed("NOT_SUPPORTED", f"{database}.{name} is a table, expected a view")
    return [f"CREATE VIEW {database}.{name} AS", *view.sql.splitlines()]


def _create_database(found: re.Match[str], context: QueryContext) -> Lines:
    glue, name = context.catalog.glue, found["name"].strip('`"').lower()
    location = {"LocationUri": found["location"]} if found["location"] else {}
    try:
        glue.create_database(DatabaseInput={"Name": name} | location)
    except glue.exceptions.AlreadyExistsException:
        if not found["if_not_exists"]:
            raise QueryFailed("ALREADY_EXISTS", f"Database {name} already exists") from None
    return []


def _add_partitions(found: re.Match[str], context: QueryContext) -> Lines:
    table = _table(found, context)
    partitions = [_partition(table, part) for part in re.finditer(ONE_PARTITION, found["parts"], re.IGNORECASE)]
    for partition in partitions:
        if not context.catalog.register(table, partition) and not found["if_not_exists"]:
            raise QueryFailed("ALREADY_EXISTS", f"Partition already exists: {list(partition.values)}")
    return []


def _partition(table: Table, part: re.Match[str]) -> Partition:
    given = {pair[0].strip('`"').lower(): pair[1] or pair[2] for pair in PAIR.findall(part["pairs"])}
    keys = [key.name for key in table.keys]
    if sorted(given) != sorted(keys):
        message = f"table {table.name} is partitioned by {keys}, the statement names {sorted(given)}"
        raise QueryFailed("INVALID_PARTITION", message)
    values = tuple(given[key] for key in keys)
    return Partition(values, part["location"] or partition_location(table, values))


def partition_location(table: Table, values: Sequence[str | None]) -> str:
    """The default place of a partition: ``k=v/`` below the table."""
    location = default_template(table.location, [key.name for key in table.keys])
    for key, value in zip(table.keys, values, strict=True):
        location = location.replace(f"${{{key.name}}}", HIVE_NULL if value is None else value)
    return location


def _repair(found: re.Match[str], context: QueryContext) -> Lines:
    """Registers the ``k=v/`` folders below the table that hold objects and are not in the catalog; removes nothing."""
    table = _table(found, context)
    root = table.location.rstrip("/") + "/"
    folders = {item.uri.removeprefix(root).rpartition("/")[0] for item in context.store.list_objects(root)}
    added = []
    for folder in sorted(folders):
        values = _values_in(folder, table)
        if values and context.catalog.register(table, Partition(values, f"{root}{folder}/")):
            added.append(f"Repair: Added partition to metastore {table.name}:{folder}")
    return added


def _values_in(folder: str, table: Table) -> tuple[str, ...]:
    pairs = [part.partition("=") for part in folder.split("/")]
    if [name.lower() for name, _, _ in pairs] != [key.name for key in table.keys]:
        return ()
    return tuple(unquote(value) for _, _, value in pairs)


def _show_partitions(found: re.Match[str], context: QueryContext) -> Lines:
    table = _table(found, context)
    if not table.keys:
        raise QueryFailed("NOT_SUPPORTED", f"Table {table.database}.{table.name} is not a partitioned table")
    rows = sorted(tuple(value or HIVE_NULL for value in p.values) for p in context.catalog.partitions(table))
    return ["/".join(f"{key.name}={value}" for key, value in zip(table.keys, row, strict=True)) for row in rows]


def _show_tables(found: re.Match[str], context: QueryContext) -> Lines:
    database = (found["database"] or context.database).strip('`"').lower()
    context.catalog.require_database(database)
    pages = context.catalog.glue.get_paginator("get_tables").paginate(DatabaseName=database)
    names = sorted(entry["Name"] for page in pages for entry in page["TableList"])
    wanted = re.compile(glob_to_regex(found["pattern"] or "*"))
    return [name for name in names if wanted.fullmatch(name)]


def _show_databases(found: re.Match[str], context: QueryContext) -> Lines:
    pages = context.catalog.glue.get_paginator("get_databases").paginate()
    return sorted(entry["Name"] for page in pages for entry in page["DatabaseList"])


def _columns(entry: dict[str, Any]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    return entry.get("StorageDescriptor", {}).get("Columns", []), entry.get("PartitionKeys", [])


def _show_columns(found: re.Match[str], context: QueryContext) -> Lines:
    columns, keys = _columns(context.catalog.entry(*split_name(found["name"], context)))
    return [f"{column['Name']:<20}" for column in [*columns, *keys]]


def _describe(found: re.Match[str], context: QueryContext) -> Lines:
    database, name = split_name(found["name"], context)
    columns, keys = _columns(context.catalog.entry(database, name))
    lines = [_described(column) for column in [*columns, *keys]]
    if not keys:
        return lines
    heading = ["", "# Partition Information", f"{'# col_name':<20}\t{'data_type':<20}\t{'comment':<20}", ""]
    return [*lines, *heading, *map(_described, keys)]


def _described(column: dict[str, str]) -> str:
    return f"{column['Name']:<20}\t{column['Type']:<20}\t{column.get('Comment', ''):<20}"


STATEMENTS: tuple[tuple[str, tuple[str, ...], Statement], ...] = (
    (rf"CREATE\s+(?P<replace>OR\s+REPLACE\s+)?VIEW\s+{NAME}\s+AS\s+(?P<query>.+)", (), _create_view),
    (rf"DROP\s+VIEW\s+(?P<if_exists>IF\s+EXISTS\s+)?{NAME}", (), _drop_view),
    (rf"SHOW\s+CREATE\s+VIEW\s+{NAME}", ("Create View",), _show_create_view),
    (
        rf"CREATE\s+(?:DATABASE|SCHEMA)\s+(?P<if_not_exists>IF\s+NOT\s+EXISTS\s+)?(?P<name>{PART})"
        r"(?:\s+LOCATION\s+'(?P<location>[^']*)')?",
        (),
        _create_database,
    ),
    (
        rf"ALTER\s+TABLE\s+{NAME}\s+ADD\s+(?P<if_not_exists>IF\s+NOT\s+EXISTS\s+)?"
        rf"(?P<parts>(?:{ONE_PARTITION.replace('?P<pairs>', '?:').replace('?P<location>', '?:')}\s*)+)",
        (),
        _add_partitions,
    ),
    (rf"MSCK\s+REPAIR\s+TABLE\s+{NAME}", ("col_name",), _repair),
    (rf"SHOW\s+PARTITIONS\s+{NAME}", ("partition",), _show_partitions),
    (
        rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+(?P<database>{PART}))?(?:\s+'(?P<pattern>[^']*)')?",
        ("tab_name",),
        _show_tables,
    ),
    (r"SHOW\s+(?:DATABASES|SCHEMAS)", ("database_name",), _show_databases),
    (rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+{NAME}", ("field",), _show_columns),
    (rf"DESC(?:RIBE)?\s+{NAME}", ("col_name", "data_type", "comment"), _describe),
)
