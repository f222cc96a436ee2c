"""Snapshots: what is visible, as an immutable NDJSON object with one line per generation (DESIGN section 5). Pure."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

MAIN, LATE, LIVE, RETIRED, PINNED = "main", "late", "live", "retired", "pinned"
VISIBLE_KINDS = (MAIN, LATE, LIVE)
LIVE_DAYS_AHEAD = 30


@dataclass(frozen=True, order=True)
class Line:
    """One line of a snapshot. ``day`` as YYYY-MM-DD; ``run_id`` is empty for what no run wrote: late and live rows.

    A ``pinned`` line: the day stays at run ``run_id``, or without it where it was withdrawn, until a run is published
    that is newer than that one and than ``generation``, which was out when the day was pinned.
    """

    day: str
    kind: str
    generation: str
    run_id: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The lines of one publication, in no order that matters."""

    lines: frozenset[Line]

    def of_kind(self, kind: str, day: date) -> Line | None:
        """The day's line of a kind (there is at most one main, late and live line a day)."""
        return next((line for line in self.lines if line.kind == kind and line.day == str(day)), None)

    def is_retired(self, generation: str) -> bool:
        return any(line.kind == RETIRED and line.generation == generation for line in self.lines)

    def pinned_days(self) -> frozenset[str]:
        """Days, as YYYY-MM-DD, that catch-up leaves alone."""
        return frozenset(line.day for line in self.lines if line.kind == PINNED)

    def visible_lines(self) -> frozenset[Line]:
        return frozenset(line for line in self.lines if line.kind in VISIBLE_KINDS)

    def visible_generations(self, day: date) -> tuple[str, ...]:
        """Generations that a reader of the day sees, sorted."""
        return tuple(sorted(x.generation for x in self.lines if x.kind in VISIBLE_KINDS and x.day == str(day)))

    def to_ndjson(self) -> str:
        return "".join(json.dumps(asdict(line), separators=(",", ":")) + "\n" for line in sorted(self.lines))


def parse_snapshot(text: str) -> Snapshot:
    """A snapshot from its NDJSON; ValueError where it is none (what cannot be read must never count as empty)."""
    try:
        return Snapshot(frozenset(Line(**json.loads(row)) for row in text.splitlines() if row))
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"expected a snapshot's NDJSON: {error}") from error


def live_generation(day: date) -> str:
    return f"live-{day}"


def without(snapshot: Snapshot, kinds: Collection[str], days: Iterable[date]) -> Snapshot:
    """The snapshot without the days' lines of these kinds."""
    named = {str(day) for day in days}
    return Snapshot(frozenset(x for x in snapshot.lines if not (x.kind in kinds and x.day in named)))


def with_mains(snapshot: Snapshot, runs: Mapping[date, str]) -> Snapshot:
    """The snapshot with these runs as their days' main generations; live lines and pins go in the same step."""
    kept = without(snapshot, (MAIN, LIVE, PINNED), runs).lines
    return Snapshot(kept | {Line(str(day), MAIN, run, run) for day, run in runs.items()})


def with_pin(snapshot: Snapshot, day: date, run: str, surpass: str) -> Snapshot:
    """The snapshot with the day pinned at a run; a run that releases it must be newer than ``surpass``, too."""
    kept = without(snapshot, (PINNED,), [day]).lines
    return Snapshot(kept | {Line(str(day), PINNED, surpass, run)})


def with_retired(snapshot: Snapshot, lines: Iterable[Line], forgotten: Iterable[Line]) -> Snapshot:
    """The snapshot with these lines as retired ones, and without the retired lines that nothing is left of."""
    retired = {Line(line.day, RETIRED, line.generation, line.run_id) for line in lines}
    return Snapshot((snapshot.lines - frozenset(forgotten)) | retired)


def with_live_days(snapshot: Snapshot, today: date) -> Snapshot:
    """The snapshot with live lines for today and the coming days whose live rows are wanted."""
    coming = (today + timedelta(days=ahead) for ahead in range(LIVE_DAYS_AHEAD + 1))
    return Snapshot(snapshot.lines | frozenset(_live_lines(snapshot, coming)))


def is_decided(snapshot: Snapshot, day: date) -> bool:
    """Whether a day's live rows are wanted no more: a run is published or was withdrawn (that pins the day), or they
    are retired, and their files may be gone.
    """
    decided = snapshot.of_kind(MAIN, day) or snapshot.of_kind(PINNED, day)
    return bool(decided) or snapshot.is_retired(live_generation(day))


def _live_lines(snapshot: Snapshot, days: Iterable[date]) -> Iterable[Line]:
    return (Line(str(day), LIVE, live_generation(day)) for day in days if not is_decided(snapshot, day))
