"""By hand: judges quarantined records again under today's contract; unless dry, runs their days again. Wiring only."""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

from clickstream.resources import read_text
from clickstream_airflow.replay import PARAMS, CheckReplayOperator, ReportReplayOperator
from clickstream_airflow.task_defaults import TASK_DEFAULTS
from clickstream_airflow.transform import run_of_the_job

with DAG(
    dag_id="clickstream_replay",
    description="Shows what quarantined records would be under today's contract, and runs their days again",
    doc_md=read_text("docs/clickstream_replay.md"),
    schedule=None,
    catchup=False,
    max_active_runs=1,
    params=PARAMS,
    default_args=TASK_DEFAULTS,
    tags=["clickstream"],
) as clickstream_replay:
    runs = CheckReplayOperator(task_id="check_request")
    reasons = "{{ (params.reasons or ['all']) | join(',') }}"
    judge, await_judge = run_of_the_job("judge", {"--rejudge": runs.output, "--reasons": reasons})
    report = ReportReplayOperator(task_id="report", job_run_id=judge.output)
    run_again = TriggerDagRunOperator.partial(
        task_id="run_again",
        trigger_dag_id="clickstream_daily",
        logical_date=None,
        skip_when_already_exists=True,  # clearing `report` starts nothing twice
    ).expand_kwargs(report.output)

    runs >> judge >> await_judge >> report >> run_again
