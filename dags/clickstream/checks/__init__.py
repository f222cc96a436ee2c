"""Checks as data: a metric (one SQL expression), bounds, a severity. One scan of a run's rows computes them all.

`accepted.json` holds the checks. ``:name`` in a metric or a bound is a named value, rendered here as an SQL literal;
``for_each`` makes one check per column, with a bound of its own where it maps columns to bounds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from clickstream import layout
from clickstream.contract import Contract, load_contract
from clickstream.ledger import Ledger
from clickstream.resources import read_json
from clickstream.settings import limits, table
from clickstream.volume import Usual

FAIL, WARN, PASS = "fail", "warn", "pass"
SILENCE = "silent_seconds_at_the_end"  # the check that says when the last event happened
_EMAIL = r"(?i)[a-z0-9._%+-]+(@|%40)[a-z0-9-]+\.[a-z]{2,}"
_ADDRESS = r"(^|[^0-9.])((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])([^0-9.]|$)"


@dataclass(frozen=True)
class Check:
    """``minimum`` and ``maximum`` are inclusive; None: no bound. ``severity`` fail keeps a run from being published."""

    name: str
    metric: str
    severity: str
    description: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Result:
    """A check and what came of it; ``value`` is None where Athena gave no answer, which never passes."""

    check: Check
    value: float | None

    @property
    def verdict(self) -> str:
        """pass, or the severity of the check."""
        low, high = self.check.minimum, self.check.maximum
        inside = self.value is not None and (low is None or self.value >= low) and (high is None or self.value <= high)
        return PASS if inside else self.check.severity

    @property
    def bound(self) -> str:
        """The bounds in words: ``0``, ``>= 1``, ``0 .. 0.05``, ``any``."""
        low, high = self.check.minimum, self.check.maximum
        if low == high:
            return "any" if low is None else number(low)
        if high is None:
            return f">= {number(low)}"
        return f"{number(low)} .. {number(high)}" if low is not None else f"<= {number(high)}"

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self.check), "value": self.value, "verdict": self.verdict}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Result":
        """What ``to_dict`` made; the verdict is judged anew."""
        check = {name: value for name, value in document.items() if name not in ("value", "verdict")}
        return cls(Check(**check), document["value"])


def named_values(
    ledger: Ledger, max_quarantined_share: float, allow_empty: bool, usual: Usual | None = None
) -> dict[str, Any]:
    """Everything a metric or a bound may name. Text comes from the contract or from parsed values only."""
    contract = load_contract()
    day = layout.parse_day(ledger.arrival_day)
    latest = layout.day_end(day) + timedelta(minutes=limits().future_tolerance_minutes)
    return {
        "accepted": ledger.accepted,
        "main_rows": ledger.main_rows,
        "quarantined_share": ledger.quarantined_share,
        "max_quarantined_share": max_quarantined_share,
        "min_rows": 0 if allow_empty else 1,
        "usual_least": usual.least if usual else None,
        "usual_most": usual.most if usual else None,
        "arrival_day": str(day),
        "day_end": f"{layout.day_end(day):%Y-%m-%d %H:%M:%S}",
        "latest_event": f"{latest:%Y-%m-%d %H:%M:%S}",
        "event_types": contract.column("event_type").accepted_values,
        "device_types": contract.column("device_type").accepted_values,
        "required_columns": [column.name for column in contract.required_columns],
        "text_columns": Names(_text_columns(contract)),
        "unscrubbed_url_pattern": unscrubbed_url(contract.personal_url_parameters),
        "email_pattern": _EMAIL,
        "address_pattern": _ADDRESS,
    }


class Names(tuple[str, ...]):
    """Column names, rendered as identifiers."""

    __slots__ = ()


def load_checks(values: Mapping[str, Any]) -> list[Check]:
    """The packaged checks with their named values filled in; ValueError names an unknown one."""
    return [check for entry in read_json("checks/accepted.json")["checks"] for check in expand(entry, values)]


def expand(entry: Mapping[str, Any], values: Mapping[str, Any]) -> Iterable[Check]:
    """The checks of one entry: one, or one per column of its ``for_each``."""
    columns = _named(entry.get("for_each", {"": None}), values)
    for column in columns:
        bounds = {"min": entry.get("min"), "max": entry.get("max")}
        if isinstance(columns, Mapping) and columns[column] is not None:
            bounds["max"] = columns[column]
        yield Check(
            name=entry["name"].replace("{column}", column),
            metric=_rendered(entry["metric"].replace("{column}", column), values),
            severity=_severity(entry),
            description=entry["description"],
            minimum=_named(bounds["min"], values),
            maximum=_named(bounds["max"], values),
        )


def query(checks: Sequence[Check], ledger: Ledger) -> str:
    """One Athena query, one row: a column per check. It scans the run's own partition and its candidates only."""
    metrics = ",\n  ".join(f"{check.metric} AS {check.name}" for check in checks)
    return f"WITH accepted AS (\n{_accepted_rows(ledger)}\n)\nSELECT\n  {metrics}\nFROM accepted"


