"""Every hour: a new day's partition appears as soon as live rows lie in it, and what nobody sees goes. Wiring only."""

from datetime import UTC, datetime

from airflow.sdk import DAG, CronTriggerTimetable

from clickstream.resources import read_text
from clickstream_airflow.janitor import CleanOperator
from clickstream_airflow.live_crawl import CrawlLiveOperator
from clickstream_airflow.task_defaults import TASK_DEFAULTS

with DAG(
    dag_id="clickstream_live",
    description="Registers the partition of today's live rows, and deletes superseded files",
    doc_md=read_text("docs/clickstream_live.md"),
    schedule=CronTriggerTimetable("20 * * * *", timezone="UTC"),  # Firehose delivers within 15 minutes of the hour
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=TASK_DEFAULTS,
    tags=["clickstream"],
) as clickstream_live:
    # Neither needs the other: a crawl that fails must not keep the janitor.
    CrawlLiveOperator(task_id="crawl")
    CleanOperator(task_id="clean")
