"""Plain records: what most producers send, told by one pattern, so that the costly reading is for the others.

A plain record is one object of names that the contract knows, with texts without escapes, short numbers, true, false
and null, and at most one simple member of the producer's own. There Spark's own JSON reader finds the very values that
`records.py` finds, for a fraction of the time. What is not plain is not bad: it is read the long way.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as t

from clickstream import patterns
from clickstream.contract import Contract


def with_own_member(records: DataFrame, contract: Contract) -> DataFrame:
    """Adds ``own_member`` from ``text`` and ``state``: of a plain record the member that the contract does not know,
    the empty text where it has none; NULL where the record is not plain.
    """
    texts, numbers = _names(contract, is_number=False), _names(contract, is_number=True)
    with_own = F.lit(patterns.plain_record_with_own(texts, numbers, contract.personal_names))
    own = (
        F.when(F.col("state").isNotNull(), None)
        .when(F.col("text").rlike(patterns.plain_record(texts, numbers)), "")
        .otherwise(F.get(F.regexp_extract_all("text", with_own, 1), 0))  # the first fit, of which there is one at most
    )
    return records.withColumn("own_member", own)


def parsed(text: Column, contract: Contract) -> Column:
    """The fields of a plain record as a struct of texts; NULL where ``text`` is."""
    names = sorted(contract.known_raw_names)
    return F.from_json(text, t.StructType([t.StructField(name, t.StringType()) for name in names]))


def field(record: str, names: tuple[str, ...]) -> Column:
    """The text of the first of the names that has one, in a column of ``parsed``; the empty text is none."""
    values = (F.col(record)[name] for name in names)
    return F.coalesce(*(F.when(value != "", value) for value in values))


def _names(contract: Contract, is_number: bool) -> list[str]:
    """Known names; those of numbers alone, whose digits a producer may leave unquoted."""
    numbers = ("decimal", "integer")
    return [
        name for column in contract.raw_columns if (column.rule in numbers) == is_number for name in column.raw_names
    ]
