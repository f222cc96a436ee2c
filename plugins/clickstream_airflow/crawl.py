"""Has a partition registered by the crawler, with as few crawls as will do (decision 6)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.amazon.aws.operators.glue_crawler import GlueCrawlerRunOperator
from airflow.sdk import Context

from clickstream.settings import table
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS
from clickstream_airflow.glue_triggers import RegisterPartitionTrigger, require_success
from clickstream_airflow.partition import needed_partition

GATHER_POLLS = 4  # a minute on AWS, where each crawl is billed as ten: 30 days then need about 15 crawls instead of 25


class RegisterPartitionOperator(GlueCrawlerRunOperator):
    """Returns the crawler's name once the partition that ``needed_values`` names is registered; waits deferred.

    A partition that is there already, or that nobody needs, costs no crawl. Else it waits for the crawl that is
    running, which may or may not have seen the run's files, and starts one where that left them out: of several tasks
    that wait so, one starts the next crawl and all profit. It never makes or changes a crawler.
    AirflowException: the crawl that it started failed, or nothing came of it within ``patience``.
    AirflowFailException: there is no such crawler.
    """

    template_fields: Sequence[str] = ()

    def __init__(self, *, patience: timedelta = timedelta(minutes=30), **kwargs: Any) -> None:
        settings = airflow_settings()
        super().__init__(
            crawler_name=settings.name("crawler"),
            region_name=settings.region,
            poll_interval=int(settings.poll_seconds),
            deferrable=True,
            **kwargs,
        )
        self.patience = patience

    def needed_values(self) -> tuple[str, ...] | None:
        """Year, month and day of the partition; None, once the log says why, where nobody needs one."""
        raise NotImplementedError

    def execute(self, context: Context) -> str:
        values = self.needed_values()
        if values is None:
            self.log.info("No partition to register: no crawl.")
        elif self.is_registered(values):
            self.log.info("Partition %s is registered already: no crawl.", "/".join(values))
        else:
            self.defer(trigger=self._trigger(values), method_name="execute_complete")
        return self.crawler_name

    def execute_complete(self, context: Context, event: Mapping[str, Any] | None = None) -> str:
        require_success(event)
        return self.crawler_name

    def is_registered(self, values: tuple[str, ...]) -> bool:
        glue = self.hook.glue_client
        try:
            glue.get_partition(**_table(), PartitionValues=list(values))
        except glue.exceptions.EntityNotFoundException:
            return False
        return True

    def _trigger(self, values: tuple[str, ...]) -> RegisterPartitionTrigger:
        return RegisterPartitionTrigger(
            crawler_name=self.crawler_name,
            database_name=_table()["DatabaseName"],
            table_name=_table()["TableName"],
            values=list(values),
            give_up_at=datetime.now(UTC) + self.patience,
            waiter_delay=self.poll_interval,
            gather=GATHER_POLLS * self.poll_interval,
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
        )


class CrawlOperator(RegisterPartitionOperator):
    """For the partition of a run's arrival day."""

    operator_extra_links = LINKS
    template_fields = ("run",)

    def __init__(self, *, run: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run

    def needed_values(self) -> tuple[str, ...] | None:
        values = needed_partition(self.run, self.aws_conn_id)
        if values is None:
            self.log.info("Run %s has no rows of its own day.", self.run)
        return values


def _table() -> dict[str, str]:
    return {"DatabaseName": airflow_settings().name("database"), "TableName": table("generations")}
