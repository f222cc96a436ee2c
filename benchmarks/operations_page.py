"""How long the operations page takes for a year of days: everything read for the first time, and again.

Against the local AWS, where the emulator's processor counts too, and against the same answers a region's latency away.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.distant import LATENCY, distant
from clickstream.catalog import Catalog
from clickstream.operations.books import Reader
from clickstream.operations.bundles import write_bundles
from clickstream.operations.days import days
from clickstream.volume import WEEKS
from clickstream_airflow.operations import pages
from local_aws.process import LocalAwsProcess
from local_aws.stack import Stack
from tests.operations.made_books import MadeBooks, good_days

DAYS = 365


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
        write_bundles(stack.catalog, look.now)  # as the hourly janitor does
        lines = [_measured("local AWS", stack.catalog, look, rounds)]
        with distant(aws.endpoint_url) as address:
            far = Stack(address).catalog
            look.show(Reader(far))  # from now on its answers come from memory
            lines.append(_measured(f"{LATENCY * 1000:.0f} ms away, no emulator", far, look, rounds))
    about = f"{DAYS} days and the {WEEKS} weeks before, a run each"
    columns = (about, "calls", "first look, wall s", "CPU s", "later looks, wall s", "CPU s", "without calls, wall s")
    return "\n".join([f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *lines])


def _measured(name: str, catalog: Catalog, look: Look, rounds: int) -> str:
    calls = _counted(catalog)
    first = [_cost(lambda: look.show(Reader(catalog))) for _ in range(rounds)]
    number = len(calls) // rounds
    reader = Reader(catalog)
    look.show(reader)
    later = [_cost(lambda: look.show(reader)) for _ in range(rounds)]
    return f"| {name} | {number} | {_medians(first)} | {_medians(later)} | {_alone(reader, look, rounds):.2f} |"


def _counted(catalog: Catalog) -> list[str]:
    """A list that grows with each call of the catalog's clients."""
    calls: list[str] = []
    for client in (catalog.glue, catalog.s3):
        client.meta.events.register("before-send", lambda event_name, **_: calls.append(event_name))
    return calls


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
