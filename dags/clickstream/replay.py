"""Replay of quarantine: what the quarantined records of published runs would be under today's contract.

The Glue job judges them again, because it may read raw lines and Airflow may not, and leaves what it found, without the
lines, in the work bucket. Whatever would change is then changed by an ordinary run of the day.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog, PublicationRefused
from clickstream.ledger import Ledger
from clickstream.snapshots import MAIN, Snapshot

ACCEPTED = "accepted"  # an event now, or the duplicate of one
NEEDS_A_RUN = "needs_a_run"  # the quarantine does not hold enough of it to judge
EXPIRED = "expired"  # the quarantine holds it no more
WORTH_A_RUN = frozenset({ACCEPTED, NEEDS_A_RUN, EXPIRED})
MOST_DAYS = 31
_REASON = re.compile(r"[a-z][a-z0-9_]{0,99}")


@dataclass(frozen=True)
class Tally:
    """So many ``records`` were quarantined because of ``was``; ``now``: another reason, or one of ``WORTH_A_RUN``."""

    was: str
    now: str
    records: int


@dataclass(frozen=True)
class Example:
    """A record that would be accepted: its values, those masked that tell who it was."""

    was: str
    event: Mapping[str, Any]


@dataclass(frozen=True)
class Rejudged:
    """What became of the quarantined records of one run."""

    run_id: str
    tallies: tuple[Tally, ...]
    examples: tuple[Example, ...] = ()

    @property
    def day(self) -> date:
        return layout.arrival_day_of(self.run_id)

    @property
    def is_worth_a_run(self) -> bool:
        return any(one.now in WORTH_A_RUN for one in self.tallies)


@dataclass(frozen=True)
class Replay:
    """What a Glue job run found; ``contract_version`` is the contract's by which it judged."""

    job_run_id: str
    contract_version: int
    runs: tuple[Rejudged, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


def parse_replay(text: str | bytes) -> Replay:
    """From its JSON; ValueError where it is none."""
    try:
        document: dict[str, Any] = json.loads(text)
        return Replay(**document | {"runs": tuple(_parse_rejudged(one) for one in document["runs"])})
    except (TypeError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"expected a replay's JSON: {error}") from error


def _parse_rejudged(entry: Mapping[str, Any]) -> Rejudged:
    tallies = tuple(Tally(**one) for one in entry["tallies"])
    return Rejudged(entry["run_id"], tallies, tuple(Example(**one) for one in entry["examples"]))


def parse_days(given: object) -> tuple[date, ...]:
    """Arrival days, each once, oldest first; ValueError."""
    days = sorted({layout.parse_day(one) for one in given}) if isinstance(given, list) else []
    if not 1 <= len(days) <= MOST_DAYS:
        raise ValueError(f"expected arrival_days, a list of 1 to {MOST_DAYS} days written YYYY-MM-DD, got {given!r}")
    return tuple(days)


def parse_reasons(given: Iterable[object] | None) -> tuple[str, ...]:
    """Reasons of quarantine, none for all; ValueError."""
    reasons = sorted({str(one) for one in given or ()})
    if wrong := [one for one in reasons if not _REASON.fullmatch(one)]:
        raise ValueError(f"expected reasons such as unknown_event_type, got {wrong[0]!r}")
    return tuple(reasons)


def runs_to_judge(
    catalog: Catalog, days: Iterable[date], reasons: tuple[str, ...], is_dry: bool
) -> tuple[tuple[str, ...], dict[str, int]]:
    """The published runs that quarantined records for these reasons; and how many, by reason, of all of these days.

    PublicationRefused: a day shows no run; none of the runs knows a reason; or, unless it ``is_dry``, a day is pinned.
    """
    snapshot = catalog.current_snapshot()
    ledgers = [catalog.fetch_ledger(_published(snapshot, day, is_dry)) for day in days]
    quarantined: dict[str, int] = {}
    for ledger in ledgers:
        for reason, number in ledger.quarantined.items():
            quarantined[reason] = quarantined.get(reason, 0) + number
    if unknown := [one for one in reasons if one not in quarantined]:
        raise PublicationRefused(
            f"no record of these days is quarantined as {unknown[0]}; there are: {', '.join(sorted(quarantined))}"
        )
    return tuple(one.run_id for one in ledgers if wanted(one, reasons)), quarantined


def _published(snapshot: Snapshot, day: date, is_dry: bool) -> str:
    main = snapshot.of_kind(MAIN, day)
    if not main:
        raise PublicationRefused(f"arrival day {day} shows no run, so nothing of it can be replayed; run it instead")
    if str(day) in snapshot.pinned_days() and not is_dry:
        raise PublicationRefused(
            f"arrival day {day} is pinned at run {main.run_id}: a new run would undo what a person decided; "
            "release the day first (clickstream_rollback), or leave it out"
        )
    return main.run_id


def wanted(ledger: Ledger, reasons: tuple[str, ...]) -> dict[str, int]:
    """Quarantined records by reason, of the reasons that are asked for: all where none is."""
    return {reason: number for reason, number in ledger.quarantined.items() if not reasons or reason in reasons}


def with_expired(found: Iterable[Tally], ledger: Ledger, reasons: tuple[str, ...]) -> tuple[Tally, ...]:
    """The tallies in order, and what the ledger counted and the quarantine no longer holds."""
    tallies = list(found)
    held: dict[str, int] = {}
    for one in tallies:
        held[one.was] = held.get(one.was, 0) + one.records
    gone = {was: number - held.get(was, 0) for was, number in wanted(ledger, reasons).items()}
    tallies += [Tally(was, EXPIRED, number) for was, number in gone.items() if number > 0]
    return tuple(sorted(tallies, key=lambda one: (one.was, one.now)))
