"""Catch-up: every closed arrival day with unprocessed raw objects is built whole, audited, and published. No Airflow.

What needs doing is found anew each time, by listing and ledgers (`unprocessed`); the days that pass become visible in
one commit, of a long backlog ``DAYS_AT_ONCE`` in each. A crash leaves nothing but generations that nobody sees, and the
next run finds the same days again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clickstream import checks, verification
from clickstream.audit import audit, failure
from clickstream.catalog import Catalog
from clickstream.ledger import Ledger
from clickstream.publication import Publication, publish
from clickstream.runs import RefusedRun, register_partition
from clickstream.settings import prefix
from clickstream.snapshots import MAIN
from clickstream.unprocessed import Unprocessed, unprocessed

Runs = Mapping[date, str]  # run id by arrival day
# A commit's days and those that they bring late rows for are merged by one INSERT, which may write 100 partitions, and
# verified by one query, which may have 256 KB.
DAYS_AT_ONCE = 60


class DayFailed(Exception):
    """One day cannot be published; the text says why. It stays as it was, and the other days go on."""


class CatchUpFailed(RuntimeError):
    """Some days were not published: each with its reason. All others were."""


@dataclass(frozen=True)
class CatchUp:
    """``build`` builds a whole arrival day and returns its ledger, or raises RefusedRun; ``tell`` writes to the log;
    ``count`` is told how many days became visible.

    ``max_quarantined_share`` (0 to 1) and ``allow_empty`` hold for every day, in the job and in its checks.
    """

    catalog: Catalog
    build: Callable[[date], Ledger]
    tell: Callable[[str], None]
    max_quarantined_share: float
    allow_empty: bool = False
    count: Callable[[int], None] = lambda days: None

    def run(self, now: datetime) -> Publication | None:
        """Catches up with all days that are closed at ``now`` (aware); the last commit, or None where there was none.

        CatchUpFailed, after the good days were published, where a day was refused or failed its checks.
        """
        passed: dict[date, str] = {}
        failed: list[str] = []
        for one in self._days(now):
            try:
                passed[one.day] = self._built(one)
            except (RefusedRun, DayFailed) as error:
                failed.append(f"{one.day}: {error}")
                self.tell(f"not published: {failed[-1]}")
        done = None
        for start in range(0, len(passed), DAYS_AT_ONCE):
            done = self._published(dict(list(passed.items())[start : start + DAYS_AT_ONCE]))
        if failed:
            raise CatchUpFailed(f"{len(failed)} of {len(failed) + len(passed)} days failed: {' | '.join(failed)}")
        return done

    def _days(self, now: datetime) -> list[Unprocessed]:
        found = list(unprocessed(self.catalog, self.catalog.current_snapshot(), prefix("events"), now))
        self.tell(f"{len(found)} closed arrival days have unprocessed raw objects")
        for one in found:
            self.tell(f"{one.day}: {len(one.new)} unprocessed raw objects, published is {one.main or 'no run'}")
        return found

    def _built(self, one: Unprocessed) -> str:
        """The day's new run, with its partition registered and its checks passed. RefusedRun, DayFailed."""
        if one.lost:
            raise DayFailed(
                f"{len(one.lost)} raw objects that the published run {one.main} read are gone or changed, such as "
                f"{min(one.lost)[0]}; raw is append-only: find out who wrote there"
            )
        ledger = self.build(one.day)
        if ledger.main_rows:
            register_partition(self.catalog, one.day)
        results = audit(self.catalog, ledger.run_id, self.max_quarantined_share, self.allow_empty)
        if problem := failure(ledger.run_id, results):
            raise DayFailed(problem)
        warned = [f"{x.check.name} is {x.value}" for x in results if x.verdict == checks.WARN]
        self.tell(
            f"{one.day}: {ledger.run_id} passed {len(results)} checks; warned of: {', '.join(warned) or 'nothing'}"
        )
        return ledger.run_id

    def _published(self, runs: Runs) -> Publication:
        """One commit for all the runs, verified as the DAG verifies. Days that changed meanwhile are left alone."""
        done = publish(self.catalog, runs, respect_pins=True)
        out = {line.run_id for line in done.snapshot.lines if line.kind == MAIN}
        self.count(len(out & set(runs.values())))
        for day, run in runs.items():
            left = "was pinned or published by somebody else meanwhile: left alone"
            self.tell(f"{day}: {f'published as {run} by {done.publication_id}' if run in out else left}")
        verification.verify(self.catalog, done)
        return done
