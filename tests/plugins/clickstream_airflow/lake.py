"""The stack's tables and its crawler, runs that wrote there, and what the crawler was asked."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred
from airflow.triggers.base import BaseTrigger

from clickstream import layout
from clickstream.settings import table
from clickstream_airflow.crawl import CrawlOperator
from local_aws.crawler.engine import CrawlerEngine
from local_aws.errors import ServiceError
from local_aws.server import LocalAws
from local_aws.stack import Stack
from tests.dags.clickstream.builders import ledger
from tests.plugins.clickstream_airflow.tasks import called_as_task, finish, revived

DAY = date(2024, 12, 25)
LOOK = 0.05  # seconds between two looks


class Calls:
    """What the crawler was asked, and errors that it shall give first."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.errors: dict[str, list[ServiceError]] = {}

    def watch(self, operations: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
        return {name: self._watched(name, operation) for name, operation in operations.items()}

    def _watched(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        def watched(body: dict[str, Any]) -> Any:
            self.names.append(name)
            if self.errors.get(name):
                raise self.errors[name].pop(0)
            return operation(body)

        return watched


class Lake:
    """The stack's tables and crawler, and runs whose files and ledgers are there."""

    def __init__(self, aws: LocalAws, calls: Calls) -> None:
        self.stack = Stack(aws.endpoint_url)
        self.stack.create_buckets()
        self.stack.create_catalog()
        self.stack.create_crawler()
        self.engine = aws.engine(CrawlerEngine)
        self.engine.min_duration = 0.1
        self.may_end = threading.Event()  # a crawl that has listed and registered goes on until it is set
        self.may_end.set()
        self.look = LOOK
        self.calls = calls
        self.glue = self.stack.client("glue")
        self.s3 = self.stack.client("s3")

    def write(self, day: date = DAY, **ledger_fields: Any) -> str:
        """A run's file and ledger; returns the run id."""
        run = layout.run_id(day, "jr_1")
        self.s3.put_object(Bucket=self.stack.name("processed_bucket"), Key=layout.main_key(run, 0), Body=b"")
        text = ledger(run_id=run, arrival_day=str(day), **ledger_fields).to_json()
        self.s3.put_object(Bucket=self.stack.name("work_bucket"), Key=layout.ledger_key(run), Body=text.encode())
        return run

    def task(self, run: str, **fields: Any) -> CrawlOperator:
        made = CrawlOperator(task_id="crawl", run=run, **fields)
        made.poll_interval = self.look
        return made

    def crawl(self, run: str, **fields: Any) -> str:
        return finish(self.task(run, **fields))

    def held(self, crawl: Callable[..., None]) -> Callable[..., None]:
        def until_it_may_end(*arguments: Any) -> None:
            crawl(*arguments)
            self.may_end.wait(60)

        return until_it_may_end

    def await_looks(self, count: int) -> None:
        """Until the crawler was looked at so often from now on."""
        wanted = self.calls.names.count("GetCrawler") + count
        self._await(lambda: self.calls.names.count("GetCrawler") >= wanted)

    def deferred(self, run: str) -> BaseTrigger:
        """The trigger for which the task waits."""
        task = self.task(run)
        with pytest.raises(TaskDeferred) as deferral:
            called_as_task(task, task.execute, {})
        return revived(deferral.value.trigger)

    def start(self) -> None:
        self.glue.start_crawler(Name=self.stack.name("crawler"))

    def await_state(self, state: str) -> None:
        name = self.stack.name("crawler")
        self._await(lambda: self.glue.get_crawler(Name=name)["Crawler"]["State"] == state)

    def await_days(self, count: int) -> None:
        self._await(lambda: len(self.days()) >= count)

    def _await(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def days(self) -> set[str]:
        where = {"DatabaseName": self.stack.name("database"), "TableName": table("generations")}
        pages = self.glue.get_paginator("get_partitions").paginate(**where)
        return {"-".join(found["Values"]) for page in pages for found in page["Partitions"]}

    def crawls(self) -> list[dict[str, Any]]:
        """Oldest first; the last has ended."""
        self.await_state("READY")
        return self.glue.list_crawls(CrawlerName=self.stack.name("crawler"), MaxResults=100)["Crawls"][::-1]
