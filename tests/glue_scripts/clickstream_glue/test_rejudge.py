"""The quarantined records of a run under another contract. Under the same one: tests/glue_scripts/test_corpus.py."""

from dataclasses import replace
from typing import Any

import pytest

from clickstream import layout
from clickstream.contract import Contract, load_contract
from clickstream.ledger import Ledger
from clickstream.replay import ACCEPTED, EXPIRED, NEEDS_A_RUN, Rejudged, Tally
from clickstream.settings import limits
from tests.corpus import line

pytestmark = pytest.mark.slow
SWIPE = {
    "event_type": "swipe", "user_id": "u-17", "page_url": "https://shop.example/a?token=s3cret&q=1",
    "ip_address": "203.0.113.9", "user_agent": "curl/8", "email": "ann@shop.example", "fingers": 2,
    "search_query": "bob@shop.example", "price": 1.5,
}  # fmt: skip
QUARANTINED = {"invalid_price": 1, "malformed_json": 1, "unknown_event_type": 3}


def with_swipe() -> Contract:
    """The contract, and one event type more."""
    columns = (
        replace(one, accepted_values=(*one.accepted_values, "swipe")) if one.name == "event_type" else one
        for one in load_contract().columns
    )
    return replace(load_contract(), columns=tuple(columns))


def without_prices() -> Contract:
    """The contract, with prices that may be any text."""
    columns = (replace(one, type="string", rule="text") if one.name == "price" else one
               for one in load_contract().columns)  # fmt: skip
    return replace(load_contract(), columns=tuple(columns))


@pytest.fixture(scope="module")
def swiped(new_day: Any) -> tuple[Any, Ledger]:
    """A day with a good line, two swipes on one line, one that is wrong too, and other bad ones; and its run."""
    day = new_day()
    two = line("swipe", 0, **SWIPE) + line("swipe", 1, **SWIPE)
    wrong = line("swipe", 2, **SWIPE | {"price": "much"})
    day.put_lines(line("good"), two, wrong, line("price", price="much"), b"{broken")
    ledger = day.run(max_quarantined_share="1")
    assert dict(ledger.quarantined) == QUARANTINED
    return day, ledger


def rejudged(swiped: tuple[Any, Ledger], contract: Contract, *reasons: str) -> Rejudged:
    from clickstream_glue.rejudge import rejudge

    day, ledger = swiped
    return rejudge(day.spark, day.s3, day.bucket("raw"), ledger, reasons, contract)


def test_what_the_contract_takes_now_is_told_from_what_stays_and_from_what_is_wrong_otherwise(
    swiped: tuple[Any, Ledger],
) -> None:
    assert rejudged(swiped, with_swipe()).tallies == (
        Tally("invalid_price", "invalid_price", 1),
        Tally("malformed_json", "malformed_json", 1),
        Tally("unknown_event_type", ACCEPTED, 2),
        Tally("unknown_event_type", "invalid_price", 1),
    )


def test_only_the_reasons_that_are_asked_for_are_judged(swiped: tuple[Any, Ledger]) -> None:
    found = rejudged(swiped, without_prices(), "invalid_price", "malformed_json")
    assert found.tallies == (Tally("invalid_price", ACCEPTED, 1), Tally("malformed_json", "malformed_json", 1))


def test_examples_say_what_would_be_in_the_table_and_mask_who_it_was(swiped: tuple[Any, Ledger]) -> None:
    first, second = rejudged(swiped, with_swipe()).examples
    assert {first.was, second.was} == {"unknown_event_type"}
    assert first.event["event_type"] == "swipe"
    assert (first.event["user_id"], first.event["session_id"]) == ("***", "***")
    assert (first.event["page_url"], first.event["search_query"], first.event["properties"]) == ("***", "***", "***")
    assert (first.event["device_type"], first.event["price"]) == ("bot", 1.5)
    told = str((first, second))
    secrets = ("u-17", "s3cret", "203.0.113", "curl", "ann@", "bob@", "source_object")
    assert not [secret for secret in secrets if secret in told]


def test_a_judgement_changes_nothing(swiped: tuple[Any, Ledger]) -> None:
    day, _ = swiped
    before = [day.keys(role) for role in ("raw", "processed", "work")]
    rejudged(swiped, with_swipe())
    assert [day.keys(role) for role in ("raw", "processed", "work")] == before


def test_what_the_quarantine_holds_no_more_is_expired(day: Any) -> None:
    day.put_lines(line("good"), b"{broken", b"[]")
    ledger = day.run(max_quarantined_share="1")
    for key in day.keys("raw", layout.quarantine_prefix(ledger.run_id)):
        day.s3.delete_object(Bucket=day.bucket("raw"), Key=key)
    assert rejudged((day, ledger), load_contract(), "malformed_json").tallies == (Tally("malformed_json", EXPIRED, 1),)


def test_a_line_that_was_too_large_needs_a_run_where_it_no_longer_is(day: Any, monkeypatch: Any) -> None:
    day.put_lines(line("good"), line("large", page_title="x" * limits().max_line_bytes))
    ledger = day.run(max_quarantined_share="1")
    assert rejudged((day, ledger), load_contract()).tallies == (Tally("too_large", "too_large", 1),)
    larger = replace(limits(), max_line_bytes=2 * limits().max_line_bytes)
    monkeypatch.setattr("clickstream_glue.rejudge.limits", lambda: larger)
    assert rejudged((day, ledger), load_contract()).tallies == (Tally("too_large", NEEDS_A_RUN, 1),)
