"""The tasks of `clickstream_daily` in their order, without Airflow and Spark: what a whole run asks of AWS.

Each task starts anew, as a task instance does: it knows the run's id and no more, and may be tried several times.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from clickstream import athena, audit, layout, publication, verification
from clickstream.catalog import Catalog, PublicationRefused
from clickstream.runs import RefusedRun, sound_ledger
from clickstream.settings import table
from clickstream.verification import Days, WrongPublication
from tests.promise import in_process

LOOK = 0.02  # seconds between two looks at the crawler
MAX_QUARANTINED_SHARE = 0.5  # a param of the DAG; days here have few lines
TRIES = 3  # `default_args` of clickstream_daily: two retries


class FailedChecks(Exception):
    """The run's rows are bad, and will be bad again."""


FINAL = (RefusedRun, PublicationRefused, FailedChecks, WrongPublication)  # AirflowFailException in the DAG


@dataclass(frozen=True)
class DailyRun:
    """One run of the DAG. ``job_s3``: the Glue job's own client; ``tries`` of each task, the first included."""

    catalog: Catalog
    job_s3: Any
    day: date
    job_run_id: str
    tries: int = 1

    def __call__(self) -> None:
        run: str = self._tried(self._transform)
        self._tried(lambda _: sound_ledger(self._fresh(), self.day, run))
        self._tried(lambda _: self._crawl(self._fresh(), run))
        self._tried(lambda _: self._audit(self._fresh(), run))
        days: Days = self._tried(lambda _: self._publish(self._fresh(), run))
        self._tried(lambda _: verify(self._fresh(), run, days))

    def _tried(self, task: Callable[[int], Any]) -> Any:
        """As Airflow does it; what is final ends at once."""
        for number in range(1, self.tries):
            try:
                return task(number)
            except FINAL:
                raise
            except Exception:  # noqa: S112  the last try shows what is the matter
                continue
        return task(self.tries)

    def _fresh(self) -> Catalog:
        """A catalog that has read nothing."""
        return replace(self.catalog, _ledgers={})

    def _transform(self, number: int) -> str:
        """Each try is a Glue job run of its own."""
        job = replace(self.catalog, s3=self.job_s3)
        return in_process.run_day(job, self.day, f"{self.job_run_id}_{number}")

    def _crawl(self, catalog: Catalog, run: str) -> None:
        if catalog.read_ledger(run).main_rows:
            crawl(catalog, self.day)

    def _audit(self, catalog: Catalog, run: str) -> None:
        results = audit.audit(catalog, run, MAX_QUARANTINED_SHARE, allow_empty=False)
        if problem := audit.failure(run, results):
            raise FailedChecks(problem)

    def _publish(self, catalog: Catalog, run: str) -> Days:
        done = publication.publish(catalog, {self.day: run})
        return verification.shown_days(catalog, done)


def crawl(catalog: Catalog, day: date) -> None:
    """Has the day's partition registered, as `RegisterPartitionTrigger` does: a crawl that runs may have come early."""
    crawler = catalog.settings.name("crawler")
    while not _is_registered(catalog, day):
        _await_ready(catalog, crawler)
        if _is_registered(catalog, day):
            return
        with suppress(catalog.glue.exceptions.CrawlerRunningException):
            catalog.glue.start_crawler(Name=crawler)
        _await_ready(catalog, crawler)


def _await_ready(catalog: Catalog, crawler: str) -> None:
    while catalog.glue.get_crawler(Name=crawler)["Crawler"]["State"] != "READY":
        time.sleep(LOOK)


def _is_registered(catalog: Catalog, day: date) -> bool:
    try:
        catalog.glue.get_partition(
            DatabaseName=catalog.settings.name("database"),
            TableName=table("generations"),
            PartitionValues=list(layout.partition_values(day)),
        )
    except catalog.glue.exceptions.EntityNotFoundException:
        return False
    return True


def verify(catalog: Catalog, run: str, days: Days) -> None:
    """WrongPublication where what became visible is not what the ledgers and the merge say."""
    query_id = athena.execute(catalog.athena, catalog.settings, verification.verify_query(days))
    (row,) = athena.rows_of(catalog.athena, query_id)
    verification.require_right(run, days, row)
