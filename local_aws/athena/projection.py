"""Partition projection: partitions computed from table properties; the catalog's own are then not looked at.

Supports: ``enum``, ``integer`` (interval, digits), ``date`` (range with NOW, format of yyyy MM dd HH mm, interval and
unit), ``storage.location.template``. Does not support: ``injected``; week and second units; over 100,000 partitions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from math import prod

from local_aws.athena.failures import QueryFailed, not_supported

MAX_PARTITIONS = 100_000
JAVA_TO_PYTHON = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
UNITS = {"MINUTES": timedelta(minutes=1), "HOURS": timedelta(hours=1), "DAYS": timedelta(days=1)}
NOW = re.compile(r"NOW(?:\s*([+-])\s*(\d+)\s*(MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)S?)?")
CALENDAR_MONTHS = {"MONTH": 1, "YEAR": 12, "MONTHS": 1, "YEARS": 12}
Properties = Mapping[str, str]
Projected = tuple[tuple[str, ...], str]


def project_partitions(keys: Sequence[str], parameters: Properties, location: str, now: datetime) -> list[Projected]:
    """(values, location) of every partition that the table properties describe."""
    columns = [_values(key, parameters, now) for key in keys]
    if (count := prod(map(len, columns))) > MAX_PARTITIONS:
        raise not_supported(f"a projection of {count:,} partitions (at most {MAX_PARTITIONS:,})")
    template = parameters.get("storage.location.template") or default_template(location, keys)
    missing = [key for key in keys if f"${{{key}}}" not in template]
    if missing:
        raise _invalid(f"storage.location.template {template!r} does not contain ${{{missing[0]}}}")
    return [(values, _fill(template, keys, values)) for values in product(*columns)]


def default_template(location: str, keys: Sequence[str]) -> str:
    return location.rstrip("/") + "/" + "".join(f"{key}=${{{key}}}/" for key in keys)


def _fill(template: str, keys: Sequence[str], values: Sequence[str]) -> str:
    for key, value in zip(keys, values, strict=True):
        template = template.replace(f"${{{key}}}", value)
    return template


def _values(key: str, parameters: Properties, now: datetime) -> list[str]:
    kind = _property(key, "type", parameters).lower()
    if kind not in PROJECTIONS:
        raise not_supported(f"projection type {kind!r} of column {key} (expected one of {sorted(PROJECTIONS)}), which")
    return list(PROJECTIONS[kind](key, parameters, now))


def _property(key: str, name: str, parameters: Properties) -> str:
    try:
        return parameters[f"projection.{key}.{name}"]
    except KeyError:
        raise _invalid(f"the table property projection.{key}.{name} is missing") from None


def _invalid(message: str) -> QueryFailed:
    return QueryFailed("INVALID_TABLE_PROPERTY", message)


def _enum(key: str, parameters: Properties, now: datetime) -> Iterator[str]:
    yield from (value.strip() for value in _property(key, "values", parameters).split(","))


def _integer(key: str, parameters: Properties, now: datetime) -> Iterator[str]:
    first, last = (int(end) for end in _property(key, "range", parameters).split(","))
    digits = int(parameters.get(f"projection.{key}.digits", 0))
    for number in range(first, last + 1, int(parameters.get(f"projection.{key}.interval", 1))):
        yield str(number).zfill(digits)


def _date(key: str, parameters: Properties, now: datetime) -> Iterator[str]:
    pattern = _python_format(_property(key, "format", parameters))
    first, last = (_moment(end.strip(), pattern, now) for end in _property(key, "range", parameters).split(","))
    interval = int(parameters.get(f"projection.{key}.interval", 1))
    unit = parameters.get(f"projection.{key}.interval.unit", _default_unit(pattern)).upper()
    moment = _floor(first, pattern)
    while moment <= last:
        yield moment.strftime(pattern)
        moment = _later(moment, interval, unit)


def _python_format(java: str) -> str:
    pattern = re.sub("yyyy|MM|dd|HH|mm", lambda token: JAVA_TO_PYTHON[token[0]], java)
    if re.search(r"(?<!%)[A-Za-z]", re.sub(r"'[^']*'", "", pattern)):
        raise not_supported(f"the projection date format {java!r}")
    return pattern.replace("'", "")


def _default_unit(pattern: str) -> str:
    return "DAYS" if "%d" in pattern else "MONTHS" if "%m" in pattern else "YEARS"


def _moment(text: str, pattern: str, now: datetime) -> datetime:
    if not (relative := NOW.fullmatch(text)):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            raise _invalid(f"the projection range has {text!r}, which does not have the column's format") from None
    sign, count, unit = relative.groups()
    if not sign:
        return now
    steps = int(sign + count)
    return now + timedelta(weeks=steps) if unit == "WEEK" else _later(now, steps, unit + "S")


def _later(moment: datetime, count: int, unit: str) -> datetime:
    if unit in UNITS:
        return moment + count * UNITS[unit]
    if unit not in CALENDAR_MONTHS:
        raise not_supported(f"the projection interval unit {unit!r}")
    months = moment.year * 12 + moment.month - 1 + count * CALENDAR_MONTHS[unit]
    return moment.replace(year=months // 12, month=months % 12 + 1, day=min(moment.day, 28))


def _floor(moment: datetime, pattern: str) -> datetime:
    return datetime.strptime(moment.strftime(pattern), pattern).replace(tzinfo=UTC)


PROJECTIONS = {"enum": _enum, "integer": _integer, "date": _date}
