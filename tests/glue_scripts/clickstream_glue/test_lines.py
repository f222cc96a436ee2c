from typing import Any

import pytest

from clickstream_glue.lines import records_of_lines

pytestmark = pytest.mark.slow


def records(spark: Any, *values: bytes, limit: int = 100) -> list[tuple[Any, ...]]:
    frame = spark.createDataFrame(
        [(bytearray(value), "s3://b/k") for value in values], "raw binary, source_object string"
    )
    lines = frame.selectExpr("cast(raw as string) as value", "source_object")
    return [(row["state"], row["text"], row["bytes"]) for row in records_of_lines(lines, limit).collect()]


def test_line_is_one_record(spark: Any) -> None:
    assert records(spark, b'{"a": 1}') == [(None, '{"a": 1}', 8)]


def test_split_line_gives_its_records_and_their_number_beyond_the_first(spark: Any) -> None:
    assert records(spark, b"{} {}{}") == [(None, "{}", 2), (None, "{}", 2), (None, "{}", 2), ("split", "", 2)]


def test_state_comes_before_splitting(spark: Any) -> None:
    assert records(spark, b"{}{" + b"x" * 99 + b"}") == [("too_large", "{}{" + "x" * 99 + "}", 103)]


@pytest.mark.parametrize(("length", "state"), [(100, None), (101, "too_large")], ids=["at-the-limit", "over"])
def test_limit_is_in_bytes(spark: Any, length: int, state: str | None) -> None:
    assert records(spark, "\u00e9".encode() * 50 + b"x" * (length - 100))[0][0] == state


def test_blank_line_is_blank_however_long(spark: Any) -> None:
    assert records(spark, b" " * 200)[0][0] == "blank"


@pytest.mark.parametrize("value", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", rb"\ud800", rb"\udfff", rb"\ud800\ud800"])
def test_text_that_stands_for_no_characters_is_bad_encoding(spark: Any, value: bytes) -> None:
    assert records(spark, value)[0][0] == "bad_encoding"


@pytest.mark.parametrize("value", ["\ufffd".encode(), rb"\ud83d\ude00", rb"\\ud800", b"\xf0\x9f\x98\x80"])
def test_text_that_only_looks_bad_is_good(spark: Any, value: bytes) -> None:
    assert records(spark, value)[0][0] is None
