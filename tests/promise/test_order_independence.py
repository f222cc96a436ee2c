"""Ten days with late and repeated events, in any order and in parallel: the very same table, provenance included."""

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from clickstream import publication
from clickstream.catalog import Catalog
from tests import corpus
from tests.promise import in_process, mutants
from tests.promise.deployment import deploy, put_raw, register_partition
from tests.promise.straight import local_aws_straight

FIRST = date(2024, 2, 25)
DAYS = [FIRST + timedelta(number) for number in range(10)]
SHUFFLED = random.Random(4).sample(DAYS, len(DAYS))
Build = Callable[[Catalog, date], str]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("impatient")]


def put_ten_days(catalog: Catalog) -> None:
    """Few ids, so that one arrives on several days, for several days, in several versions."""
    rng = random.Random(10)
    for day in DAYS:
        for name in "ab":
            put_raw(catalog, day, [line(rng, day) for _ in range(20)], hour=23, name=name)


def line(rng: random.Random, arrived: date) -> bytes:
    happened = arrived + timedelta(rng.choice([0, 0, 0, 0, -1, -1, -2, -5, -7, 1]))
    time = rng.choice(["00:00:00", "00:30:00", "23:59:59"] if happened <= arrived else ["00:30:00"])
    return corpus.line("order", rng.randrange(30), event_timestamp=f"{happened}T{time}Z", page_title=rng.choice("xy"))


def backfill(catalog: Catalog, order: Sequence[date], threads: int = 1, build: Build | None = None) -> None:
    """A run and a publication of each day, as the DAG makes them, so many days at a time."""
    made = build or (lambda catalog, day: in_process.run_day(catalog, day, f"jr_{day}"))

    def run(day: date) -> None:
        name = made(catalog, day)
        register_partition(catalog, day)
        publication.publish(catalog, {day: name})

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, order))


def table_hash(catalog: Catalog, without: str = "") -> str:
    """Of every column of every row, `generation` aside; ``without``: the environment, a part of `source_object`."""
    rows = catalog.ask("SELECT * FROM clickstream_events")
    assert len(rows) > 100
    texts = sorted(json.dumps({**row, "generation": ""}, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(texts).replace(f"-{without}-", "-").encode()).hexdigest()


def hash_after(order: Sequence[date], threads: int = 1) -> str:
    """Of a deployment of its own, under the same names."""
    with local_aws_straight() as aws:
        catalog = deploy(aws.endpoint_url)
        put_ten_days(catalog)
        backfill(catalog, order, threads)
        return table_hash(catalog)


@pytest.fixture(scope="module")
def forwards(impatient: None) -> str:
    return hash_after(DAYS)


@pytest.mark.parametrize(
    ("order", "threads"), [(DAYS[::-1], 1), (SHUFFLED, 1), (DAYS, 4)], ids=["backwards", "shuffled", "four at a time"]
)
def test_ten_days_give_the_same_table_in_any_order(forwards: str, order: list[date], threads: int) -> None:
    assert hash_after(order, threads) == forwards


@pytest.mark.long
def test_a_backfill_again_changes_nothing(forwards: str) -> None:
    with local_aws_straight() as aws:
        catalog = deploy(aws.endpoint_url)
        put_ten_days(catalog)
        backfill(catalog, SHUFFLED[:5])
        backfill(catalog, DAYS, 2, lambda catalog, day: in_process.run_day(catalog, day, f"jr_again_{day}"))
        assert table_hash(catalog) == forwards


@pytest.mark.long
@pytest.mark.parametrize("mutant", [mutants.the_arrival_day_itself_is_not_touched, mutants.the_last_arrival_stays])
def test_the_hash_tells_tables_apart(forwards: str, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutant) -> None:
    mutant(monkeypatch)
    assert hash_after(DAYS[::-1]) != forwards


@pytest.mark.long
def test_the_glue_job_gives_the_same_table_four_days_at_a_time(spark: Any, endpoint: str) -> None:
    """Forty runs by Spark would show no more: order and neighbours matter to what is published, not to a run."""
    hashes = []
    for name, order, threads in (("forwards", DAYS, 1), ("parallel", SHUFFLED, 4)):
        catalog = deploy(endpoint, name)
        put_ten_days(catalog)
        backfill(catalog, order, threads, lambda catalog, day: build_by_spark(spark, catalog, day))
        hashes.append(table_hash(catalog, without=name))
    assert hashes[0] == hashes[1]


def build_by_spark(spark: Any, catalog: Catalog, day: date) -> str:
    from clickstream_glue.arguments import parse_arguments
    from clickstream_glue.run import Run, run_day

    names = {f"{role}_uri": f"s3://{catalog.settings.name(f'{role}_bucket')}/" for role in ("raw", "processed", "work")}
    given = {"arrival_date": str(day), "JOB_RUN_ID": f"jr_{day}", "max_quarantined_share": "1"}
    return run_day(Run(spark, catalog.s3, parse_arguments(given | names), print)).run_id
