"""The crawl operator on the local crawler; threads stand for tasks that wait at the same time."""

import asyncio
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from clickstream import layout
from clickstream.settings import table
from local_aws.crawler.crawl import Crawl
from local_aws.crawler.engine import CrawlerEngine
from local_aws.errors import ServiceError
from local_aws.server import LocalAws
from tests.plugins.clickstream_airflow.lake import DAY, Calls, Lake
from tests.plugins.clickstream_airflow.tasks import first_event, revived

pytestmark = pytest.mark.slow


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    made = Calls()
    operations = CrawlerEngine.operations.fget
    monkeypatch.setattr(CrawlerEngine, "operations", property(lambda engine: made.watch(operations(engine))))
    return made


@pytest.fixture
def lake(calls: Calls, worker: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # botocore's own retries would hide ours
    made = Lake(worker, calls)
    monkeypatch.setattr(Crawl, "table", made.held(Crawl.table))
    yield made
    assert not {"UpdateCrawler", "CreateCrawler", "DeleteCrawler"} & set(made.calls.names[1:])  # the first made it


def test_a_days_partition_is_registered_by_one_crawl(lake: Lake) -> None:
    assert lake.crawl(lake.write()) == "clickstream-generations-local"
    assert lake.days() == {"2024-12-25"}
    assert len(lake.crawls()) == 1


def test_a_partition_that_is_there_costs_no_crawl(lake: Lake) -> None:
    lake.crawl(lake.write())
    lake.calls.names.clear()
    lake.crawl(lake.write())
    assert lake.calls.names == []


def test_a_run_without_rows_of_its_own_day_costs_no_crawl(lake: Lake) -> None:
    lake.crawl(lake.write(main_rows=0))
    assert lake.crawls() == []


def test_a_crawl_that_was_running_already_does_not_count(lake: Lake) -> None:
    lake.may_end.clear()
    lake.write(date(2024, 12, 24))
    lake.start()
    lake.await_days(1)  # the crawl has listed the bucket, and goes on
    run = lake.write()
    written = datetime.now(UTC)
    with ThreadPoolExecutor(1) as tasks:
        done = tasks.submit(lake.crawl, run)
        lake.await_looks(3)
        assert not done.done()
        lake.may_end.set()
        done.result()
    before, ours = lake.crawls()
    assert before["StartTime"] < written <= ours["StartTime"]
    assert lake.days() == {"2024-12-24", "2024-12-25"}


def test_a_crawl_of_somebody_else_that_saw_the_files_is_enough(lake: Lake) -> None:
    trigger = lake.deferred(lake.write())
    lake.start()
    assert asyncio.run(first_event(trigger)) == {"status": "success"}
    assert len(lake.crawls()) == 1


def test_a_restarted_triggerer_goes_on_with_the_crawl_that_runs(lake: Lake) -> None:
    lake.may_end.clear()
    trigger = lake.deferred(lake.write())

    async def interrupted() -> None:
        running = asyncio.create_task(first_event(trigger))
        while "StartCrawler" not in lake.calls.names:
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(interrupted())
    lake.may_end.set()
    assert asyncio.run(first_event(revived(trigger))) == {"status": "success"}
    assert lake.calls.names.count("StartCrawler") == 1


def test_eight_tasks_share_the_crawls_that_begin_after_their_files(lake: Lake) -> None:
    lake.may_end.clear()
    written: dict[date, datetime] = {}

    def write(days: list[date]) -> list[str]:
        runs = []
        for day in days:
            runs.append(lake.write(day))
            written[day] = datetime.now(UTC)
        return runs

    days = [DAY + timedelta(days=number) for number in range(8)]
    with ThreadPoolExecutor(8) as tasks:
        done = [tasks.submit(lake.crawl, run) for run in write(days[:4])]
        lake.await_days(4)  # the first crawl has listed the bucket, and goes on
        done += [tasks.submit(lake.crawl, run) for run in write(days[4:])]
        lake.await_looks(12)
        lake.may_end.set()
        assert {task.result() for task in done} == {"clickstream-generations-local"}
    assert lake.days() == {str(day) for day in days}
    starts = [crawl["StartTime"] for crawl in lake.crawls()]
    assert len(starts) == 2
    assert all(moment <= starts[-1] for moment in written.values())
    assert all(written[day] <= starts[0] for day in days[:4])


def test_a_failed_crawl_names_the_crawler_and_what_it_said(lake: Lake) -> None:
    run = lake.write()
    lake.glue.delete_table(DatabaseName=lake.stack.name("database"), Name=table("generations"))
    with pytest.raises(AirflowException, match=r"crawler 'clickstream-generations-local' ended FAILED: .*EntityNotF"):
        lake.crawl(run)
    assert len(lake.crawls()) == 1


def test_a_crawl_that_ended_badly_before_does_not_count(lake: Lake) -> None:
    run = lake.write()
    lake.start()
    lake.glue.stop_crawler(Name=lake.stack.name("crawler"))
    lake.await_state("READY")
    for values in lake.days():
        lake.glue.delete_partition(
            DatabaseName=lake.stack.name("database"), TableName=table("generations"), PartitionValues=values.split("-")
        )
    lake.crawl(run)
    assert [crawl["State"] for crawl in lake.crawls()] == ["STOPPED", "COMPLETED"]


def test_a_crawl_that_does_not_register_the_day_is_an_error_not_a_loop(lake: Lake) -> None:
    run = lake.write()
    lake.s3.delete_object(Bucket=lake.stack.name("processed_bucket"), Key=layout.main_key(run, 0))
    with pytest.raises(AirflowException, match="succeeded and did not register partition 2024/12/25 of clickstream_lo"):
        lake.crawl(run)
    assert len(lake.crawls()) == 1


@pytest.mark.parametrize("operation", ["StartCrawler", "GetCrawler"])
def test_a_throttled_call_is_made_again(lake: Lake, operation: str) -> None:
    run = lake.write()
    lake.calls.errors[operation] = [ServiceError("ThrottlingException", "Rate exceeded") for _ in range(3)]
    lake.crawl(run)
    assert lake.calls.names.count("StartCrawler") == (4 if operation == "StartCrawler" else 1)
    assert len(lake.crawls()) == 1


def test_a_task_that_finds_somebody_faster_looks_again(lake: Lake) -> None:
    run = lake.write()
    lake.calls.errors["StartCrawler"] = [ServiceError("CrawlerRunningException", "already started")]
    lake.crawl(run)
    assert lake.calls.names.count("StartCrawler") == 2
    assert len(lake.crawls()) == 1


def test_a_lost_answer_of_start_crawler_costs_no_failure(lake: Lake) -> None:
    run = lake.write()
    lake.calls.errors["StartCrawler"] = [ServiceError("InternalServiceException", "try again", status=500)]
    lake.crawl(run)
    assert lake.days() == {"2024-12-25"}


def test_a_refused_call_is_an_error_that_a_retry_may_mend(lake: Lake) -> None:
    run = lake.write()
    lake.calls.errors["StartCrawler"] = [ServiceError("AccessDeniedException", "not authorized")]
    with pytest.raises(
        AirflowException, match="Glue crawler 'clickstream-generations-local': .*not authorized"
    ) as error:
        lake.crawl(run)
    assert not isinstance(error.value, AirflowFailException)


def test_a_missing_crawler_is_named_and_not_made(lake: Lake) -> None:
    run = lake.write()
    lake.glue.delete_crawler(Name=lake.stack.name("crawler"))
    lake.calls.names.clear()
    with pytest.raises(
        AirflowFailException, match="'clickstream-generations-local' does not exist in eu-west-1. Terra"
    ):
        lake.crawl(run)
    assert set(lake.calls.names) == {"GetCrawler"}


def test_waiting_ends(lake: Lake) -> None:
    lake.may_end.clear()
    lake.write(date(2024, 12, 24))
    lake.start()
    lake.await_days(1)  # what is written now, this crawl does not see
    with pytest.raises(AirflowException, match="Gave up on Glue crawler 'clickstream-generations-local' at"):
        lake.crawl(lake.write(), patience=timedelta(seconds=0.3))
    lake.may_end.set()


@pytest.mark.slow
def test_thirty_days_with_four_active_runs_need_fewer_crawls_than_days(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second stands for half a minute: transform 1.5 to 3 minutes, crawl 1, the rest 0.5 to 1, poll 15 seconds.

    As Glue's, these crawls list early and register at their end.
    """
    register = Crawl._register
    monkeypatch.setattr(Crawl, "_register", lambda *given: (time.sleep(2.0), register(*given)))
    lake.engine.min_duration = 0.1
    lake.look = 0.5
    chance = random.Random(4)
    days = [DAY + timedelta(days=number) for number in range(30)]
    spans = [(day, chance.uniform(3, 6), chance.uniform(1, 2)) for day in days]

    def run_day(day: date, transform: float, rest: float) -> None:
        time.sleep(transform)
        lake.crawl(lake.write(day))
        assert str(day) in lake.days()
        time.sleep(rest)

    with ThreadPoolExecutor(4) as active_runs:
        for done in [active_runs.submit(run_day, *span) for span in spans]:
            done.result()
    crawls = lake.crawls()
    print(f"\n{len(days)} days, 4 active runs: {len(crawls)} crawls")
    assert len(crawls) < len(days)
    assert {crawl["State"] for crawl in crawls} == {"COMPLETED"}
