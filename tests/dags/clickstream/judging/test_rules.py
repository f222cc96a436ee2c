from decimal import Decimal
from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream.judging.rules import accepts_all, value

ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("event_id", ID.upper(), ID),
        ("event_id", f"urn:uuid:{ID}", ID),
        ("event_id", ID.replace("-", ""), ID),
        ("event_id", f"{{{ID}", None),
        ("event_type", " View ", "page_view"),
        ("event_type", "clic\u212a", None),
        ("event_type", "\tcart", None),
        ("device_type", "fridge", "other"),
        ("device_type", "", "other"),
        ("country", "de", "DE"),
        ("country", "u\u017f", None),
        ("price", "1.005", Decimal("1.01")),
        ("price", "-0.0", Decimal("0.00")),
        ("price", "9999999999.995", None),
        ("price", "1e400", None),
        ("price", "-1", None),
        ("price", " 1", None),
        ("quantity", "2.0", 2),
        ("quantity", "2147483648", None),
        ("quantity", "1e400", None),
        ("quantity", "0", None),
        ("is_bot", "TRUE", True),
        ("is_bot", "0", False),
        ("is_bot", "1.0", None),
        ("page_url", "/p?token=x#y", "/p?token="),
        ("user_id", " x ", " x "),
    ],
)
def test_a_texts_value(name: str, text: str, expected: Any) -> None:
    assert value(load_contract().column(name), text, load_contract()) == expected


def test_a_rule_that_takes_any_text_says_so() -> None:
    takers = {column.rule for column in load_contract().raw_columns if accepts_all(column)}
    assert takers == {"text", "url"}
