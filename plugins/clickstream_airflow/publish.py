"""Publishes a run: the one step after which readers see it."""

from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from clickstream import layout, metrics, publication
from clickstream.catalog import Catalog
from clickstream.publication import Publication, PublicationRefused
from clickstream.verification import shown_days
from clickstream_airflow.aws import catalog, cloudwatch
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS


class PublishOperator(BaseOperator):
    """Makes a run its arrival day's visible one, late rows merged into their days in the same step.

    Returns what `verify` needs: the publication's id and, per touched day, what it shows and how many rows that has.
    """

    operator_extra_links = LINKS
    template_fields = ("run",)
    ui_color = "#dcefdc"

    def __init__(self, *, run: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run

    def execute(self, context: Context) -> dict[str, Any]:
        day = layout.arrival_day_of(self.run)
        done = carry_out(self, lambda target: publication.publish(target, {day: self.run}))
        settings = airflow_settings()
        metrics.send_published_days(cloudwatch(settings), settings.environment, 1, self.log.warning)
        return done


def carry_out(operator: BaseOperator, change: Callable[[Catalog], Publication]) -> dict[str, Any]:
    """Publishes a change and shows what came of it; AirflowFailException where it is refused."""
    target = catalog(airflow_settings())
    try:
        done = change(target)
    except PublicationRefused as error:
        raise AirflowFailException(f"Not published: {error}") from error
    days = shown_days(target, done)
    for day, shown in days.items():
        operator.log.info("Publication %s shows for %s: %s", done.publication_id, day, shown)
    return {"publication_id": done.publication_id, "days": days}
