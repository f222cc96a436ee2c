"""Strictness against Python's json module: thousands of broken lines, the same verdict."""

import json
import random
from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream_glue.records import with_fields

pytestmark = pytest.mark.slow
SEEDS = [
    '{"event_id": "a", "price": 12.50, "page_title": "x \\"y\\" \\u00e9 }{ [1, 2]", '
    '"a": {"b": [1, -0.5e+3, null, true], "c": "d"}, "e": false}',
    '{"page_title": [1, {"x": "y"}, [2]], "brand": {"a": [true]}, "os": "z"}',
    '{"session_id":"s","user_id":42,"k":[[],{},"",0]}',
    '[1, "two", {"three": 3}]',
]
PIECES = [
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "0",
    "1",
    "-",
    ".",
    "e",
    "+",
    " ",
    "\t",
    "a",
    "null",
    "tru",
    '"z":"z"',
    "\u00e9",
    "'",
    "/",
    "NaN",
]


def broken(random_: random.Random) -> str:
    """A seed with one to three pieces put in, taken out, or exchanged."""
    text = random_.choice(SEEDS)
    for _ in range(random_.randint(1, 3)):
        at = random_.randrange(len(text))
        text = text[:at] + random_.choice([*PIECES, ""]) + text[at + random_.randint(0, 2) :]
    return text


def refuse_constant(name: str) -> None:
    raise ValueError(name)


def expected(text: str) -> str:
    try:
        value = json.loads(text, parse_constant=refuse_constant)
    except ValueError:
        return "malformed"
    return "object" if isinstance(value, dict) else "other"


def kinds(spark: Any, texts: list[str]) -> list[str]:
    frame = spark.createDataFrame([(n, None, text) for n, text in enumerate(texts)], "n int, state string, text string")
    rows = with_fields(frame, load_contract()).orderBy("n").collect()
    return ["object" if row["is_object"] else "other" if row["is_other_json"] else "malformed" for row in rows]


def test_broken_json_gets_pythons_verdict(spark: Any) -> None:
    random_ = random.Random(20260305)
    texts = [broken(random_) for _ in range(6000)]
    wanted = [expected(text) for text in texts]
    assert min(wanted.count(kind) for kind in ("object", "other", "malformed")) > 100
    got = kinds(spark, texts)
    assert [(text, got_, want) for text, got_, want in zip(texts, got, wanted, strict=True) if got_ != want] == []


def test_unknown_members_keep_their_values(spark: Any) -> None:
    frame = spark.createDataFrame([(None, SEEDS[0])], "state string, text string")
    (row,) = with_fields(frame, load_contract()).collect()
    assert set(row["unknown"]) == {":a", ":e"}
    assert (row["fields"][":event_id"][1:], row["fields"][":price"]) == ("a", "12.50")


@pytest.mark.parametrize("escapes", ['\\"', "\\\\", "\\u00e9"])
def test_a_mebibyte_of_escapes_is_read(spark: Any, escapes: str) -> None:
    text = '{"page_title": "' + escapes * (1_000_000 // len(escapes)) + '"}'
    assert kinds(spark, [text, text[:-2]]) == ["object", "malformed"]
