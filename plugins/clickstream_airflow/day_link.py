"""From a task to its day on the operations page."""

from typing import Any

from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.configuration import conf

FIRST_TASK = "await_day_closed"  # of the daily DAG: returns the arrival day
REQUEST = "check_request"  # of the rollback: returns what was asked for


class DayLink(BaseOperatorLink):
    """A button of the task, also where it is red; to all days where the run has none."""

    name = "Clickstream day"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        # Airflow 3 gives the task instance itself.
        asked = ti_key.xcom_pull(task_ids=REQUEST)
        day = ti_key.xcom_pull(task_ids=FIRST_TASK) or (asked.get("arrival_day") if isinstance(asked, dict) else None)
        page = f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/clickstream/"
        return f"{page}days/{day}" if day else page


LINKS = (DayLink(),)
