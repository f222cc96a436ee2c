"""The one write of a run: every record, each under its verdict, as Parquet that needs no second look at the lines.

Accepted rows lie in files of exactly the contract's columns: these become the final files. All rows of one Spark write
share a schema, so a bad record travels in columns of the contract that it has no value for (``CARRIERS``).
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from clickstream.contract import Contract
from clickstream.reasons import SPLIT
from clickstream_glue.deduplicate import ACCEPTED
from clickstream_glue.schema import spark_schema
from clickstream_glue.verdicts import QUARANTINED

PARTITIONS = ("verdict", "event_day")
NO_DAY = "-"
# what a row that is not accepted needs: the column that carries it
CARRIERS = {"reason": "event_type", "text": "properties", "bytes": "quantity"}
_ROW_GROUP_BYTES = 16 * 1024 * 1024
_DICTIONARY_BYTES = 4 * 1024 * 1024


def staged(records: DataFrame, contract: Contract, arrival_day: date, generation: str) -> DataFrame:
    """The rows to write: the contract's columns in its order and types, then ``verdict`` and ``event_day``."""
    accepted = F.col("verdict") == ACCEPTED
    carries = F.col("verdict").isin(QUARANTINED, SPLIT)
    constant = {
        "arrival_date": F.lit(arrival_day),
        "generation": F.lit(generation),
        "source_object": F.col("source_object"),
    }
    carried = {column: F.when(carries, F.col(name)) for name, column in CARRIERS.items()}

    def value(name: str) -> Column:
        return constant.get(name, F.when(accepted, F.col(name)).otherwise(carried.get(name, F.lit(None))))

    columns = [value(field.name).cast(field.dataType).alias(field.name) for field in spark_schema(contract)]
    day = F.when(accepted, F.date_format("event_timestamp", "yyyy-MM-dd")).otherwise(NO_DAY)
    return records.select(*columns, "verdict", day.alias("event_day"))


def write(rows: DataFrame, uri: str) -> None:
    """Sorted so that a query for one kind of event, or one time, skips most row groups."""
    (
        rows.sortWithinPartitions(*PARTITIONS, "event_type", "event_timestamp")
        .write.option("compression", "zstd")
        .option("parquet.block.size", _ROW_GROUP_BYTES)
        .option("parquet.dictionary.page.size", _DICTIONARY_BYTES)
        .partitionBy(*PARTITIONS)
        .parquet(uri)
    )
