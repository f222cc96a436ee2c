import pytest

from clickstream.judging.records import NotJson, Number, is_nested, parse, text_of

DEPTH = 100


def test_numbers_keep_their_digits_and_are_no_texts() -> None:
    (name, value), (_, text) = parse('{"a": 1.50, "b": "1.50"}', DEPTH)
    assert (name, value, type(value), type(text)) == ("a", "1.50", Number, str)


def test_members_that_come_twice_are_both_there() -> None:
    assert parse('{"a": 1, "a": [{"b": 2, "b": 3}]}', DEPTH) == (("a", "1"), ("a", [(("b", "2"), ("b", "3"))]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"a":1,}',
        "NaN",
        "[-Infinity]",
        "01",
        "+1",
        "1.",
        "{'a':1}",
        '"\t"',
        '"\\x"',
        "{} x",
        "\ufeff{}",
        "tru",
    ],
)
def test_what_is_no_strict_json_is_refused(text: str) -> None:
    with pytest.raises(NotJson):
        parse(text, DEPTH)


@pytest.mark.parametrize(("depth", "fits"), [(100, True), (101, False), (900, False), (100_000, False)])
def test_nesting_is_bounded(depth: int, fits: bool) -> None:
    text = "[" * depth + "]" * depth
    if fits:
        assert is_nested(parse(text, DEPTH))
    else:
        with pytest.raises(NotJson):
            parse(text, DEPTH)


def test_a_long_number_is_read() -> None:
    assert len(parse("9" * 100_000, DEPTH)) == 100_000


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), ("", None), (None, None), (True, "true"), (False, "false"), ([], None), ((), None)]
)
def test_text_to_judge(value: object, text: str | None) -> None:
    assert text_of(value) == text
