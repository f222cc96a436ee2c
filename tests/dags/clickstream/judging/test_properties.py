from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream.judging.properties import is_personal, properties
from clickstream.judging.records import parse


def made(text: str) -> str | None:
    fields: Any = parse(text, 100)
    return properties(dict(fields), load_contract())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", None),
        ('{"b": 1.50, "a": "x", "a": true}', '{"a":true,"b":1.50}'),
        ('{"a": "\\u00e4\\u001f\\n\\/\\""}', '{"a":"ä\\u001F\\n/\\""}'),
        ('{"g": {"a": 1, "a": [2.50, null]}}', '{"g":{"a":1,"a":[2.50,null]}}'),
        ('{"clientIp": [1]}', '{"clientIp":null}'),
        ('{"g": {"User-Agent": "x", "ip": true, "e_mail": {}}}', '{"g":{"User-Agent":null,"ip":true,"e_mail":null}}'),
    ],
    ids=["nothing", "sorted-and-last", "escapes", "nested", "personal", "personal-within"],
)  # fmt: skip
def test_unknown_fields_as_text(text: str, expected: str | None) -> None:
    assert made(text) == expected


def test_any_spelling_of_a_personal_name_is_one() -> None:
    assert all(is_personal(name, load_contract()) for name in ("IPAddress", "ip--address", "\u212aey"))
    assert not is_personal("keyboard", load_contract())
