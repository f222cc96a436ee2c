"""One record's strict JSON, as *marked* texts that still tell ``"42"`` from ``42`` and text from an object.

Spark reads a JSON value into a text and forgets what it was. So before parsing, every token of the line is rewritten:
``"abc"`` becomes ``",abc"`` (a mark taken from the structural character behind it, one of ``: , } ]``) and ``12.50``
becomes ``"12.50"``. Then keys and strings begin with a mark, numbers with a digit or ``-``, in the producer's own
digits, and objects and arrays with ``{`` and ``[``. The rewriting goes on only where it has understood all before, so
a line that is not JSON stays not JSON.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as t

from clickstream import patterns
from clickstream.contract import Contract
from clickstream_glue import plain

KEY_MARK = ":"
VALUE_MARKS = (",", "}", "]")
# from_json ignores what follows a complete value. The wrapping's last member, the only one unmarked, comes back only if
# nothing did.
_HEAD, _TAIL, _PROOF = '{"r":', ',"z":"z"}', "z"
_STRICT = {"mode": "PERMISSIVE", "allowSingleQuotes": "false", "allowNonNumericNumbers": "false"}


def matches(text: Column, pattern: str) -> Column:
    """Whether the pattern fits the whole text."""
    return text.rlike(rf"\A(?:{pattern})\z")


def with_fields(records: DataFrame, contract: Contract) -> DataFrame:
    """From ``text`` and ``state``: ``plain``, the fields of a plain record, and its ``own_member``; of another one
    ``fields``, a struct of the marked texts of the fields that the contract knows, NULL where the text is no object;
    ``unknown``, the other fields as a map, NULL where there is none. Of both ``is_object``, and ``is_other_json``,
    whether the text is a valid array, string, number, true, false or null. Of equal names in an object the last counts.
    """
    text, is_plain = F.col("text"), F.col("own_member").isNotNull()
    marked = F.when(F.col("state").isNull() & ~is_plain, F.regexp_replace(text, patterns.TOKEN, '$1"$3$2$4"'))
    # explode: Spark would repeat the parsing in every expression that uses its result, but never repeats a generator.
    parsed = F.struct(
        plain.parsed(F.when(is_plain, text), contract).alias("plain"),
        _parsed(F.col("marked"), _known_fields(contract)).alias("marked"),
    )
    found = F.col("parsed.marked")
    whole = (found["z"] == _PROOF) & found["r"].isNotNull() & ~_too_deep(text, contract.max_nesting_depth)
    has_unknown = F.col("fields").isNotNull() & F.col("marked").rlike(patterns.unknown_key(contract.known_raw_names))
    is_other = F.when(~F.col("is_object"), _is_other_json(contract.max_nesting_depth))
    return (
        plain.with_own_member(records, contract)
        .withColumn("marked", marked)
        .select("*", F.explode(F.array(parsed)).alias("parsed"))
        .withColumns({"plain": F.col("parsed.plain"), "fields": F.when(~is_plain & whole, found["r"])})
        .withColumn("unknown", F.when(has_unknown, _unknown(F.col("marked"), contract)))
        .withColumn("is_object", is_plain | F.col("fields").isNotNull())
        .withColumn("is_other_json", is_other)
        .drop("parsed", "marked")
    )


def _parsed(marked: Column, record: t.DataType) -> Column:
    schema = t.StructType([t.StructField("r", record), t.StructField("z", t.StringType())])
    return F.from_json(F.concat(F.lit(_HEAD), marked, F.lit(_TAIL)), schema, _STRICT)


def _known_fields(contract: Contract) -> t.StructType:
    return t.StructType([t.StructField(KEY_MARK + name, t.StringType()) for name in sorted(contract.known_raw_names)])


def _unknown(marked: Column, contract: Contract) -> Column:
    everything = _parsed(marked, t.MapType(t.StringType(), t.StringType()))["r"]
    known = [KEY_MARK + name for name in contract.known_raw_names]
    return F.map_filter(F.map_from_entries(F.map_entries(everything)), lambda name, _: ~name.isin(*known))


def _is_other_json(max_nesting_depth: int) -> Column:
    text, parsed = F.col("text"), _parsed(F.col("marked"), t.StringType())
    # Spark goes on behind a member that it could not read, so the proof alone does not prove this one.
    is_read = parsed["r"].isNotNull() | matches(text, patterns.NULL)
    valid = (parsed["z"] == _PROOF) & is_read & ~_too_deep(text, max_nesting_depth)
    return F.when(text.rlike(patterns.NOT_OBJECT), valid)


def _too_deep(text: Column, depth: int) -> Column:
    text_alone = rf"{patterns.SPACE}*+{patterns.QUOTED}{patterns.SPACE}*+"  # its brackets open nothing
    fits = rf"{text_alone}|[^\[{{]*+{patterns.nested_value(depth)}[^\]}}]*+"
    return F.when(text.rlike(patterns.many_brackets(depth)), ~matches(text, fits)).otherwise(False)


def field(name: str) -> Column:
    """A field's marked text; NULL where it is absent, null or the empty string."""
    value = F.col("fields")[KEY_MARK + name]
    return F.when(~value.isin(*VALUE_MARKS), value)


def is_string(value: Column) -> Column:
    return F.substring(value, 1, 1).isin(*VALUE_MARKS)


def is_nested(value: Column) -> Column:
    return F.substring(value, 1, 1).isin("{", "[")


def text_of(value: Column) -> Column:
    """The text of a marked string; a number's or boolean's own characters; NULL for an object or array."""
    return F.when(is_string(value), F.substr(value, F.lit(2))).when(~is_nested(value), value)


def unmarked(nested: Column) -> Column:
    """The JSON text of a marked object or array."""
    return F.regexp_replace(nested, patterns.MARKED_TOKEN, "$1$2$3$4")
