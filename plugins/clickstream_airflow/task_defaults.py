"""What every task of every DAG does unless it says otherwise."""

from datetime import timedelta
from typing import Any

from clickstream_airflow.alerts import task_failed

TASK_DEFAULTS: dict[str, Any] = {
    "retries": 2,
    "retry_delay": timedelta(minutes=2),
    "execution_timeout": timedelta(minutes=30),
    "on_failure_callback": task_failed,
}
