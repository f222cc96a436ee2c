"""Every rule is shown refusing a change of the real contract, which itself must pass."""

import copy
import json
import re
from typing import Any

import contract_changes
import pytest
from contract_changes import CONTRACT, RELEASED, breaking

from clickstream.contract import parse_contract

DOCUMENT = json.loads(RELEASED.read_text(encoding="utf-8"))
EVENT_TYPES = next(one["accepted_values"] for one in DOCUMENT["columns"] if one["name"] == "event_type")
COUPON = {"name": "coupon_code", "type": "string", "description": "Coupon that the visitor redeemed."}


def changed(**columns: Any) -> dict[str, Any]:
    """The released document with these columns changed; None takes one away."""
    document = copy.deepcopy(DOCUMENT)
    for name, change in columns.items():
        (column,) = (one for one in document["columns"] if one["name"] == name)
        column.update(change or {})
        if change is None:
            document["columns"].remove(column)
    return document


def with_column(column: dict[str, Any], place: int) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    document["columns"].insert(place, column)
    return document


def problems(document: dict[str, Any]) -> list[str]:
    return list(breaking(parse_contract(DOCUMENT), parse_contract(document)))


def test_the_contract_can_follow_its_last_release() -> None:
    found = list(breaking(contract_changes.read(RELEASED), contract_changes.read(CONTRACT)))
    assert not found, "\n".join([*found, "See docs/contract.md, Change it."])


@pytest.mark.parametrize("place", [0, 10, len(DOCUMENT["columns"])])
def test_an_optional_column_may_stand_anywhere(place: int) -> None:
    assert problems(with_column(COUPON, place)) == []


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (changed(brand=None), "a column stays: brand is gone"),
        (changed(brand={"name": "maker"}), "a column stays: brand is gone"),
        (changed(brand={"origin": "raw_only"}), "a column stays: brand is gone"),
        (changed(quantity={"type": "bigint"}), r"a type stays: quantity was int and is bigint"),
        (changed(price={"type": "decimal(14,2)"}), r"a type stays: price was decimal\(12,2\) and is decimal\(14,2\)"),
        (changed(user_id={"required_for": "every_event"}), "what was optional stays so: user_id is required now"),
        (with_column({**COUPON, "required_for": "every_event"}, 3), "what was optional stays so: coupon_code"),
        ({**DOCUMENT, "columns": DOCUMENT["columns"][::-1]}, "the order stays"),
        (changed(device_type={"value_aliases": {}}), "aliases of values stay: device_type no longer takes computer"),
        (changed(country={"accepted_values": ["DE"]}), "accepted values stay: country no longer takes every value"),
        (changed(event_timestamp={"aliases": ["timestamp"]}), "names stay: event_timestamp no longer takes event_time"),
        (
            changed(event_type={"accepted_values": EVENT_TYPES[1:]}),
            f"accepted values stay: event_type .* {EVENT_TYPES[0]},",
        ),
        (changed(ip_address={"origin": "event"}), "what is personal stays raw: ip_address"),
        (changed(ip_address=None), "what is personal stays raw: ip_address"),
        ({**DOCUMENT, "partition_keys": ["year", "month"]}, "partitions stay"),
    ],
)
def test_what_stored_days_could_not_follow_is_refused_by_a_rule(document: dict[str, Any], rule: str) -> None:
    (found,) = problems(document)
    assert re.match(rule, found)


def test_a_release_takes_over_the_contract_only_where_nothing_is_refused(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"ROOT": tmp_path, "CONTRACT": tmp_path / "contract.json", "RELEASED": tmp_path / "released.json"}
    for name, path in files.items():
        monkeypatch.setattr(contract_changes, name, path)
    files["RELEASED"].write_text(json.dumps(DOCUMENT))
    files["CONTRACT"].write_text(json.dumps(changed(brand=None)))
    assert contract_changes.main(["--release"]) == 1
    assert "a column stays" in capsys.readouterr().err
    assert json.loads(files["RELEASED"].read_text()) == DOCUMENT
    files["CONTRACT"].write_text(json.dumps(with_column(COUPON, 3)))
    assert contract_changes.main([]) == 0
    assert json.loads(files["RELEASED"].read_text()) == DOCUMENT
    assert contract_changes.main(["--release"]) == 0
    assert files["RELEASED"].read_bytes() == files["CONTRACT"].read_bytes()
