"""The function gives every line the Glue job's verdict, and every event its values."""

import gzip
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickstream import layout
from clickstream.raw_objects import UnreadableObject, check_name, count_lines
from clickstream.reasons import UNREADABLE
from clickstream.settings import limits
from tests.corpus import ARRIVAL_DAY, all_cases
from tests.lambda_functions.dirty_lines import dirty_lines
from tests.lambda_functions.engines import by_glue, by_lambda, differences

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
LOG = Path(__file__).parents[3] / "shared" / "data" / "apache_access_log.gz"
LINES, OBJECTS = 250, 8  # per object; of seeds


def readable(key: str, body: bytes) -> bool:
    """Whether the Glue job's preflight hands the object to Spark."""
    chunks = iter([body])
    try:
        check_name(key)
        count_lines(lambda _: next(chunks, b""), limits().max_object_line_bytes)
    except UnreadableObject:
        return False
    return True


def corpus() -> dict[str, bytes]:
    """One object of each case: what comes again in another one is the daily run's."""
    folder = layout.raw_prefix(ARRIVAL_DAY)
    return {
        case.objects[0].name or f"{folder}hour={case.objects[0].hour:02d}/{case.id}.gz": case.objects[0].data
        for case in all_cases()
    }


def from_seeds(seeds: range) -> dict[str, bytes]:
    folder = layout.raw_prefix(ARRIVAL_DAY)
    return {
        f"{folder}hour={9 + seed % 3:02d}/seed-{seed}.gz": gzip.compress(b"\n".join(dirty_lines(seed, LINES)))
        for seed in seeds
    }


def found_differences(spark: Any, bodies: dict[str, bytes], day: date, folder: Path) -> list[str]:
    theirs = by_glue(spark, bodies, day, folder)
    assert sum(len(one.events) for one in theirs.values()) > len(bodies) / 4  # an empty answer proves nothing
    ours = {key: by_lambda(key, body, folder / "spilled") for key, body in bodies.items()}
    return [f"{key}: {text}" for key in bodies for text in differences(ours[key], theirs[key])]


def test_the_corpus_and_dirty_lines_get_the_same_from_both(spark: Any, tmp_path: Path) -> None:
    bodies = {key: body for key, body in corpus().items() if readable(key, body)} | from_seeds(range(OBJECTS))
    assert found_differences(spark, bodies, ARRIVAL_DAY, tmp_path) == []


def test_what_the_preflight_refuses_is_one_unreadable_object_to_the_function(tmp_path: Path) -> None:
    refused = {key: body for key, body in corpus().items() if not readable(key, body)}
    assert len(refused) > 10
    numbers = {key: dict(by_lambda(key, body, tmp_path / "spilled").numbers) for key, body in refused.items()}
    assert numbers == {key: {UNREADABLE: 1} for key in refused}


@pytest.mark.long
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1000, 10**9))
def test_any_dirty_lines_get_the_same_from_both(spark: Any, tmp_path_factory: Any, first: int) -> None:
    bodies = from_seeds(range(first, first + 100))
    assert found_differences(spark, bodies, ARRIVAL_DAY, tmp_path_factory.mktemp("raw")) == []


@pytest.mark.parametrize(
    "day", [date(2015, 5, 18), *(pytest.param(date(2015, 5, day), marks=pytest.mark.long) for day in (17, 19, 20))]
)
def test_a_real_access_log_gets_the_same_from_both(spark: Any, tmp_path: Path, day: date) -> None:
    if not LOG.exists():
        if os.environ.get("CI") and LOG.parent.parent.exists():
            pytest.fail(f"{LOG} is missing")
        pytest.skip("the real access log is not beside this checkout (../shared/data)")
    bodies = access_log(day)
    assert found_differences(spark, bodies, day, tmp_path) == []


def access_log(day: date) -> dict[str, bytes]:
    """The log's events of a day, one object an hour, as scripts/import_access_log.py sends them."""
    from import_access_log import hours, namespace, read_log

    log = read_log(gzip.decompress(LOG.read_bytes()).splitlines())
    return {
        f"{layout.raw_prefix(day)}hour={hour:%H}/log.gz": gzip.compress(b"\n".join(records))
        for hour, records in hours(log, namespace(""), "https://www.example.org")
        if hour.date() == day
    }
