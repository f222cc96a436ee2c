"""The short way of reading plain records against the long way, which reads everything: the same rows, always."""

import json
import random
from datetime import date
from typing import Any

import pytest
from pyspark.sql import functions as F

from clickstream import settings
from clickstream.contract import load_contract
from clickstream_glue import plain, transform

pytestmark = pytest.mark.slow
DAY = date(2024, 12, 25)
CONTRACT = load_contract()
EVENT = {
    "event_id": "6f9619ff-8b86-4011-b42d-00c04fc964ff",
    "event_type": "purchase",
    "event_timestamp": "2024-12-25T07:30:00.123Z",
    "session_id": "s-1",
    "page_url": "https://shop.example/?token=x#top",
    "country": "de",
    "price": 46.1,
    "quantity": 3,
}
TEXTS = [
    "",
    " ",
    "x",
    "Zürich",
    "日本 \U0001f600",
    "\ufffd",
    "a\\b",
    'a"b',
    "a/b",
    "\x7f",
    "}{",
    "null",
    "42",
    "1e3",
    "\u2028",
]
NUMBERS = ["0", "-0", "-1", "3", "3.0", "46.10", "0.005", "9999999999", "12345678901", "1234567890.1234", "0.1234567",
           "1e3", "01", "1.", ".5", "+1", "NaN", "Infinity", "1E-2"]  # fmt: skip
OTHERS = ["true", "false", "null", "True", "[]", "{}", '["x"]', '{"a":1}', "'x'"]


def record(rng: random.Random) -> str:
    """An event's JSON with one or two members changed, doubled, renamed or added, and some white space."""
    members = [[json.dumps(name), json.dumps(value, ensure_ascii=rng.random() < 0.3)] for name, value in EVENT.items()]
    names = [*sorted(CONTRACT.known_raw_names), "experiment", "price ", "Price", "pri\\u0063e"]
    for _ in range(rng.randint(1, 2)):
        text = json.dumps(rng.choice(TEXTS), ensure_ascii=False)
        value = rng.choices([text, rng.choice(NUMBERS), rng.choice(OTHERS)], [6, 2, 1])[0]
        if rng.random() < 0.5:
            rng.choice(members)[1] = value
        else:
            members.insert(rng.randint(0, len(members)), [f'"{rng.choice(names)}"', value])
    space = rng.choice(["", "", " ", "\t", "\r"])
    text = ",".join(f"{space}{name}:{space}{value}{space}" for name, value in members)
    around = rng.choice([" ", "\r", ",", "}", " x"]) if rng.random() < 0.1 else ""
    return "{" + text + "}" + around


def test_both_ways_give_the_same_rows(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    texts = [record(rng) for _ in range(6000)]
    source = "s3://raw/events/year=2024/month=12/day=25/hour=07/a.gz"
    lines = spark.createDataFrame([(text, source) for text in texts], "value string, source_object string")

    def rows() -> list[str]:
        judged = transform.judged(lines, CONTRACT, DAY, settings.limits()).drop("plain")
        return [str(row) for row in judged.collect()]

    short = rows()
    is_plain = [row[0] for row in lines.select(plain.is_plain(F.col("value"), CONTRACT)).collect()]
    assert 1000 < sum(is_plain) < 5000
    monkeypatch.setattr(plain, "is_plain", lambda text, contract: F.lit(False))
    assert rows() == short


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{}", True),
        ('{"event_id":"a","price":1.5,"quantity":"2","is_bot":true,"os":null}', True),
        ('{"event_id" : "a"}', False),
        ('{"event_id":"a"} ', False),
        ('{"event_id":"\\u0041"}', False),
        ('{"event_id":1}', False),
        ('{"price":1e3}', False),
        ('{"price":12345678901}', False),
        ('{"other":"a"}', False),
        ('{"event_id":"a",}', False),
        ('{"event_id":"a"}{"event_id":"b"}', False),
        ('{"event_id":["a"]}', False),
    ],
)
def test_what_is_plain(spark: Any, line: str, expected: bool) -> None:
    frame = spark.createDataFrame([(line,)], "value string")
    assert frame.select(plain.is_plain(F.col("value"), CONTRACT)).first()[0] is expected
