"""A person's request to roll a day back, withdraw or release it: checked as a whole before anything changes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from clickstream import layout, publication
from clickstream.catalog import Catalog, PublicationRefused
from clickstream.changes import require_kept
from clickstream.inventory import WORK, snapshots_stored
from clickstream.publication import Publication
from clickstream.runs import publishable
from clickstream.settings import table
from clickstream.snapshots import MAIN, PINNED, Snapshot

ROLLBACK, WITHDRAW, RELEASE = "rollback", "withdraw", "release"
ACTIONS = (ROLLBACK, WITHDRAW, RELEASE)
RUN_PATTERN = r"^\d{4}-\d{2}-\d{2}-[A-Za-z0-9_-]{1,100}$"
CANDIDATES_QUERY = (
    "SELECT run_id, written_at, lines, accepted, main_rows, duplicates, blank "  # noqa: S608  a name of pipeline.json
    f"FROM {table('ledgers')} WHERE arrival_date = '2024-12-25' ORDER BY written_at"
)


@dataclass(frozen=True)
class ChangeRequest:
    """``run`` is given for a rollback, and only then."""

    action: str
    day: date
    run: str | None

    def to_dict(self) -> dict[str, str | None]:
        return {"action": self.action, "arrival_day": str(self.day), "run_id": self.run}


def parse_request(action: object, arrival_day: object, run: object) -> ChangeRequest:
    """The request; ValueError says what to give."""
    if action not in ACTIONS:
        raise ValueError(f"expected an action, one of {', '.join(ACTIONS)}, got {action!r}")
    day, run = layout.parse_day(arrival_day), str(run or "") or None
    if action == ROLLBACK and not run:
        raise ValueError(f"a rollback needs the run to go back to (run_id); candidates of {day}: {CANDIDATES_QUERY}")
    if action != ROLLBACK and run:
        raise ValueError(f"{action} takes the day alone, but run_id {run!r} was given; leave it empty")
    if run and layout.arrival_day_of(run) != day:
        raise ValueError(f"run {run} is not of arrival day {day}")
    return ChangeRequest(str(action), day, run)


def require_possible(catalog: Catalog, request: ChangeRequest) -> None:
    """PublicationRefused where the request does not fit what is there; nothing is changed."""
    current = catalog.current_snapshot()
    if request.run:
        require_kept(current, request.run)
        publishable(catalog, request.day, request.run)
        require_audited(catalog, request.run)
    if request.action == WITHDRAW:
        _require_line(current, MAIN, request, "shows no run")
    if request.action == RELEASE:
        _require_line(current, PINNED, request, "is not pinned")


def carry_out(catalog: Catalog, request: ChangeRequest) -> Publication:
    """Commits the request; safe to repeat."""
    day, run = request.day, request.run
    changes: dict[str, Callable[[], Publication]] = {
        ROLLBACK: lambda: publication.rollback(catalog, day, str(run)),
        WITHDRAW: lambda: publication.withdraw(catalog, day),
        RELEASE: lambda: publication.release(catalog, day),
    }
    return changes[request.action]()


def require_audited(catalog: Catalog, run: str) -> None:
    """The run's latest checks did not fail; without a record of checks, it was published once, and so had passed."""
    latest = _latest_checks(catalog, run)
    if latest is None and not any(x.run_id == run for one in snapshots_stored(catalog) for x in one.snapshot.lines):
        raise PublicationRefused(f"run {run} was never checked and never published; run its day again")
    failed = [one["name"] for one in (latest or {}).get("checks", ()) if one["verdict"] == "fail"]
    if failed:
        raise PublicationRefused(f"run {run} failed its checks ({', '.join(failed)}); choose another")


def _latest_checks(catalog: Catalog, run: str) -> dict[str, Any] | None:
    """The newest object of `quality/` about the run; their names end with their time."""
    found = sorted(entry["Key"] for entry in catalog.list_objects(WORK, layout.quality_prefix(run)))
    for key in reversed(found):
        body = catalog.s3.get_object(Bucket=catalog.settings.name(WORK), Key=key)["Body"].read()
        document: dict[str, Any] = json.loads(body)
        if document["run_id"] == run:
            return document
    return None


def _require_line(current: Snapshot, kind: str, request: ChangeRequest, what: str) -> None:
    if not current.of_kind(kind, request.day):
        raise PublicationRefused(f"day {request.day} {what}: there is nothing to {request.action}")
