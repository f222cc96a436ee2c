"""Each suspicion is needed: without it DuckDB reads a line otherwise than it must be judged."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream.judging.verdicts import judge, window_of
from clickstream.settings import limits
from json_to_parquet import columns, queries, suspicion
from tests.corpus import line, with_member
from tests.lambda_functions.json_to_parquet.test_columns import HOUR, opened

CASES = {
    "trailing comma": with_member("s", b'"a": [1, ]'),
    "constant as a member": with_member("s", b'"a": NaN'),
    "constant in an array": with_member("s", b'"a": [1, -inf, 2]'),
    "escape in a name": with_member("s", rb'"page\u005ftitle": {"a": 1}'),
    "nested in a known field": with_member("s", b'"page_title": {"a": 1}'),
    "fraction in a text field": with_member("s", b'"user_id": 12.50'),
    "negative zero": with_member("s", b'"user_id": -0'),
}


def is_right(raw: bytes, folder: Path) -> bool:
    """Whether columns give the line what it gets when judged alone."""
    names = queries.stored_columns(load_contract())
    chosen = ", ".join(f'"{name}"' for name in names)
    with opened(folder) as events:
        events.add([raw])
        found = events._duckdb.execute(f"SELECT {chosen} FROM events").fetchall()
    records = judge(raw, window_of(HOUR, limits()), load_contract(), limits())
    return found == [tuple(one.values[name] for name in names) for one in records if one.reason is None]


@pytest.fixture
def unsuspicious(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Leaves one suspicion out."""

    def leave_out(name: str) -> None:
        parts = suspicion.suspicions(load_contract())
        assert parts.pop(name)
        monkeypatch.setattr(columns, "_suspect_line", lambda: "|".join(parts.values()))

    return leave_out


@pytest.mark.parametrize("name", suspicion.suspicions(load_contract()))
def test_a_suspicion_is_right_and_needed(unsuspicious: Any, tmp_path: Path, name: str) -> None:
    assert is_right(CASES[name], tmp_path)
    unsuspicious(name)
    assert not is_right(CASES[name], tmp_path)


@pytest.mark.parametrize(
    "member",
    [b'"a": {"ip": "x"}', b'"a": {"x": 2.50}', b'"a": [1E5]', b'"a": 1e400', b'"a": 2.50'],
    ids=["personal", "fraction-within", "exponent-within", "exponent", "fraction"],
)
def test_a_suspect_value_of_an_unknown_field_is_judged_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, member: bytes
) -> None:
    raw = with_member("v", member)
    assert is_right(raw, tmp_path)
    monkeypatch.setattr(columns, "suspect_value", lambda _: "^never$")
    monkeypatch.setattr(queries, "FRACTION", "^never$")
    assert is_right(raw, tmp_path) is (member == b'"a": 1e400')  # which DuckDB leaves as it is


def fractions(seed: int, number: int) -> list[bytes]:
    """Numbers as producers write them: short, long, with zeros behind, tiny and huge, in exponents, in arrays."""
    random = Random(seed)
    found = []
    for _ in range(number):
        whole = str(random.randrange(10 ** random.randrange(1, 20)))
        text = random.choice(["", "-"]) + whole + "." + "".join(random.choices("00125789", k=random.randrange(1, 19)))
        text += random.choice(["", "", "", f"e{random.randrange(-30, 30)}", "E+2"])
        found.append(random.choice(["%s", "%s", "[%s,2]", '{"b":%s}', "[1, %s]"]) % text)
    return [text.encode() for text in found]


def test_a_fraction_is_kept_in_the_digits_that_came(tmp_path: Path) -> None:
    raws = [line("f", n)[:-1] + b', "a":' + text + b"}" for n, text in enumerate(fractions(1, 3000))]
    with opened(tmp_path) as events:
        events.add(raws)
        assert 300 < events.counts.one_by_one < 2700  # of both there are many
        found = events._duckdb.execute("SELECT number, properties FROM events WHERE number IS NOT NULL").fetchall()
    for number, properties in found:
        (record,) = judge(raws[number], window_of(HOUR, limits()), load_contract(), limits())
        assert record.values["properties"] == properties, raws[number]


@pytest.mark.parametrize(
    ("members", "alone"),
    [
        (b'"a":0.5', 0),
        (b'"a": 0.5, "b": {"c":[-1.25]}', 0),
        (b'"a" : 1.5 ', 0),
        (b'"a": 0.50', 1),
        (b'"b":{"a":0.5},"a":0.50', 1),
        (b'"b":"a","a":0.5', 1),
        (b'"b": [0.5, 1.5]', 1),
    ],
    ids=["compact", "nested", "spaced", "zero-behind", "same-name-within", "name-as-a-text", "spaces-within"],
)
def test_a_short_fraction_is_not_judged_alone(tmp_path: Path, members: bytes, alone: int) -> None:
    raw = with_member("a", members)
    assert is_right(raw, tmp_path)
    with opened(tmp_path) as events:
        events.add([raw])
        assert events.counts.one_by_one == alone


def test_a_value_of_many_brackets_is_judged_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    raw = with_member("d", b'"a": ' + b"[" * 120 + b"]" * 120)
    assert is_right(raw, tmp_path)
    monkeypatch.setattr(queries, "_MOST_BRACKETS", 1000)
    assert not is_right(raw, tmp_path)


@pytest.mark.parametrize(
    "members",
    [
        b'"a": 1, "a": 2',
        b'"page_title": "x", "page_title": "y"',
        b'"Brand": 1',
        b'"a": 1, "A": 2',
        b'"a b": 1',
        b'"": 1',
    ],
    ids=["twice", "known-twice", "like-a-known-one", "alike", "space", "empty"],
)
def test_names_that_columns_cannot_hold_are_judged_alone(tmp_path: Path, members: bytes) -> None:
    raw = with_member("n", members)
    assert is_right(raw, tmp_path)
    with opened(tmp_path) as events:
        events.add([raw])
        assert events.counts.one_by_one == 1


def test_unknown_names_beyond_the_bound_are_judged_alone(tmp_path: Path) -> None:
    raws = [line("u", number, **{f"x{number}": number}) for number in range(suspicion.MOST_UNKNOWN + 5)]
    with opened(tmp_path) as events:
        events.add(raws)
        assert (events.counts.one_by_one, events.finish().accepted) == (5, len(raws))


def test_bytes_that_are_no_utf8_are_never_shown_to_duckdb(tmp_path: Path) -> None:
    raw = line("b", page_title="x").replace(b'"x"', b'"\xff"')
    assert is_right(raw, tmp_path)
    with opened(tmp_path) as events:
        events.add([raw])
        assert events.finish().quarantined == {"bad_encoding": 1}
