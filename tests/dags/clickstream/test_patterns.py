import re
from random import Random

import pytest

from clickstream import patterns
from clickstream.contract import load_contract


@pytest.mark.parametrize(
    "words",
    [["cat", "car"], ["a", "ab", "abc"], ["x.y", "x-y"], sorted(load_contract().known_raw_names)],
    ids=["two", "prefixes", "escaped", "contract"],
)
def test_any_of_fits_its_words_and_nothing_else(words: list[str]) -> None:
    pattern = patterns.any_of(words)
    assert all(re.fullmatch(pattern, word) for word in words)
    assert not any(re.fullmatch(pattern, word + "z") or re.fullmatch(pattern, word[1:]) for word in words)


@pytest.mark.parametrize(("depth", "fits"), [(1, True), (3, True), (4, False)], ids=["flat", "at-the-limit", "deeper"])
def test_nesting_is_counted(depth: int, fits: bool) -> None:
    text = "[" * depth + '"]["' + "]" * depth
    assert bool(re.fullmatch(patterns.nested_value(3), text)) is fits


def test_siblings_are_not_nested() -> None:
    assert re.fullmatch(patterns.nested_value(2), "[" + "[]," * 1000 + "{}]")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31 23:59:59.999999999+14:59", "2000-02-29T00:00:00z"])
def test_times_that_exist_fit(text: str) -> None:
    assert re.fullmatch(patterns.ISO_TIME, text)


@pytest.mark.parametrize(
    "text",
    [
        "0000-01-01T00:00:00",
        "2100-02-29T00:00:00",
        "2026-06-31T00:00:00",
        "2026-00-10T00:00:00",
        "2026-01-00T00:00:00",
        "2026-01-01t00:00:00",
    ],
)
def test_times_that_do_not_exist_do_not_fit(text: str) -> None:
    assert not re.fullmatch(patterns.ISO_TIME, text)


# Where parameters of a query begin, end and are named, escaped too; and what mail addresses are made of.
TOKENS = ["?", "&", ";", "=", "%3F", "%26", "%253B", "%3D", "%253d", "[", "]", "%5B", "%5D", "a", "email", "[sid]", "@",
          "%40", ".", "%2E", "%", "25", "email=", "email%3D", "[sid%5D%253D"]  # fmt: skip


def queries(seed: int, number: int) -> list[str]:
    random = Random(seed)
    return ["?" + "".join(random.choices(TOKENS, k=random.randrange(2, 14))) for _ in range(number)]


def cut_slowly(query: str) -> str:
    """Cuts each parameter behind the first personal name in it, found by trying every piece of the text."""
    name = r"(?:[^=&;?]*(?:\[|%5B))?(?:email|sid)(?:\]|%5D)?"
    personal = re.compile(rf"(?i)(?:[?&;]|%(?:25)*(?:3F|26|3B)){name}(?:=|%(?:25)*3D)")
    ends = [end for end in range(len(query)) if any(personal.fullmatch(query, start, end) for start in range(end))]
    kept, position = "", 0
    for end in [*ends, len(query)]:
        if end >= position:
            kept += query[position:end]
            rest = re.compile("[^&;]*").match(query, end)
            position = rest.end() if rest else end
    return kept


def test_a_personal_parameter_is_cut_behind_the_first_name() -> None:
    pattern = patterns.compiled(patterns.personal_parameter(("email", "sid")))
    found = {query: pattern.sub(r"\1", query) for query in queries(1, 5000)}
    assert sum(query != cut for query, cut in found.items()) > 200
    assert found == {query: cut_slowly(query) for query in found}


def test_a_mail_address_is_found_wherever_a_parameter_could_begin() -> None:
    at, dot = r"(?:@|%(?:25)*40)", r"(?:\.|%(?:25)*2E)"
    slow = re.compile(rf"(?i)([?&;](?:[^=&;]*=)?)(?:(?!{at})[^&;])*{at}(?:(?!{dot})[^&;])*{dot}[^&;]+")
    found = {query: patterns.compiled(patterns.MAIL_PARAMETER).sub(r"\1", query) for query in queries(2, 20_000)}
    assert sum(query != cut for query, cut in found.items()) > 200
    assert found == {query: slow.sub(r"\1", query) for query in found}
