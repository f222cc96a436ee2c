"""Has the partition registered in which live rows have begun to lie."""

from datetime import UTC, datetime, timedelta

from clickstream import layout
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.crawl import RegisterPartitionOperator


class CrawlLiveOperator(RegisterPartitionOperator):
    """For today's partition or, where its first files came late in the evening, yesterday's (UTC).

    A day costs one crawl at most: the one after its first live file. A crawl registers both days, where both are new.
    """

    def needed_values(self) -> tuple[str, ...] | None:
        target = catalog(airflow_settings(), self.aws_conn_id)
        today = datetime.now(UTC).date()
        for day in (today, today - timedelta(days=1)):
            values = layout.partition_values(day)
            files = target.list_objects("processed_bucket", layout.partition_path(day))
            if next(files, None) and not self.is_registered(values):
                return values
        self.log.info("Neither %s nor the day before has files in a partition that is not registered.", today)
        return None
