"""A run by its last check run, which repeats the ledger's counts, or by the ledger itself. Pure."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from clickstream import layout
from clickstream.checks import FAIL, PASS, SILENCE, WARN, Result
from clickstream.ledger import parse_ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """A run by its ledger, without the lists of objects and files. ``checks``: its last; empty where none were made."""

    run_id: str
    day: date
    written_at: str
    lines: int
    records: int
    accepted: int
    main_rows: int
    late_rows: int
    duplicates: int
    conflicting: int
    blank: int
    quarantined: Mapping[str, int]
    quarantined_share: float
    inputs: int
    checks: tuple[Result, ...] = ()
    checked_at: str = ""

    @property
    def last_event_at(self) -> datetime | None:
        """When the last accepted event happened (aware, to the second), by the checks."""
        silent = next((one.value for one in self.checks if one.check.name == SILENCE), None)
        return None if silent is None else layout.day_end(self.day) - timedelta(seconds=silent)


@dataclass(frozen=True)
class CheckRun:
    """``run``: with these checks; None where the check run does not tell the counts, as before they were repeated."""

    results: tuple[Result, ...]
    checked_at: str
    run: Run | None


Kind = TypeVar("Kind", Run, CheckRun)


def parsed(run: str, key: str, body: bytes) -> Run | CheckRun | None:
    """What an object of the run's holds: its ledger or a check run; None where the content is neither."""
    if layout.run_of_ledger(key):
        return _or_none(run, key, lambda: _of_ledger(body))
    return _or_none(run, key, lambda: _of_checks(json.loads(body)))


def checked(run: str, key: str, document: Mapping[str, Any]) -> CheckRun | None:
    """As ``parsed``, of a check run whose JSON was read already."""
    return _or_none(run, key, lambda: _of_checks(document))


def _or_none(run: str, key: str, make: Callable[[], Kind]) -> Kind | None:  # noqa: UP047  Glue has Python 3.11
    try:
        made = make()
        about = made if isinstance(made, Run) else made.run
        if about and about.run_id != run:
            raise ValueError(f"expected {run}, got {about.run_id}")
    except (ValueError, TypeError, KeyError, AttributeError):
        log.exception("%s is no ledger and no check run", key)
        return None
    return made


def with_checks(run: Run, checked: CheckRun | None) -> Run:
    return replace(run, checks=checked.results, checked_at=checked.checked_at) if checked else run


def run_of(summary: Mapping[str, Any]) -> Run:
    """A run by its ledger's summary; ValueError where that has no time zone or no real day."""
    rest = {name: value for name, value in summary.items() if name not in ("arrival_day", "written_at")}
    return Run(day=layout.parse_day(summary["arrival_day"]), written_at=_moment(summary["written_at"]), **rest)


def _result(document: Mapping[str, Any]) -> Result:
    """TypeError or ValueError where it has no verdict or bound, as value or severity are of another kind."""
    made = Result.from_dict(document)
    if made.verdict not in (PASS, WARN, FAIL) or not made.bound:
        raise ValueError(f"expected the severity {WARN} or {FAIL}, got {made.check.severity}")
    return made


def _moment(text: str) -> str:
    """The text; ValueError where it is no time with a zone, since it is compared with others later."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"expected a time with its zone, got {text}")
    return text


def _of_ledger(body: bytes) -> Run:
    return run_of(parse_ledger(body).summary())


def _of_checks(document: Mapping[str, Any]) -> CheckRun:
    made = CheckRun(tuple(map(_result, document["checks"])), _moment(document["checked_at"]), None)
    summary = document.get("ledger")
    return replace(made, run=with_checks(run_of(summary), made)) if summary else made
