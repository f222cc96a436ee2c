"""How long the operations page takes for a year of days: everything read for the first time, and again.

    PYTHONPATH=dags:plugins:. python benchmarks/operations_page.py [DAYS]

Against the local AWS, which answers one call after the other; how long S3 takes, only S3 can say.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from clickstream.operations.books import Reader
from clickstream.operations.days import days
from clickstream.volume import WEEKS
from clickstream_airflow.operations import pages
from local_aws.process import LocalAwsProcess
from local_aws.stack import Stack
from tests.operations.made_books import MadeBooks, good_days

ROUNDS = 5


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main(number: int) -> None:
    now = datetime.now(UTC)
    last = now.date() - timedelta(days=1)
    first = last - timedelta(days=number - 1)
    with TemporaryDirectory() as folder, LocalAwsProcess(Path(folder)) as aws:
        stack = Stack(aws.endpoint_url)
        stack.create_buckets()
        stack.create_catalog()
        books = MadeBooks(stack.catalog)
        books.write_all(good_days(first - timedelta(weeks=WEEKS), last))
        books.commit("benchmark")

        def show(reader: Reader) -> str:
            read = reader.read(first - timedelta(weeks=WEEKS), last, now)
            return pages.overview(read, days(read, first, last, now), now.date())

        cold = [seconds(lambda: show(Reader(stack.catalog))) for _ in range(ROUNDS)]
        reader = Reader(stack.catalog)
        show(reader)
        warm = [seconds(lambda: show(reader)) for _ in range(ROUNDS)]
        read = reader.read(first - timedelta(weeks=WEEKS), last, now)
        own = [seconds(lambda: days(read, first, last, now)) for _ in range(ROUNDS)]
    print(f"{number} days: first look {median(cold):.2f} s, later looks {median(warm):.2f} s, "
          f"of these {median(own):.2f} s without any call")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 365)
