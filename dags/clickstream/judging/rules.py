"""How a field's text becomes a value: one function per ``rule`` of the contract. None where the text does not fit."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from math import isinf
from typing import Any

from clickstream.contract import Column, Contract
from clickstream.judging.timestamps import milliseconds
from clickstream.judging.urls import scrubbed
from clickstream.patterns import ASCII, COUNTRY, CURRENCY, NUMBER, OTHER_UUID, UUID, compiled

Rule = Callable[[Column, str, Contract], Any]
_LARGEST_INT = 2**31 - 1
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def value(column: Column, text: str, contract: Contract) -> Any:
    """The column's value: str, int, bool, Decimal; a time as milliseconds UTC since 1970."""
    return _RULES[column.rule](column, text, contract)


def accepts_all(column: Column) -> bool:
    """Whether any text fits."""
    return column.rule in ("text", "url")


def _text(_column: Column, text: str, _contract: Contract) -> str:
    return text


def _uuid(_column: Column, text: str, _contract: Contract) -> str | None:
    lower = text.lower()
    if compiled(UUID).fullmatch(lower):
        return lower
    if not compiled(OTHER_UUID).fullmatch(lower):
        return None
    digits = re.sub("[{}-]", "", lower)[-32:]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _choice(column: Column, text: str, _contract: Contract) -> str | None:
    # Lower case of ASCII only: the Kelvin sign is no k.
    lower = text.strip(" ").lower() if compiled(ASCII).fullmatch(text) else ""
    known = lower if lower in column.accepted_values else column.value_aliases.get(lower)
    return known or (column.when_unknown if column.when_unknown in column.accepted_values else None)


def _timestamp(_column: Column, text: str, _contract: Contract) -> int | None:
    return milliseconds(text)


def _url(_column: Column, text: str, contract: Contract) -> str:
    return scrubbed(text, contract.personal_url_parameters)


def _upper(pattern: str) -> Rule:
    return lambda _column, text, _contract: text.upper() if compiled(pattern).fullmatch(text) else None


def _decimal(column: Column, text: str, _contract: Contract) -> Decimal | None:
    """Rounded half up from the shortest decimal that reads back as the same double."""
    precision, scale = map(int, re.findall("[0-9]+", column.type))
    number = _number(column, text)
    if number is None or abs(number) >= 10 ** (precision - scale):
        return None
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    return abs(rounded) if abs(rounded) < 10 ** (precision - scale) else None


def _integer(column: Column, text: str, _contract: Contract) -> int | None:
    """A whole number; 2.0 is one."""
    number = _number(column, text)
    fits = number is not None and not isinf(number) and -_LARGEST_INT - 1 <= number <= _LARGEST_INT
    return int(number) if number is not None and fits and number == int(number) else None


def _boolean(_column: Column, text: str, _contract: Contract) -> bool | None:
    return _BOOLEANS.get(text.lower())


def _number(column: Column, text: str) -> float | None:
    """The double, where the text is a number and not below the column's minimum."""
    number = float(text) if compiled(NUMBER).fullmatch(text) else None
    below = number is not None and column.minimum is not None and number < column.minimum
    return None if below else number


_RULES: dict[str, Rule] = {
    "text": _text,
    "uuid": _uuid,
    "choice": _choice,
    "timestamp": _timestamp,
    "url": _url,
    "country": _upper(COUNTRY),
    "currency": _upper(CURRENCY),
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
}
