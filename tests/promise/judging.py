"""A reduced but true set of the Glue job's rules, in plain Python, for tests that need many runs and no Spark.

It knows blank lines, broken JSON, missing required fields, the two reasons about time and the contract's text fields.
Whatever else a line holds is refused with NotImplementedError: it must never be judged otherwise than Spark does.
`test_in_process.py` holds it to the real job.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from clickstream import layout, patterns
from clickstream.contract import RAW_ONLY, load_contract
from clickstream.settings import limits

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Record:
    """One line with its verdict. ``reason``: None for an event, ``blank``, or why the line is quarantined.

    ``line_bytes`` counts what ``line`` lacks, too: the CR of a CRLF line end.
    """

    line: str
    line_bytes: int
    source_object: str
    reason: str | None = None
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def order(self) -> tuple[datetime, str, str]:
        """The first of these is the one that stays of an event id."""
        return self.values["event_timestamp"], self.content, self.source_object

    @property
    def content(self) -> str:
        return hashlib.md5(self.line.encode(), usedforsecurity=False).hexdigest()

    @property
    def event_day(self) -> date:
        day: date = self.values["event_timestamp"].date()
        return day


def judged(body: bytes, key: str, uri: str) -> Iterator[Record]:
    """The records of an object's inflated body; ``key`` tells its arrival hour, ``uri`` is what its rows say."""
    lines = body.split(b"\n")
    for raw in lines if lines[-1] else lines[:-1]:
        text = raw.decode().removesuffix("\r")
        reason, values = _judged_line(text, layout.arrival_hour(key))
        yield Record(text, len(raw), uri, reason, values)


def _judged_line(text: str, arrival_hour: datetime | None) -> tuple[str | None, dict[str, Any]]:
    if re.fullmatch(patterns.BLANK_LINE, text):
        return "blank", {}
    if re.search(patterns.SUSPECTED_SEAM, text) or "\\u" in text or not text.isascii():
        raise NotImplementedError(f"expected one record of plain ASCII on a line, got {text!r}")
    try:
        fields = json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return "malformed_json", {}
    if not isinstance(fields, dict):
        return "not_an_object", {}
    return _judged_event(fields, arrival_hour)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _judged_event(fields: dict[str, Any], arrival_hour: datetime | None) -> tuple[str | None, dict[str, Any]]:
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    values = {name: _value(name, value) for name, value in given.items() if not _is_white(value)}
    for column in load_contract().required_columns:
        if column.name not in values:
            return f"missing_{column.name}", {}
    reason = _time_reason(values["event_timestamp"], arrival_hour)
    return reason, {} if reason else {"is_bot": False, **values}


def _is_white(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(patterns.WHITE_SPACE, value) is not None


def _value(name: str, value: Any) -> Any:
    column = load_contract().column(name) if name in _known() else None
    if column and isinstance(value, str):
        if column.rule == "text":
            return value
        if (column.rule == "uuid" and re.fullmatch(patterns.UUID, value)) or value in column.accepted_values:
            return value
        if column.rule == "timestamp" and re.fullmatch(patterns.ISO_TIME, value) and value.endswith("Z"):
            return _milliseconds(value)
    raise NotImplementedError(f"the in-process transform cannot judge {name!r}: {value!r}; the Glue job can")


def _known() -> frozenset[str]:
    return frozenset(column.name for column in load_contract().raw_columns if column.origin != RAW_ONLY)


def _milliseconds(text: str) -> datetime:
    """Digits beyond milliseconds are cut, not rounded."""
    moment = datetime.fromisoformat(text)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _time_reason(moment: datetime, arrival_hour: datetime | None) -> str | None:
    assert arrival_hour is not None
    day_start = arrival_hour.replace(hour=0)
    if moment < day_start - timedelta(days=limits().max_lateness_days):
        return "too_late"
    if moment > arrival_hour + _HOUR + timedelta(minutes=limits().future_tolerance_minutes):
        return "in_the_future"
    return None
