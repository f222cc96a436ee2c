"""Published rows for who reads the files themselves: Glue's Spark cannot read the view `clickstream_events`."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.contract import load_contract

_BUCKET = "processed_bucket"


def read_published(spark: Any, catalog: Catalog, days: Collection[date] | None = None) -> Any:
    """The visible rows of these event days (None: of all) as a DataFrame: the contract's columns, year, month, day.

    The snapshot is resolved now, once, and then the files that exist are listed: publications that follow do not change
    the DataFrame. Use it within `superseded_retention_days`; after that the janitor may have deleted its files.
    """
    lines = [x for x in catalog.current_snapshot().visible_lines() if days is None or layout.parse_day(x.day) in days]
    generations = {line.generation for line in lines}
    bucket = f"s3://{catalog.settings.name(_BUCKET)}/"
    paths = [bucket + key for day in sorted({x.day for x in lines}) for key in _files(catalog, day, generations)]
    if not paths:
        return spark.createDataFrame([], spark_schema())
    rows = spark.read.schema(spark_schema()).option("basePath", bucket).parquet(*paths)
    return rows.where(rows["generation"].isin(sorted(generations)))


def spark_schema() -> str:
    """The columns of `clickstream_events` in Spark's DDL."""
    contract = load_contract()
    columns = [f"{column.name} {column.type}" for column in contract.table_columns]
    return ", ".join([*columns, *(f"{key} string" for key in contract.partition_keys)])


def _files(catalog: Catalog, day: str, generations: Collection[str]) -> Iterator[str]:
    """The day's files that may hold rows of these generations. Late and live rows' files do not say whose they are."""
    for entry in catalog.list_objects(_BUCKET, layout.partition_path(layout.parse_day(day))):
        run = layout.run_of_file(entry["Key"])
        if entry["Key"].endswith(("/", "_$folder$")) or (run and run not in generations):
            continue
        yield entry["Key"]
