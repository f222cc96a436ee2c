"""Result files as Athena writes them, and the pages that GetQueryResults cuts from them.

A query's CSV: every value in quotes, NULL as nothing at all, the header first. DDL: text, one row per line.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from local_aws.athena.failures import QueryFailed

Row = Sequence[str | None]
FIELD = re.compile(r'"((?:[^"]|"")*)"|(?=[,\n])')
BIGINT = range(-(2**63), 2**63)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_NOTNULL, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            # csv would quote a lone NULL, as its reader could not tell it from an empty line
            out.write("\n") if list(row) == [None] else writer.writerow(row)


def read_csv(text: str) -> list[Row]:
    """The rows, header first; csv.reader cannot tell NULL from ''."""
    return [] if not text else list(_rows(text))


def _rows(text: str) -> Iterator[Row]:
    row: list[str | None] = []
    place = 0
    while place < len(text):
        field = FIELD.match(text, place)
        if not field:
            raise ValueError(f"the result is not Athena's CSV at character {place}")
        row.append(None if field[1] is None else field[1].replace('""', '"'))
        if text[field.end()] == "\n":
            yield row
            row = []
        place = field.end() + 1


def as_text(value: Any) -> str | None:
    """A value of an Arrow result as Athena prints it."""
    if value is None:
        return None
    for kind, printed in PRINTERS:
        if isinstance(value, kind):
            return printed(value)
    raise QueryFailed("NOT_SUPPORTED", f"a result of type {type(value).__name__} is not supported by the local Athena")


def printer(arrow_type: pa.DataType) -> Callable[[Any], str | None]:
    """What prints a column: an empty map can be told from an empty array by its type alone."""
    if pa.types.is_map(arrow_type):
        return lambda value: None if value is None else _map(value)
    return as_text


def _whole(value: int) -> str:
    if value not in BIGINT:
        raise QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", f"bigint overflow: {value}")
    return str(value)


def java_double(value: float) -> str:
    """Java's Double.toString: an exponent below 10^-3 and from 10^7 on."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    fraction = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{fraction}E{int(exponent) + len(digits) - 1}"


def _moment(value: datetime) -> str:
    zone = " UTC" if value.tzinfo else ""
    moment = value.astimezone(UTC) if value.tzinfo else value
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}{zone}"


def _list(values: list[Any]) -> str:
    if values and all(isinstance(value, tuple) for value in values):
        return _map(values)
    return f"[{', '.join(map(_inner, values))}]"


def _map(pairs: Iterable[tuple[Any, Any]]) -> str:
    return "{" + ", ".join(f"{_inner(key)}={_inner(value)}" for key, value in pairs) + "}"


def _inner(value: Any) -> str:
    return "null" if value is None else str(as_text(value))


PRINTERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: str(value).lower()),
    (int, _whole),
    (float, java_double),
    (Decimal, lambda value: format(value, "f")),
    (datetime, _moment),
    (date, date.isoformat),
    (bytes, lambda value: value.hex(" ")),
    (list, _list),
    (dict, lambda value: _map(value.items())),
)


def page(rows: Sequence[Row], start: int, size: int) -> list[dict[str, Any]]:
    """Rows as GetQueryResults gives them: a NULL is a Datum without a VarCharValue."""
    return [
        {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
        for row in rows[start : start + size]
    ]
