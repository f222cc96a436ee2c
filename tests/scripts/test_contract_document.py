import re

import pytest
from contract_document import BEGIN, DOCUMENT, END, tables, with_tables

from clickstream.contract import load_contract, parse_contract
from clickstream.resources import read_json

TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_document_has_the_contract_as_it_is() -> None:
    assert with_tables(TEXT, load_contract()) == TEXT, "run: make contract"


def test_every_field_and_partition_key_is_in_it() -> None:
    contract = load_contract()
    listed = re.findall(r"^\| `(\w+)` \|", tables(contract), re.MULTILINE)
    assert sorted(listed) == sorted([*(column.name for column in contract.columns), *contract.partition_keys])


def test_a_column_more_is_a_line_more() -> None:
    document = read_json("event_contract.json")
    column = {"name": "coupon_code", "type": "string", "description": "Coupon.", "aliases": ["coupon"]}
    changed = with_tables(TEXT, parse_contract({**document, "columns": [*document["columns"], column]}))
    (line,) = set(changed.splitlines()) - set(TEXT.splitlines())
    assert line == "| `coupon_code` | string | Coupon. | also named coupon |"


@pytest.mark.parametrize("mark", [BEGIN, END])
def test_a_document_without_the_marks_is_refused(mark: str) -> None:
    with pytest.raises(ValueError, match="expected the marks"):
        with_tables(TEXT.replace(mark, ""), load_contract())
