import pytest

from clickstream.judging.lines import line_of
from clickstream.reasons import BAD_ENCODING, BLANK, TOO_LARGE

MOST = 100


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (b"", BLANK),
        (b" \t\r", BLANK),
        (b"\xef\xbb\xbf", BLANK),
        (b" " * (MOST + 1), BLANK),
        (b"x" * MOST, None),
        (b"x" * (MOST + 1), TOO_LARGE),
        (b"\xff" * (MOST + 1), TOO_LARGE),
        (b"\xff", BAD_ENCODING),
        (b"\xef\xbf\xbd", None),
        (rb'"\ud83d\ude00"', None),
        (rb'"\ud83d"', BAD_ENCODING),
        (rb'"\\ud83d"', None),
    ],
)
def test_a_line_that_cannot_be_judged_says_why(raw: bytes, state: str | None) -> None:
    assert line_of(raw, MOST).state == state


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        (b'{"a":1}{"b":2}', ('{"a":1}', '{"b":2}')),
        (b'{"a":1} \t{"b":2} {"c":3}\r', ('{"a":1}', '{"b":2}', '{"c":3}')),
        (b'{"a":"}{"}', ('{"a":"}{"}',)),
        (b'{"a":"\\"}{"}', ('{"a":"\\"}{"}',)),
        (b'{"a":"\\\xe2\x80\xa8}{"}', ('{"a":"\\\u2028}{"}',)),
        (b'{"a":1}\x1e{"b":2}{"c":3}', ('{"a":1}\x1e{"b":2}{"c":3}',)),
        (b"}{", ("}", "{")),
    ],
    ids=["two", "spaces", "in-text", "escaped-quote", "escaped-line-separator", "record-separator", "no-json"],
)
def test_records_on_one_line_are_told_apart(raw: bytes, texts: tuple[str, ...]) -> None:
    assert line_of(raw, MOST).texts == texts


def test_a_long_line_is_split_in_little_time_and_stack() -> None:
    whole = b'{"a":"' + b"x\\n" * 300_000 + b'"}'
    assert len(line_of(whole + whole, 10_000_000).texts) == 2


def test_only_one_carriage_return_and_one_mark_are_taken_off() -> None:
    assert line_of(b"\xef\xbb\xbf\xef\xbb\xbfx\r\r", MOST).texts == ("\ufeffx\r",)
