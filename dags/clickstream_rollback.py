"""By hand: shows an earlier run of an arrival day, or none, or releases a pinned day. Wiring only."""

from airflow.sdk import DAG, Asset

from clickstream.resources import read_text
from clickstream.settings import table
from clickstream_airflow.change import PARAMS, ChangeOperator, CheckRequestOperator
from clickstream_airflow.task_defaults import TASK_DEFAULTS
from clickstream_airflow.verify import VerifyOperator

with DAG(
    dag_id="clickstream_rollback",
    description="Rolls one arrival day of clickstream_events back to an earlier run, withdraws or releases it",
    doc_md=read_text("docs/clickstream_rollback.md"),
    schedule=None,
    catchup=False,
    max_active_runs=1,
    params=PARAMS,
    default_args=TASK_DEFAULTS,
    tags=["clickstream"],
) as clickstream_rollback:
    request = CheckRequestOperator(task_id="check_request")
    change = ChangeOperator(task_id="change", request=request.output)
    verify = VerifyOperator(task_id="verify", publication=change.output, outlets=[Asset(table("events"))])

    request >> change >> verify
