"""Waits until the crawler has registered a run's partition."""

from typing import Any

from airflow.providers.amazon.aws.sensors.glue_catalog_partition import GlueCatalogPartitionSensor
from airflow.sdk import Context

from clickstream import layout
from clickstream.settings import table
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS


def needed_partition(run: str, aws_conn_id: str | None) -> tuple[str, str, str] | None:
    """Year, month, day of the partition that a run's files lie in; None where it has no rows of its own day."""
    if not catalog(airflow_settings(), aws_conn_id).read_ledger(run).main_rows:
        return None
    return layout.partition_values(layout.arrival_day_of(run))


class AwaitPartitionSensor(GlueCatalogPartitionSensor):
    """The provider's sensor, for the partition of a run's arrival day. A run without rows there needs none."""

    operator_extra_links = LINKS
    template_fields = ("run",)

    def __init__(self, *, run: str, **kwargs: Any) -> None:
        settings = airflow_settings()
        super().__init__(
            database_name=settings.name("database"),
            table_name=table("generations"),
            expression="set when the task runs",
            region_name=settings.region,
            poke_interval=int(settings.poll_seconds),
            deferrable=True,
            **kwargs,
        )
        self.run = run

    def execute(self, context: Context) -> Any:
        values = needed_partition(self.run, self.aws_conn_id)
        if values is None:
            self.log.info("Run %s has no rows of its own day: no partition to wait for.", self.run)
            return
        year, month, day = values
        self.expression = f"year = '{year}' AND month = '{month}' AND day = '{day}'"
        if not self.poke(context):  # there, as a rule; only what is missing is worth a deferral
            super().execute(context)
