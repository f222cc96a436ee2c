"""Physical lines: which can be judged, and the records that they hold. ``DataFrame -> DataFrame``, no session.

A line that cannot be judged keeps its place in the count: it becomes one record with a state.
"""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from clickstream import patterns
from clickstream.reasons import BAD_ENCODING, BLANK, SPLIT, TOO_LARGE
from clickstream_glue.records import matches

_SEPARATOR = "\x1e"  # no valid JSON holds this control character raw
_BOM = "\ufeff"
TOO_LARGE_KEEPS = 1000  # bytes of a line that is too large


def records_of_lines(lines: DataFrame, max_line_bytes: int) -> DataFrame:
    """One row per record, from ``value`` and ``source_object``.

    Adds ``state`` (why the line cannot be judged, or NULL), ``text`` and ``bytes``. A line that held several records
    has one row more, of state ``split``, whose ``bytes`` is the number of records beyond the first.
    """
    state = _state(F.col("value"), max_line_bytes)
    judged = lines.select("source_object", F.col("value"), state.alias("state"))
    text = F.when(F.col("state") == TOO_LARGE, _head(F.col("value"))).otherwise(_trimmed(F.col("value")))
    pieces = F.when(_has_seam(F.col("state"), F.col("value")), _split(text)).otherwise(F.array(text))
    counted = judged.select(
        "source_object", "state", F.octet_length("value").alias("line_bytes"), pieces.alias("pieces")
    )
    return counted.select("source_object", F.explode(_rows()).alias("row")).select("source_object", "row.*")


def _state(value: Column, max_line_bytes: int) -> Column:
    binary = value.cast("binary")
    return (
        F.when(~value.startswith("{") & (matches(value, patterns.BLANK_LINE) | (value == _BOM)), BLANK)
        .when(F.octet_length(value) > max_line_bytes, TOO_LARGE)
        .when(F.encode(F.decode(binary, "UTF-8"), "UTF-8") != binary, BAD_ENCODING)
        .when(
            value.contains(r"\u")
            & value.rlike(patterns.SURROGATE_ESCAPE)
            & ~matches(value, patterns.PAIRED_SURROGATES),
            BAD_ENCODING,
        )
    )


def _head(value: Column) -> Column:
    return F.decode(F.substring(value.cast("binary"), 1, TOO_LARGE_KEEPS), "UTF-8")


def _trimmed(value: Column) -> Column:
    """Without the byte order mark that an object may begin with and the CR of a CRLF line end."""
    without_mark = F.when(value.startswith(_BOM), F.expr("substring(value, 2)")).otherwise(value)
    return F.when(value.endswith("\r"), F.regexp_replace(without_mark, r"\r\z", "")).otherwise(without_mark)


def _has_seam(state: Column, value: Column) -> Column:
    # Most lines have nothing behind a brace; to find that out costs a tenth of what the pattern costs.
    is_followed = reduce(Column.__or__, (value.contains("}" + follower) for follower in "{ \t\r"))
    return state.isNull() & is_followed & value.rlike(patterns.SUSPECTED_SEAM) & ~value.contains(_SEPARATOR)


def _split(text: Column) -> Column:
    return F.split(F.regexp_replace(text, patterns.SEAM, "$1" + _SEPARATOR), _SEPARATOR)


def _rows() -> Column:
    """An array of (state, text, bytes): the pieces, and what says how many there were."""
    size = F.size("pieces")

    def one(text: Column, line_bytes: Column) -> Column:
        return F.struct(F.col("state"), text.alias("text"), line_bytes.cast("int").alias("bytes"))

    several = F.transform("pieces", lambda piece: one(piece, F.octet_length(piece)))
    extra = F.struct(F.lit(SPLIT).alias("state"), F.lit("").alias("text"), (size - 1).cast("int").alias("bytes"))
    alone = F.array(one(F.col("pieces")[0], F.col("line_bytes")))
    return F.when(size > 1, F.concat(several, F.array(extra))).otherwise(alone)
