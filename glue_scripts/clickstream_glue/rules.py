"""How a field's text becomes a value: one function per ``rule`` of the contract. NULL where the text does not fit.

Each is given the name of a column of texts, NULL where there is nothing to judge. Conversions stand behind the pattern
that makes them safe, or are ``try_cast``, so they behave alike with and without ANSI mode.
"""

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

from clickstream import patterns
from clickstream.contract import Column as ContractColumn
from clickstream.contract import Contract
from clickstream_glue import timestamps, urls
from clickstream_glue.records import matches

Rule = Callable[[ContractColumn, str, Contract], Column]


def value(column: ContractColumn, text: str, contract: Contract) -> Column:
    """The column's value, in its type, by its rule."""
    return _RULES[column.rule](column, text, contract)


def _text(_column: ContractColumn, text: str, _contract: Contract) -> Column:
    return F.col(text)


def _uuid(_column: ContractColumn, text: str, _contract: Contract) -> Column:
    lower = F.lower(F.col(text))
    digits = F.right(F.regexp_replace(lower, "[{}-]", ""), F.lit(32))
    dashed = F.regexp_replace(digits, "^(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
    usual = F.when(matches(F.col(text), patterns.UUID), F.col(text))
    return usual.when(matches(lower, patterns.UUID), lower).when(matches(lower, patterns.OTHER_UUID), dashed)


def _choice(column: ContractColumn, text: str, _contract: Contract) -> Column:
    # Lower case of ASCII only: the Kelvin sign is no k.
    lower = F.lower(F.trim(text))
    known = F.when(lower.isin(*column.accepted_values), lower)
    for alias, meant in column.value_aliases.items():
        known = known.when(lower == alias, meant)
    known = F.when(matches(F.col(text), patterns.ASCII), known)
    if column.when_unknown in column.accepted_values:
        return F.coalesce(known, F.when(F.col(text).isNotNull(), column.when_unknown))
    return known


def _timestamp(_column: ContractColumn, text: str, _contract: Contract) -> Column:
    return timestamps.timestamp(F.col(text))


def _url(_column: ContractColumn, text: str, contract: Contract) -> Column:
    return urls.scrubbed(F.col(text), contract.personal_url_parameters)


def _upper(pattern: str) -> Rule:
    return lambda _column, text, _contract: F.when(matches(F.col(text), pattern), F.upper(text))


def _decimal(column: ContractColumn, text: str, _contract: Contract) -> Column:
    """Rounded half up from the shortest decimal that reads back as the same double."""
    rounded = F.expr(f"try_cast(try_cast({text} as double) as {column.type})")
    return F.when(_is_number(text) & _not_below(_double(text), column.minimum), rounded)


def _integer(column: ContractColumn, text: str, _contract: Contract) -> Column:
    """A whole number; 2.0 is one."""
    whole = F.expr(f"try_cast(try_cast({text} as double) as int)")
    return F.when(_is_number(text) & _not_below(_double(text), column.minimum) & (whole == _double(text)), whole)


def _boolean(_column: ContractColumn, text: str, _contract: Contract) -> Column:
    lower = F.lower(text)
    return F.when(lower.isin("true", "1"), True).when(lower.isin("false", "0"), False)


def _is_number(text: str) -> Column:
    return matches(F.col(text), patterns.NUMBER)


def _double(text: str) -> Column:
    return F.expr(f"try_cast({text} as double)")


def _not_below(number: Column, minimum: int | None) -> Column:
    return F.lit(True) if minimum is None else number >= minimum


_RULES: dict[str, Rule] = {
    "text": _text,
    "uuid": _uuid,
    "choice": _choice,
    "timestamp": _timestamp,
    "url": _url,
    "country": _upper(patterns.COUNTRY),
    "currency": _upper(patterns.CURRENCY),
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
}
