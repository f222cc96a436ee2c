"""The minutes-fresh path as it is deployed, S3 telling the function of each raw object; tests can hold that back."""

import random
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clickstream import layout
from clickstream.catalog import Catalog
from local_aws.crawler.engine import CrawlerEngine
from local_aws.lambda_functions.engine import LambdaEngine
from local_aws.lambda_functions.function import Function
from local_aws.lambda_functions.sandbox import Sandbox
from local_aws.server import LocalAws
from local_aws.stack import Stack
from tests.promise.deployment import deploy, put_raw
from tests.promise.operations import FIRST_DAY, event_line
from tests.promise.oracle import ARRIVAL_HOUR, RawLine

DAY = FIRST_DAY
FUNCTION = "clickstream-json-to-parquet-local"
PATIENCE = 600  # seconds: machines that test are busy
KILLED_SHARE = 0.1  # of the invocations
KILLED_WITHIN = 0.1  # seconds after their begin

Event = Mapping[str, Any]


class LiveLane:
    """A deployment with the function in it; ``raw``: what was put, line by line."""

    def __init__(self, aws: LocalAws, artifacts: Path) -> None:
        self.catalog: Catalog = deploy(aws.endpoint_url)
        stack = Stack(aws.endpoint_url)
        stack.create_crawler()
        stack.create_function(artifacts)
        aws.engine(CrawlerEngine).min_duration = 0.05  # seconds
        self.engine = aws.engine(LambdaEngine)
        self.engine.events.second = 0.001  # of waiting for a retry
        self.function.max_age = 10**9  # in the same short seconds: a busy machine is no reason to give an event up
        self.raw: list[RawLine] = []
        self._sqs = stack.client("sqs")

    @property
    def function(self) -> Function:
        return self.engine.function(FUNCTION)

    def put(self, objects: int, events_each: int = 3) -> None:
        """Raw objects of the day, no event twice."""
        for _ in range(objects):
            first = len(self.raw)
            lines = [event_line(first + n, 0, f"{(first + n) % 24:02d}:00:00", f"page {n}") for n in range(events_each)]
            key = put_raw(self.catalog, DAY, lines, ARRIVAL_HOUR)
            self.raw += [RawLine(self.catalog.settings.raw_uri + key, line) for line in lines]

    def put_again(self) -> None:
        """What was put so far, in one object more, as a producer that retries may send it."""
        key = put_raw(self.catalog, DAY, [raw.line for raw in self.raw], ARRIVAL_HOUR)
        self.raw += [RawLine(self.catalog.settings.raw_uri + key, raw.line) for raw in self.raw]

    def put_broken(self) -> str:
        """An object that no try can read; its key."""
        key = f"{layout.raw_prefix(DAY)}hour={ARRIVAL_HOUR}/broken.gz"
        self.catalog.s3.put_object(Bucket=self.catalog.settings.name("raw_bucket"), Key=key, Body=b"no gzip")
        return key

    @contextmanager
    def held_back(self) -> Iterator[list[Event]]:
        """What S3 tells meanwhile, which nobody hears."""
        told: list[Event] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.engine, "submit", lambda arn, event: told.append(event))
            yield told

    def deliver(self, events: Iterable[Event]) -> None:
        for event in events:
            self.engine.submit(self.function.arn, event)

    def await_idle(self) -> None:
        self.engine.events.await_idle(PATIENCE)

    def dead_letters(self) -> list[str]:
        """Takes the bodies of what is in the queue."""
        return [message["Body"] for message in self.take_dead_letters()]

    def take_dead_letters(self) -> list[dict[str, Any]]:
        name = self.function.configuration["DeadLetterConfig"]["TargetArn"].rpartition(":")[2]
        url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = []
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        while messages := self._sqs.receive_message(**asked).get("Messages"):
            for message in messages:
                found.append(message)
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


def again_and_out_of_order(events: Iterable[Event], chance: random.Random) -> list[Event]:
    """Each of them one to three times, as S3 may deliver them."""
    deliveries = [event for event in events for _ in range(chance.randint(1, 3))]
    chance.shuffle(deliveries)
    return deliveries


class Killing:
    """Kills a share of the invocations, somewhere in the middle of them. ``killed``: how many."""

    def __init__(self, chance: random.Random, share: float = KILLED_SHARE) -> None:
        self._chance, self._share, self._lock = chance, share, threading.Lock()
        self.killed = 0

    def __call__(self, sandbox: Sandbox) -> None:
        with self._lock:
            if self._chance.random() >= self._share:
                return
            self.killed += 1
            delay = self._chance.uniform(0, KILLED_WITHIN)
        threading.Timer(delay, sandbox.kill).start()
