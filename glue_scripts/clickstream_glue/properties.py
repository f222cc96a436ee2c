"""``properties``: the fields that the contract does not know, as JSON text; personal ones lose their value."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from clickstream import patterns
from clickstream.contract import IGNORED_IN_NAMES, Contract
from clickstream_glue.records import is_nested, is_string, unmarked


def properties(contract: Contract) -> Column:
    """A JSON object with sorted keys, from ``unknown`` or ``own_member``; NULL where the contract knows every field."""
    unknown, own = F.col("unknown"), F.col("own_member")
    members = F.transform(F.array_sort(F.map_keys(unknown)), lambda name: _member(name, unknown[name], contract))
    return F.when(own != "", _object(own)).when(F.size(unknown) > 0, _object(F.array_join(members, ",")))


def _object(members: Column) -> Column:
    return F.concat(F.lit("{"), members, F.lit("}"))


def _member(name: Column, value: Column, contract: Contract) -> Column:
    key = F.substr(name, F.lit(2))
    return F.concat(
        _json_string(key), F.lit(":"), F.when(_is_personal(key, contract), "null").otherwise(_json(value, contract))
    )


def _json(value: Column, contract: Contract) -> Column:
    personal = patterns.personal_member(contract.personal_names, contract.max_nesting_depth)
    nested = unmarked(F.regexp_replace(value, personal, "$1null"))
    return (
        F.when(value.isNull(), "null")
        .when(is_string(value), _json_string(F.substr(value, F.lit(2))))
        .when(is_nested(value), nested)
        .otherwise(value)
    )


def _json_string(text: Column) -> Column:
    in_array = F.to_json(F.array(text))
    return F.substr(in_array, F.lit(2), F.length(in_array) - 2)


def _is_personal(name: Column, contract: Contract) -> Column:
    bare = F.translate(F.lower(name), IGNORED_IN_NAMES, "")
    return bare.isin(*contract.personal_names)
