"""From a task to its day on the operations page."""

from typing import Any

from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.configuration import conf

DAY = "arrival_day"  # the XCom key under which a DAG's first task tells the day that the run is about


class DayLink(BaseOperatorLink):
    """A button of the task, also where it is red; to all days where the run has none."""

    name = "Clickstream day"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        # Airflow 3 gives the task instance itself.
        told = (ti_key.xcom_pull(task_ids=first.task_id, key=DAY) for first in operator.dag.roots)
        day = next(filter(None, told), None)
        page = f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/clickstream/"
        return f"{page}days/{day}" if day else page


LINKS = (DayLink(),)
