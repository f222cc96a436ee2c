"""CORPUS.md as data: bad (and good) input with what must become of it. Every engine that judges lines is held to it.

A case has one or more raw objects and tells, for all of them together, which rows are accepted (the named columns
only), which reasons are given, and how many records are duplicates, blank, or beyond the first on their line.
"""

import gzip
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

ARRIVAL_DAY = date(2026, 3, 5)
HOUR = 10
TIME = "2026-03-05T10:20:30.123Z"
ABSENT: Any = object()  # a field to leave out
_NAMES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


@dataclass(frozen=True)
class RawObject:
    """``name`` None: named after its case. ``hour`` is the arrival hour."""

    data: bytes
    hour: int = HOUR
    name: str | None = None


@dataclass(frozen=True)
class Case:
    """``rule`` is the row of CORPUS.md; ``accepted`` holds, per row, the columns that the case is about."""

    id: str
    rule: int
    objects: tuple[RawObject, ...]
    accepted: tuple[dict[str, Any], ...] = ()
    quarantined: tuple[str, ...] = ()
    duplicates: int = 0
    conflicting: int = 0
    blank: int = 0
    split: int = 0


def event_id(case: str, number: int = 0) -> str:
    return str(uuid.uuid5(_NAMES, f"{case}/{number}"))


def event(case: str, number: int = 0, **changes: Any) -> dict[str, Any]:
    """A valid event of only the required fields, changed."""
    fields = {
        "event_id": event_id(case, number),
        "event_type": "page_view",
        "event_timestamp": TIME,
        "session_id": "s-1",
    }
    return {name: value for name, value in (fields | changes).items() if value is not ABSENT}


def line(case: str, number: int = 0, **changes: Any) -> bytes:
    return json.dumps(event(case, number, **changes)).encode()


def packed(*lines: bytes) -> RawObject:
    return RawObject(gzip.compress(b"\n".join(lines) + b"\n", mtime=0))


def accepted(rule: int, case: str, expected: dict[str, Any] | None = None, **changes: Any) -> Case:
    return Case(case, rule, (packed(line(case, **changes)),), accepted=(expected or {},))


def refused(rule: int, case: str, reason: str, **changes: Any) -> Case:
    return Case(case, rule, (packed(line(case, **changes)),), quarantined=(reason,))


def bad_line(rule: int, case: str, reason: str, raw: bytes) -> Case:
    return Case(case, rule, (packed(raw),), quarantined=(reason,))


def replaced(case: str, old: bytes, new: bytes) -> bytes:
    """A good line with a piece of its text replaced."""
    good = line(case)
    assert old in good
    return good.replace(old, new, 1)


def with_member(case: str, member: bytes) -> bytes:
    """A good line with one more member, as raw JSON text."""
    return line(case)[:-1] + b", " + member + b"}"


def unreadable(rule: int, case: str, data: bytes, name: str | None = None) -> Case:
    return Case(case, rule, (RawObject(data, name=name),), quarantined=("unreadable_object",))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


FULL = {
    "user_id": "u-1",
    "anonymous_id": "a-1",
    "page_url": "https://shop.example/p?x=1",
    "page_title": "T",
    "referrer": "https://r.example/",
    "country": "DE",
    "device_type": "mobile",
    "browser": "Chrome",
    "os": "Android",
    "product_id": "p-1",
    "product_name": "Shoe",
    "product_category": "Shoes",
    "brand": "Acme",
    "currency": "EUR",
    "order_id": "o-1",
    "search_query": "shoe",
    "is_bot": False,
    "quantity": 2,
}


def all_cases() -> list[Case]:
    """Every case; ids are unique, and each rule of CORPUS.md but 38 (an object that vanishes) has at least one."""
    from tests import corpus_json, corpus_lines, corpus_objects, corpus_times, corpus_values

    return [
        case for part in (corpus_lines, corpus_json, corpus_values, corpus_times, corpus_objects) for case in part.CASES
    ]
