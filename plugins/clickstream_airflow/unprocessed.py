"""Raw objects that landed for a published day after its run: found by the next runs, which have that day run again."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import BaseOperator, Context

from clickstream import layout, unprocessed
from clickstream.catalog import Catalog
from clickstream.settings import limits
from clickstream.unprocessed import Unprocessed
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS


class FindUnprocessedOperator(BaseOperator):
    """Returns one dict of TriggerDagRunOperator's arguments per day that is to be run again; none, as a rule.

    It looks at ``arrival_day`` and the `max_lateness_days` before it. The run id that it gives follows from the day and
    its unprocessed objects, so the same objects never start a second run, whatever became of the first.
    """

    operator_extra_links = LINKS
    template_fields = ("arrival_day",)
    ui_color = "#f7f1dd"

    def __init__(self, *, arrival_day: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arrival_day = arrival_day

    def execute(self, context: Context) -> list[dict[str, Any]]:
        last = layout.parse_day(self.arrival_day)
        found = list(published_days(catalog(airflow_settings()), last, datetime.now(UTC)))
        for one in found:
            self.log.info("%s: %d raw objects that %s did not read", one.day, len(one.new), one.main)
        return [{"trigger_run_id": run_id_of(one), "conf": {"arrival_day": str(one.day)}} for one in found]


class RunUnprocessedOperator(TriggerDagRunOperator):
    """The provider's operator, which links to the run that it started, with the link to this run's day, too."""

    operator_extra_links = (*TriggerDagRunOperator.operator_extra_links, *LINKS)  # type: ignore[assignment]


def published_days(target: Catalog, last: date, now: datetime) -> Iterator[Unprocessed]:
    """Days up to ``last`` that have a published run and unprocessed objects. A day without a run was never run, or is
    being run for the first time: that is the schedule's business, or catch-up's.
    """
    snapshot = target.current_snapshot()
    for ago in range(limits().max_lateness_days, -1, -1):
        prefix = layout.raw_prefix(last - timedelta(days=ago))
        for one in unprocessed.unprocessed(target, snapshot, prefix, now):
            if one.main:
                yield one


def run_id_of(one: Unprocessed) -> str:
    """The id of the one run that these objects start."""
    digest = hashlib.sha256(json.dumps(sorted(one.new)).encode()).hexdigest()
    return f"unprocessed__{one.day}__{digest[:16]}"
