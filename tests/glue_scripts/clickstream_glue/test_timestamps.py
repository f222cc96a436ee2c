"""Against Python's datetime, on random instants in every form that is accepted."""

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from clickstream_glue.timestamps import timestamp

pytestmark = pytest.mark.slow
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def written(random_: random.Random) -> tuple[str, int]:
    """A text and the milliseconds since 1970 that it means."""
    offset = timedelta(minutes=random_.randint(-14 * 60, 14 * 60))
    moment = datetime(random_.randint(1900, 2200), 1, 1, tzinfo=UTC) + timedelta(
        microseconds=random_.randrange(365 * 86_400_000_000)
    )
    local = moment.astimezone(timezone(offset))
    text = local.strftime("%Y-%m-%d" + random_.choice("T ") + "%H:%M:%S.%f")
    zone = local.strftime("%z")
    shown = random_.choice([zone, f"{zone[:3]}:{zone[3:]}"])
    return text + shown, (moment - EPOCH) // timedelta(milliseconds=1)


def test_instants_are_pythons(spark: Any) -> None:
    random_ = random.Random(7)
    cases = [written(random_) for _ in range(3000)]
    frame = spark.createDataFrame([(n, text) for n, (text, _) in enumerate(cases)], "n int, text string")
    from pyspark.sql import functions as F

    rows = frame.select("n", F.unix_millis(timestamp(F.col("text"))).alias("ms")).orderBy("n").collect()
    assert [(case, row["ms"]) for case, row in zip(cases, rows, strict=True) if case[1] != row["ms"]] == []
