"""The hourly crawl on the local crawler."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream_airflow.crawl import RegisterPartitionOperator
from clickstream_airflow.live_crawl import CrawlLiveOperator
from local_aws.server import LocalAws
from tests.plugins.clickstream_airflow.lake import LOOK, Calls, Lake
from tests.plugins.clickstream_airflow.tasks import finish

pytestmark = pytest.mark.slow


@pytest.fixture
def lake(worker: LocalAws) -> Lake:
    return Lake(worker, Calls())


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


def put_live_file(lake: Lake, day: date) -> None:
    key = f"{layout.partition_path(day)}part-{day}-live-0a1b.parquet"
    lake.s3.put_object(Bucket=lake.stack.name("processed_bucket"), Key=key, Body=b"")


def crawl(lake: Lake) -> str:
    task = CrawlLiveOperator(task_id="crawl")
    task.poll_interval = LOOK
    return str(finish(task))


@pytest.mark.parametrize("days_ago", [0, 1], ids=["today", "yesterday"])
def test_a_day_whose_first_live_rows_came_is_registered_by_one_crawl(lake: Lake, today: date, days_ago: int) -> None:
    put_live_file(lake, today - timedelta(days=days_ago))
    assert crawl(lake) == "clickstream-generations-local"
    assert crawl(lake) == "clickstream-generations-local"
    assert lake.days() == {str(today - timedelta(days=days_ago))}
    assert len(lake.crawls()) == 1


def test_both_days_are_registered_by_one_crawl(lake: Lake, today: date) -> None:
    for days in (0, 1):
        put_live_file(lake, today - timedelta(days=days))
    crawl(lake)
    assert len(lake.days()) == 2
    assert len(lake.crawls()) == 1


def test_without_live_rows_there_is_no_crawl(lake: Lake, today: date) -> None:
    put_live_file(lake, today - timedelta(days=2))
    crawl(lake)
    assert lake.crawls() == []


def test_it_waits_and_starts_as_the_daily_runs_crawl() -> None:
    """test_crawl.py shows what that is: who runs at the same time shares a crawl."""
    assert CrawlLiveOperator.execute is RegisterPartitionOperator.execute
