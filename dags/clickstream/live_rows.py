"""Live rows: what the json_to_parquet function makes of an arrival day before its run (DESIGN section 5).

Their generation stands in the snapshot beforehand; publishing the day takes it out in the same commit. So a live file
that is written afterwards is not visible, and nobody need delete it in time.
"""

import hashlib
from datetime import date

from clickstream import layout, publication
from clickstream.catalog import Catalog
from clickstream.changes import Change
from clickstream.snapshots import LIVE, Line, Snapshot, is_decided, live_generation

# Seconds. The function has 120 for all; past this it fails, so that the next delivery tries again.
PUBLICATION_DEADLINE = 30.0


def live_key(day: date, raw_key: str) -> str:
    """The one Parquet file of a raw object's rows: told of it again, the function writes the same again."""
    digest = hashlib.sha256(raw_key.encode()).hexdigest()[:32]
    return f"{layout.partition_path(day)}part-{day}-live-{digest}.parquet"


def showing_live(day: date) -> Change:
    """The day's live rows are shown, where they are still wanted."""

    def apply(before: Snapshot) -> Snapshot:
        if is_decided(before, day) or before.of_kind(LIVE, day):
            return before
        return Snapshot(before.lines | {Line(str(day), LIVE, live_generation(day))})

    return Change(f"show live rows of {day}", frozenset(), apply)


def ensure_shown(catalog: Catalog, day: date) -> None:
    """Commits that change where the current snapshot lacks it: in a deployment where no DAG publishes.

    PublicationConflict where that was not done in time.
    """
    snapshot = catalog.current_snapshot()
    if not snapshot.of_kind(LIVE, day) and not is_decided(snapshot, day):
        publication.commit(catalog, showing_live(day), PUBLICATION_DEADLINE)
