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
NUMBERS = ["9" * 1001, "0." + "1" * 1001]
NUMBERS += ["0", "-0", "-1", "3", "3.0", "46.10", "0.005", "9999999999", "12345678901", "1234567890.1234", "0.1234567",
           "1e3", "01", "1.", ".5", "+1", "NaN", "Infinity", "1E-2"]  # fmt: skip
OTHERS = ["true", "false", "null", "True", "[]", "{}", '["x"]', '{"a":1}', "'x'"]


def own_value(rng: random.Random, names: list[str]) -> str:
    """Of a member that the contract does not know: any value, or an object of some."""

    def value() -> str:
        text = json.dumps(rng.choice(TEXTS), ensure_ascii=False)
        return rng.choices([text, rng.choice(NUMBERS), rng.choice(OTHERS)], [3, 1, 1])[0]

    if rng.random() < 0.5:
        return value()
    members = [f'"{rng.choice([*names, "event_id", "id"])}":{value()}' for _ in range(rng.randint(0, 3))]
    return "{" + ",".join(members) + "}"


def record(rng: random.Random) -> str:
    """An event's JSON with one or two members changed, doubled, renamed or added, and some white space."""
    members = [[json.dumps(name), json.dumps(value, ensure_ascii=rng.random() < 0.3)] for name, value in EVENT.items()]
    names = [*sorted(CONTRACT.known_raw_names), "price ", "Price", "pri\\u0063e"]
    own = ["experiment", "a_b", "_", "e_mail", "Ip", "_ip_", "user_agents", "user_agent", "session_id", "x-y",
           "caf\u00e9", "Key", "z"]  # fmt: skip
    if rng.random() < 0.4:
        members.insert(rng.randint(0, len(members)), [f'"{rng.choice(own)}"', own_value(rng, own)])
    for _ in range(rng.randint(1, 2)):
        text = json.dumps(rng.choice(TEXTS), ensure_ascii=False)
        value = rng.choices([text, rng.choice(NUMBERS), rng.choice(OTHERS)], [6, 2, 1])[0]
        if rng.random() < 0.5:
            rng.choice(members)[1] = value
        else:
            members.insert(rng.randint(0, len(members)), [f'"{rng.choice(names)}"', value])
    space = rng.choice(["", "", "", " ", "\t", "\r"])
    text = ",".join(f"{space}{name}:{space}{value}{space}" for name, value in members)
    around = rng.choice([" ", "\r", ",", "}", " x"]) if rng.random() < 0.1 else ""
    return "{" + text + "}" + around


def colliding(number: int) -> list[str]:
    """Names of one hash in Spark's JSON reader, which gives a record up that has some hundred of them."""
    made = [""]
    while len(made) < number:
        made = [start + pair for start in made for pair in ("ab", "bA")]
    return made[:number]


def with_own(value: str) -> str:
    return json.dumps(EVENT, separators=(",", ":"))[:-1] + f',"own":{value}}}'


# What no generator comes to: many names, names of one hash, long lines.
LARGE = [
    with_own("{" + ",".join(f'"{name}":1' for name in names) + "}")
    for names in (colliding(100), colliding(101), colliding(400), [f"n{number}" for number in range(60_000)])
] + ["{" + ",".join(['"os":"x"'] * 100_000) + "}", with_own('"' + "x" * 1_000_000 + '"'), with_own("9" * 900_000)]


def test_both_ways_give_the_same_rows(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    texts = [*(record(rng) for _ in range(6000)), *LARGE]
    source = "s3://raw/events/year=2024/month=12/day=25/hour=07/a.gz"
    lines = spark.createDataFrame([(text, source) for text in texts], "value string, source_object string")

    def rows() -> list[str]:
        judged = transform.judged(lines, CONTRACT, DAY, settings.limits()).drop("plain")
        return [str(row) for row in judged.collect()]

    short = rows()
    own = own_members(spark, *texts)
    assert 1000 < sum(one is not None for one in own) < 5000
    assert sum(bool(one) for one in own) > 100
    nothing = F.lit(None).cast("string")
    monkeypatch.setattr(plain, "with_own_member", lambda records, _: records.withColumn("own_member", nothing))
    assert rows() == short


def own_members(spark: Any, *texts: str) -> list[str | None]:
    frame = spark.createDataFrame([(n, None, text) for n, text in enumerate(texts)], "n int, state string, text string")
    return [row["own_member"] for row in plain.with_own_member(frame, CONTRACT).orderBy("n").collect()]


@pytest.mark.parametrize(
    ("line", "own_member"),
    [
        ("{}", ""),
        ('{"event_id":"a","price":1.5,"quantity":"2","is_bot":true,"os":null}', ""),
        ('{"event_id":\r"a" , "os":"x"}', ""),
        ('{"other":"a"}', '"other":"a"'),
        ('{"other":1E5,"event_id":"a"}', '"other":1E5'),
        ('{"event_id":"a", "other_1":true ,"os":"x"}', '"other_1":true'),
        ('{"event_id":"a","other":{}}', '"other":{}'),
        ('{"other":{"a":"b, c","event_id":-0.50,"a":null},"os":"x"}', '"other":{"a":"b, c","event_id":-0.50,"a":null}'),
        ('{"event_idx":"a"}', '"event_idx":"a"'),
    ],
)
def test_what_is_plain(spark: Any, line: str, own_member: str) -> None:
    assert own_members(spark, line) == [own_member]


@pytest.mark.parametrize(
    "line",
    [
        '{"event_id" : "a"}',
        '{"event_id":"a"} ',
        '{"event_id":"\\u0041"}',
        '{"event_id":1}',
        '{"price":1e3}',
        '{"price":12345678901}',
        '{"event_id":"a",}',
        '{"other":"a",}',
        '{"event_id":"a"}{"event_id":"b"}',
        '{"event_id":["a"]}',
        '{"event_id":{"a":"b"}}',
        '{"other":"a","another":"b"}',
        '{"other":"a","other":"b"}',
        '{"other": "a"}',
        '{"other":{"a": "b"}}',
        '{"other":{"a":{"b":"c"}}}',
        '{"other":{"a":["b"]}}',
        '{"other":["a"]}',
        '{"other":"Z\u00fcrich"}',
        '{"other":"\x7f"}',
        '{"other":"a\\\\b"}',
        '{"other":01}',
        '{"other":{"a":"b",}}',
        '{"o-ther":"a"}',
        '{"email":"a"}',
        '{"_E__mail_":"a"}',
        '{"other":{"userAgent":"a"}}',
        '{"other":{"a":"b","ip":"c"}}',
    ],
)
def test_what_is_read_the_long_way(spark: Any, line: str) -> None:
    assert own_members(spark, line) == [None]


def test_a_personal_name_is_read_the_long_way_however_it_is_written(spark: Any) -> None:
    names = {
        spelled
        for name in CONTRACT.personal_names
        for spelled in (name, name.upper(), f"__{name}_", "_".join(name), name[:1] + "___" + name[1:].title())
    }
    texts = [f'{{"{name}":"a"}}' for name in names] + [f'{{"x":{{"a":"b","{name}":"c"}}}}' for name in names]
    assert set(own_members(spark, *texts)) == {None}
    assert None not in own_members(spark, *[f'{{"{name}x":{{"{name}_x":"c"}}}}' for name in CONTRACT.personal_names])
