"""What becomes of each record of a line: its values in the contract's types, or the first reason why it is bad."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from clickstream.contract import Column, Contract
from clickstream.judging import user_agents
from clickstream.judging.lines import line_of
from clickstream.judging.properties import properties
from clickstream.judging.records import NotJson, is_nested, parse, text_of
from clickstream.judging.rules import accepts_all, value
from clickstream.layout import day_end
from clickstream.patterns import WHITE_SPACE, compiled
from clickstream.reasons import IN_THE_FUTURE, MALFORMED, NOT_AN_OBJECT, TOO_LATE
from clickstream.settings import Limits


@dataclass(frozen=True)
class Window:
    """Event times that an object may hold, both inclusive, in milliseconds UTC since 1970."""

    earliest: int
    latest: int


@dataclass(frozen=True)
class Judged:
    """One record. ``reason``: None for an event, ``blank``, or why it is bad; ``values``: an event's, by column.

    A time is in milliseconds UTC since 1970.
    """

    text: str
    reason: str | None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """Tells two records of one event id apart, and puts them in order."""
        return hashlib.md5(self.text.encode(), usedforsecurity=False).hexdigest()


def window_of(arrival_hour: datetime, limits: Limits) -> Window:
    """Of an object that Firehose filed under the hour (aware UTC)."""
    earliest = day_end(arrival_hour.date()) - timedelta(days=1 + limits.max_lateness_days)
    latest = arrival_hour + timedelta(hours=1, minutes=limits.future_tolerance_minutes)
    return Window(int(earliest.timestamp()) * 1000, int(latest.timestamp()) * 1000)


def judge(raw: bytes, window: Window, contract: Contract, limits: Limits) -> Iterator[Judged]:
    """Each record of a line, in its order; ``raw`` without line end, and without the mark at an object's head."""
    line = line_of(raw, limits.max_line_bytes)
    return (Judged(text, line.state) if line.state else _judge_record(text, window, contract) for text in line.texts)


def _judge_record(text: str, window: Window, contract: Contract) -> Judged:
    try:
        record = parse(text, contract.max_nesting_depth)
    except NotJson:
        return Judged(text, MALFORMED)
    if not isinstance(record, tuple):
        return Judged(text, NOT_AN_OBJECT)
    fields = dict(record)  # of equal names the last counts
    values: dict[str, Any] = {}
    for column in contract.raw_columns:
        given = _given(column, fields)
        if given is None and not column.is_required:
            values[column.name] = None
        elif reason := _field_reason(column, given, values, contract):
            return Judged(text, reason)
    if reason := _time_reason(values["event_timestamp"], window):
        return Judged(text, reason)
    unknown = {name: one for name, one in fields.items() if name not in contract.known_raw_names}
    return Judged(text, None, completed(values) | {"properties": properties(unknown, contract)})


def _given(column: Column, fields: Mapping[str, Any]) -> Any:
    """The first value of the column's names; null and '' are none."""
    values = (fields.get(name) for name in column.raw_names)
    return next((one for one in values if one is not None and one != ""), None)


def _field_reason(column: Column, given: Any, values: dict[str, Any], contract: Contract) -> str | None:
    """Puts the column's value among ``values``, or says why there is none: missing, or invalid."""
    text = text_of(given)
    if column.is_required and not is_nested(given) and (text is None or compiled(WHITE_SPACE).fullmatch(text)):
        return f"missing_{column.name}"
    if is_nested(given):
        return f"invalid_{column.name}"
    values[column.name] = None if text is None else value(column, text, contract)
    if text is None or accepts_all(column) or values[column.name] is not None:
        return None
    is_refused = column.when_unknown and column.when_unknown not in column.accepted_values
    return column.when_unknown if is_refused else f"invalid_{column.name}"


def _time_reason(milliseconds: int, window: Window) -> str | None:
    if milliseconds < window.earliest:
        return TOO_LATE
    return IN_THE_FUTURE if milliseconds > window.latest else None


def completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """With what the producer left open and the user agent tells."""
    agent = values["user_agent"]
    said_bot = values["device_type"] == "bot"
    told = {name: user_agents.fact(agent, name) for name in user_agents.FACTS if values[name] is None}
    is_bot = said_bot or user_agents.is_bot(agent) if values["is_bot"] is None else values["is_bot"]
    return {**values, **told, "is_bot": is_bot}