def evaluate(checks: Sequence[Check], row: Mapping[str, str | None]) -> list[Result]:
    """Results from Athena's row (column name to text); a column that is missing or empty counts as no answer."""
    return [Result(check, _value(row.get(check.name))) for check in checks]


def worst_first(results: Iterable[Result]) -> list[Result]:
    """What failed, then what warned, then what passed; each in its order."""
    order = {FAIL: 0, WARN: 1, PASS: 2}
    return sorted(results, key=lambda result: order[result.verdict])


def _accepted_rows(ledger: Ledger) -> str:
    """SELECTs of the run's main rows and candidates. Everything pasted is a parsed day or a checked run id."""
    day = layout.arrival_day_of(ledger.run_id)
    year, month, day_ = layout.partition_values(day)
    columns = ", ".join(column.name for column in load_contract().table_columns)
    mains = (
        f"  SELECT 'main' AS zone, '{day}' AS event_day, {columns} FROM {table('generations')}\n"
        f"  WHERE year = '{year}' AND month = '{month}' AND day = '{day_}' AND generation = '{ledger.run_id}'"
    )
    others = sorted(str(layout.parse_day(text)) for text in ledger.rows_per_event_day if text != str(day))
    if not others:
        return mains
    days = ", ".join(f"'{text}'" for text in others)
    return (
        f"{mains}\n  UNION ALL\n  SELECT 'candidate' AS zone, day AS event_day, {columns} FROM {table('candidates')}\n"
        f"  WHERE day IN ({days}) AND generation = '{ledger.run_id}'"
    )


def _text_columns(contract: Contract) -> list[str]:
    """Columns that hold a producer's free text: what the contract judges otherwise cannot hide an address."""
    free = ("text", "url")
    names = [x.name for x in contract.table_columns if x.type == "string" and x.rule in free and x.origin == "event"]
    return [*names, "properties"]


def unscrubbed_url(parameters: Iterable[str]) -> str:
    """Fits a URL that the Glue job's scrubbing (clickstream_glue/urls.py) cannot have left: user-info, a fragment, the
    value of a personal parameter in the query, or behind ``;`` or ``&`` in the path. Never stricter than the scrubbing:
    a URL that it leaves as it is must not keep a day from being published.
    """
    names = "|".join(map(re.escape, parameters))
    user_info = r"^\s*([a-z][a-z0-9+.-]*:)?[/\\]{2}[^/\\?]*@"
    in_query, in_path = rf"^[^?]*[?](.*[?&;])?({names})=[^&;]", rf"^[^?]*[;&]({names})=[^;&/?]"
    return rf"(?i)({user_info}|{in_query}|{in_path}|#)"


def _severity(entry: Mapping[str, Any]) -> str:
    severity: str = entry["severity"]
    if severity not in (FAIL, WARN):
        raise ValueError(f"checks/accepted.json, {entry['name']}: severity is fail or warn, got {severity!r}")
    return severity


def _rendered(metric: str, values: Mapping[str, Any]) -> str:
    return re.sub(r":([a-z_]+)", lambda match: _literal(_named(match[0], values)), metric)


def _named(value: Any, values: Mapping[str, Any]) -> Any:
    """The value itself, or what ``:name`` stands for."""
    if not (isinstance(value, str) and value.startswith(":")):
        return value
    if value[1:] not in values:
        raise ValueError(f"checks/accepted.json names {value}, known are {', '.join(sorted(values))}")
    return values[value[1:]]


def _literal(value: Any) -> str:
    """A value as Athena SQL: numbers as they are, text quoted, several joined by commas."""
    if isinstance(value, Names):
        return ", ".join(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(_literal, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "'" + str(value).replace("'", "''") + "'"
    return f"{value!r}e0" if isinstance(value, float) and "e" not in repr(value) else repr(value)


def number(value: float | None) -> str:
    """Whole numbers with all their digits, others with six."""
    if value is None:
        return "no answer"
    return f"{value:.0f}" if value == value // 1 and abs(value) < 1e15 else f"{value:g}"


def _value(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
