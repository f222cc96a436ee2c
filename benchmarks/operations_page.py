"""How long the operations page takes for a year of days: everything read for the first time, and again.

Against the local AWS, where the emulator's processor counts too, and against the same answers a region's latency away.
"""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.distant import LATENCY, distant
from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.ledger import InputObject
from clickstream.operations.books import Reader
from clickstream.operations.bundles import write_bundles
from clickstream.operations.days import days
from clickstream.settings import limits
from clickstream.volume import WEEKS
from clickstream_airflow.operations import pages
from local_aws.clients import session
from local_aws.process import LocalAwsProcess
from local_aws.stack import Stack
from tests.operations.made_books import MadeBooks, good_days, raw_key

DAYS = 365
OBJECTS = 288  # of a day with raw objects: one each five minutes, as Firehose delivers a small stream
CONTENT = "x"
ETAG = hashlib.md5(CONTENT.encode(), usedforsecurity=False).hexdigest()  # as S3 makes it of so small an object


class Look:
    """At the last year, as the page's application looks."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.last = self.now.date() - timedelta(days=1)
        self.first = self.last - timedelta(days=DAYS - 1)
        self.from_ = self.first - timedelta(weeks=WEEKS)

    def show(self, reader: Reader) -> str:
        read = reader.read(self.from_, self.last, self.now)
        return pages.overview(read, days(read, self.first, self.last, self.now), self.now.date())


def section(rounds: int) -> str:
    look = Look()
    with TemporaryDirectory() as folder, LocalAwsProcess(Path(folder)) as aws:
        stack = Stack(aws.endpoint_url)
        stack.create_buckets()
        stack.create_catalog()
        books = MadeBooks(stack.catalog)
        books.write_all(good_days(look.from_, look.last))
        books.commit("benchmark")
        listed = write_objects(books, look)
        write_bundles(stack.catalog, look.now)  # as the hourly janitor does
        lines = [_measured("local AWS", aws.endpoint_url, look, rounds)]
        with distant(aws.endpoint_url) as address:
            look.show(Reader(Stack(address).catalog))  # from now on its answers come from memory
            lines.append(_measured(f"{LATENCY * 1000:.0f} ms away, no emulator", address, look, rounds))
    about = f"{DAYS} days and {WEEKS} weeks before, a run each; {OBJECTS:,} raw objects on each of the last {listed}"
    columns = (about, "calls", "first look, wall s", "CPU s", "later looks, wall s", "CPU s", "without calls, wall s")
    return "\n".join([f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *lines])


def write_objects(books: MadeBooks, look: Look) -> int:
    """Raw objects of the days that are listed at each look; their runs read them, but for today's. How many days."""
    recent = [look.now.date() - timedelta(days=ago) for ago in range(limits().max_lateness_days + 1)]
    keys = {day: [raw_key(day, f"{number:05d}") for number in range(OBJECTS)] for day in recent}
    for ledger in good_days(look.from_, look.last):
        if found := keys.get(layout.parse_day(ledger.arrival_day)):
            inputs = tuple(InputObject(key, 1, ETAG, 1) for key in found)
            books.put(layout.ledger_key(ledger.run_id), replace(ledger, inputs=inputs).to_json())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: books.put(key, CONTENT, "raw_bucket"), chain.from_iterable(keys.values())))
    return len(keys)


def _measured(name: str, address: str, look: Look, rounds: int) -> str:
    """A first look makes its clients, too: it is what a server that has just started does."""
    stack, calls = Stack(address), list[str]()

    def first_look() -> str:
        session.cache_clear()  # which keeps the service models
        return look.show(Reader(_counted(stack.catalog, calls)))

    first = [_cost(first_look) for _ in range(rounds)]
    number = len(calls) // rounds
    reader = Reader(stack.catalog)
    look.show(reader)
    later = [_cost(lambda: look.show(reader)) for _ in range(rounds)]
    return f"| {name} | {number} | {_medians(first)} | {_medians(later)} | {_alone(reader, look, rounds):.2f} |"


def _counted(catalog: Catalog, calls: list[str]) -> Catalog:
    """The catalog; each call of its clients is added to ``calls``."""
    for client in (catalog.glue, catalog.s3):
        client.meta.events.register("before-send", lambda event_name, **_: calls.append(event_name))
    return catalog


def _cost(look: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall's clock and of this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    look()
    return time.perf_counter() - wall, time.process_time() - cpu


def _medians(costs: list[tuple[float, float]]) -> str:
    return " | ".join(f"{median(one):.2f}" for one in zip(*costs, strict=True))


def _alone(reader: Reader, look: Look, rounds: int) -> float:
    """What the page itself costs once everything is read."""
    read = reader.read(look.from_, look.last, look.now)

    def show() -> str:
        return pages.overview(read, days(read, look.first, look.last, look.now), look.now.date())

    return median(_cost(show)[0] for _ in range(rounds))
