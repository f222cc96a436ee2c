"""By hand: judges quarantined records again under today's contract; unless dry, runs their days again. Wiring only."""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

from clickstream.resources import read_text
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.replay import PARAMS, CheckReplayOperator, ReportReplayOperator
from clickstream_airflow.task_defaults import TASK_DEFAULTS
from clickstream_airflow.transform import AwaitTransformSensor, StartTransformOperator

settings = airflow_settings()

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
    judge = StartTransformOperator(
        task_id="judge",
        job_name=settings.name("glue_job"),
        region_name=settings.region,
        script_args={
            "--rejudge": runs.output,
            "--reasons": "{{ (params.reasons or ['all']) | join(',') }}",
            "--job-bookmark-option": "job-bookmark-disable",  # catch-up's alone
        },
    )
    await_judge = AwaitTransformSensor(
        task_id="await_judge",
        job_name=settings.name("glue_job"),
        run_id=judge.output,
        region_name=settings.region,
        poke_interval=int(settings.poll_seconds),
        timeout=4 * 3600,  # seconds: Glue's own timeout ends a run before that
        retries=1,
    )
    report = ReportReplayOperator(task_id="report", job_run_id=judge.output)
    run_again = TriggerDagRunOperator.partial(
        task_id="run_again",
        trigger_dag_id="clickstream_daily",
        logical_date=None,
        skip_when_already_exists=True,  # clearing `report` starts nothing twice
    ).expand_kwargs(report.output)

    runs >> judge >> await_judge >> report >> run_again
