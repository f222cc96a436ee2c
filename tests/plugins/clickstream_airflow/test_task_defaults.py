from clickstream_airflow.alerts import task_failed
from clickstream_airflow.task_defaults import TASK_DEFAULTS


def test_a_task_tries_again_ends_by_itself_and_tells_that_it_failed():
    assert TASK_DEFAULTS["retries"] > 0
    assert TASK_DEFAULTS["execution_timeout"]
    assert TASK_DEFAULTS["on_failure_callback"] is task_failed
