"""Carries out the merges of late rows that `late_rows` describes, in Athena, and keeps what is still good."""

import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from clickstream import late_rows
from clickstream.athena import Answer, QueryFailed
from clickstream.catalog import Catalog, PublicationConflict
from clickstream.late_rows import DayInputs
from clickstream.snapshots import Snapshot

log = logging.getLogger(__name__)

ATTEMPTS = 3


@dataclass(frozen=True)
class Merged:
    """A day's late rows: their generation, None where there are none, and their number."""

    generation: str | None
    rows: int


NOTHING = Merged(None, 0)


def unique_name() -> str:
    """A name that sorts by time and that nobody else makes."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"


class Merger:
    """Merges late rows for one publisher, and keeps what it merged while its inputs stay the same."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._merged: dict[DayInputs, Merged] = {}

    def merge(self, snapshot: Snapshot, days: Collection[date]) -> Mapping[date, Merged]:
        """The late rows of each day under the snapshot."""
        inputs = [late_rows.inputs_of(snapshot, day, self._catalog.read_ledger) for day in sorted(days)]
        if missing := [one for one in inputs if one.sources and not self._is_kept(snapshot, one)]:
            self._merged |= self._insert(missing)
        return {one.day: self._merged.get(one, NOTHING) for one in inputs}

    def _is_kept(self, snapshot: Snapshot, one: DayInputs) -> bool:
        """Whether these inputs were merged before, and no janitor took the result for rubbish since."""
        merged = self._merged.get(one)
        return merged is not None and not snapshot.is_retired(merged.generation or "")

    def _insert(self, days: list[DayInputs]) -> dict[DayInputs, Merged]:
        """Athena may execute an INSERT twice after a transient error, so the rows are counted before they are used."""
        for _ in range(ATTEMPTS):
            merge = f"late-{unique_name()}"
            answer = self._try_insert(days, merge)
            if answer is not None and all(row["rows"] == row["ids"] for row in answer):
                rows = {row["day"]: int(row["rows"]) for row in answer}
                return {one: _merged(merge, one.day, rows.get(str(one.day), 0)) for one in days}
            log.warning("late rows of %s failed, or were written twice; merging again under another name", merge)
        raise PublicationConflict(f"Athena failed, or wrote late rows twice, {ATTEMPTS} times; publish again")

    def _try_insert(self, days: list[DayInputs], merge: str) -> Answer | None:
        """Rows and distinct ids per day of what was written; None where Athena says that trying again may help."""
        try:
            self._catalog.ask(late_rows.insert_query(days, merge))
            counted: Answer = self._catalog.ask(late_rows.count_query(days, merge))
        except QueryFailed as error:
            if not error.retryable:
                raise
            log.warning("%s", error)
            return None
        return counted


def _merged(merge: str, day: date, rows: int) -> Merged:
    return Merged(late_rows.late_generation(merge, day), rows) if rows else NOTHING
