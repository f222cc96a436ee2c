import pytest

from clickstream.judging.timestamps import milliseconds

AT = 1_772_706_030_000  # 2026-03-05T10:20:30Z


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-05T10:20:30Z", AT),
        ("2026-03-05 10:20:30", AT),
        ("2026-03-05T10:20:30.9999z", AT + 999),
        ("2026-03-05T15:50:30+05:30", AT),
        ("2026-03-05T08:50:30-0130", AT),
        ("2026-03-05T09:20:30-01", AT),
        ("1970-01-01T00:00:00+14:00", -14 * 3_600_000),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("0001-01-01T00:00:00+14:00", -62_135_596_800_000 - 14 * 3_600_000),
        ("1772706030", AT),
        ("1772706030123", AT + 123),
        ("1772706030123999", AT + 123),
        ("1772706030.1239999999999999999999", AT + 123),
        ("1.772706030123e12", AT + 123),
        ("99999999999999999", 99_999_999_999_999),
        ("99999999999999999.999999999999", 99_999_999_999_999),
        ("1.9999999999999999e0", 2000),
    ],
)
def test_an_instant_is_read_and_further_digits_are_cut(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["2026-02-29T10:00:00Z", "2026-03-05", "yesterday", "-1", "1e17", "1" * 18, "\uff12\uff1026-03-05T10:20:30Z"],
)
def test_what_is_no_instant_is_none(text: str) -> None:
    assert milliseconds(text) is None
