"""Runs a translated query: views over the scans first, then the one SQL text, then its rows as text."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
from sqlglot import exp

from local_aws.athena.context import Outcome, QueryContext
from local_aws.athena.grammar import require_known
from local_aws.athena.relations import Relations
from local_aws.athena.results import Row, printer, write_csv
from local_aws.athena.translate import Translated, translate
from local_aws.athena.types import athena_column, kind, parse_type

BATCH_ROWS = 10_000


def run_select(query: exp.Query, context: QueryContext) -> Outcome:
    """Writes the CSV to ``context.result_file``."""
    require_known(query)
    translated = translate(query, context.catalog, context.database)
    with context.duckdb() as connection:
        scanned = create_scans(translated, connection, context)
        relation = connection.sql(translated.sql)
        types = types_of(translated, relation)
        write_csv(context.result_file, translated.names, _rows(relation))
    columns = [athena_column(name, found) for name, found in zip(translated.names, types, strict=True)]
    return Outcome(scanned_bytes=scanned, columns=columns)


def create_scans(translated: Translated, connection: duckdb.DuckDBPyConnection, context: QueryContext) -> int:
    """Creates scan_0, scan_1, ...; the bytes they read. Cancels the query beyond the workgroup's limit."""
    relations = Relations(connection, context.catalog, context.store)
    scanned = 0
    for number, scan in enumerate(translated.scans):
        scanned += relations.create(f"scan_{number}", scan)
        context.require_scan_within_limit(scanned)
    return scanned


def result_types(translated: Translated, context: QueryContext) -> list[exp.DataType]:
    """The types of a query's columns, without running it."""
    with context.duckdb() as connection:
        create_scans(translated, connection, context)
        return types_of(translated, connection.sql(translated.sql))


def types_of(translated: Translated, relation: duckdb.DuckDBPyRelation) -> list[exp.DataType]:
    """DuckDB's types; where Trino's is of the same kind, Trino's, whose decimals have other precisions."""
    found = [parse_type(str(duck), "duckdb") for duck in relation.types]
    pairs = zip(translated.types, found, strict=True)
    return [trino if kind(trino) == kind(duck) else duck for trino, duck in pairs]


def _rows(relation: duckdb.DuckDBPyRelation) -> Iterator[Row]:
    reader: pa.RecordBatchReader = relation.to_arrow_reader(BATCH_ROWS)
    printers = [printer(column.type) for column in reader.schema]
    for batch in reader:
        columns = [map(print_, column.to_pylist()) for print_, column in zip(printers, batch.columns, strict=True)]
        yield from zip(*columns, strict=True)
