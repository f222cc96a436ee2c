"""Bytes that Athena would read of each engine's files for the sample queries: named columns, groups that may match."""

import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from benchmarks import ROOT
from benchmarks.events import events
from benchmarks.transform import transform

ENGINES = ("Clickstream", "README style", "DuckDB")
SIZE = 1_000_000


def section(rounds: int) -> str:
    """Sizes, no times: one round says it all."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: Path(folder) / str(number) for number, name in enumerate(ENGINES)}
        for name, target in kept.items():
            transform(name, events(SIZE), keep=target)
        return table(kept)


def table(kept: dict[str, Path]) -> str:
    """One row per sample query, one column per engine, whose files lie in the folder."""
    lines = [f"| query, KB of {SIZE:,} events | {' | '.join(kept)} |", f"|---|{'---|' * len(kept)}"]
    for file in sorted((ROOT / "sql").glob("*.sql")):
        columns, kinds = asked(file.read_text())
        found = [f"{read(folder, columns, kinds) / 1000:,.0f}" for folder in kept.values()]
        lines.append(f"| `{file.name}` | {' | '.join(found)} |")
    return "\n".join(lines)


def asked(sql: str) -> tuple[set[str], set[str]]:
    """The columns that a query names, and the event types that its WHERE takes; none where it takes all."""
    query = sqlglot.parse_one(sql, dialect="athena")
    kinds: set[str] = set()
    for where in query.find_all(exp.Where):
        for test in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
            if isinstance(test, exp.EQ | exp.In) and test.this.name == "event_type":
                kinds |= {one.name for one in test.find_all(exp.Literal)}
    return {column.name.lower() for column in query.find_all(exp.Column)}, kinds


def read(folder: Path, columns: set[str], kinds: set[str]) -> int:
    """Compressed bytes of these columns in the row groups whose event types may be among ``kinds``."""
    total = 0
    for path in folder.rglob("*.parquet"):
        metadata = pq.ParquetFile(path).metadata
        for group in (metadata.row_group(number) for number in range(metadata.num_row_groups)):
            chunks = [group.column(number) for number in range(group.num_columns)]
            if _may_hold(chunks, kinds):
                total += sum(one.total_compressed_size for one in chunks if one.path_in_schema.lower() in columns)
    return total


def _may_hold(chunks: list[pq.ColumnChunkMetaData], kinds: set[str]) -> bool:
    for chunk in chunks:
        if kinds and chunk.path_in_schema == "event_type" and chunk.is_stats_set and chunk.statistics.has_min_max:
            return any(chunk.statistics.min <= kind <= chunk.statistics.max for kind in kinds)
    return True
