"""The daily run: one arrival day, written, crawled, audited, published, verified; then what came late. Wiring only."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, Asset, CronPartitionTimetable

from clickstream.resources import read_text
from clickstream.settings import table
from clickstream_airflow.alerts import checks_warned
from clickstream_airflow.arrival_day import AwaitDayClosedOperator
from clickstream_airflow.audit import AuditOperator
from clickstream_airflow.crawl import CrawlOperator
from clickstream_airflow.daily_form import PARAMS
from clickstream_airflow.deadline import deadline
from clickstream_airflow.ledger_check import CheckLedgerOperator
from clickstream_airflow.partition import AwaitPartitionSensor
from clickstream_airflow.publish import PublishOperator
from clickstream_airflow.task_defaults import TASK_DEFAULTS
from clickstream_airflow.transform import run_of_the_job
from clickstream_airflow.unprocessed import FindUnprocessedOperator, RunUnprocessedOperator
from clickstream_airflow.verify import VerifyOperator

with DAG(
    dag_id="clickstream_daily",
    description="Turns one arrival day of raw click events into published, checked rows of clickstream_events",
    doc_md=read_text("docs/clickstream_daily.md"),
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d"),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=4,
    params=PARAMS,
    deadline=deadline(),
    default_args=TASK_DEFAULTS,
    tags=["clickstream"],
) as clickstream_daily:
    # Deferred until the day is closed: a manual run for today waits up to a day and the margin.
    day = AwaitDayClosedOperator(task_id="await_day_closed", execution_timeout=timedelta(hours=26), retries=0)
    transform, await_transform = run_of_the_job(
        "transform",
        {
            "--arrival_date": day.output,
            "--allow_empty": "{{ params.allow_empty | lower }}",
            "--max_quarantined_share": "{{ params.max_quarantined_share }}",
        },
    )
    run = CheckLedgerOperator(task_id="check_ledger", arrival_day=day.output, job_run_id=transform.output)
    crawl = CrawlOperator(task_id="crawl", run=run.output)
    await_partition = AwaitPartitionSensor(task_id="await_partition", run=run.output, timeout=600)
    audit = AuditOperator(task_id="audit", run=run.output, on_success_callback=checks_warned)
    # One at a time, so that publications need not redo each other's merges; they may overlap (decision 1).
    publish = PublishOperator(task_id="publish", run=run.output, max_active_tis_per_dag=1)
    verify = VerifyOperator(task_id="verify", publication=publish.output, outlets=[Asset(table("events"))])
    unprocessed = FindUnprocessedOperator(task_id="find_unprocessed", arrival_day=day.output)
    run_again = RunUnprocessedOperator.partial(
        task_id="run_unprocessed",
        trigger_dag_id="clickstream_daily",
        logical_date=None,
        skip_when_already_exists=True,  # the same objects start one run only
    ).expand_kwargs(unprocessed.output)

    transform >> await_transform >> run >> crawl >> await_partition >> audit >> publish >> verify
    verify >> unprocessed >> run_again
