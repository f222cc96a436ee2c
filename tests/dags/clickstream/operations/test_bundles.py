"""Against the local AWS: a bundle saves calls, and never says anything that the books do not."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream.operations.books import Reader
from clickstream.operations.bundles import MONTHS, read_bundle, write_bundles
from tests.operations.made_books import MadeBooks, checked, good_days, made_checks, made_ledger

FIRST, LAST = date(2024, 11, 1), date(2024, 11, 30)
ENDED = datetime(2024, 12, 9, 12, tzinfo=UTC)  # the first day on which nothing late can come for November


@pytest.fixture
def made(catalog):
    books = MadeBooks(catalog)
    books.write_all(good_days(FIRST, LAST))
    return books


@pytest.fixture
def asked(catalog, monkeypatch):
    """The keys of the objects that are opened from now on."""
    keys, get = [], catalog.s3.get_object
    monkeypatch.setattr(catalog.s3, "get_object", lambda **given: keys.append(given["Key"]) or get(**given))
    return keys


def runs(catalog):
    return Reader(catalog).read(FIRST, LAST, ENDED).runs


def opened(asked):
    return [key for key in asked if key.startswith(("ledgers/", "quality/"))]


def test_a_first_look_opens_one_object_for_a_month(catalog, made, asked):
    before = runs(catalog)
    assert len(opened(asked)) == 31, "30 check runs, and no bundle yet"
    assert write_bundles(catalog, ENDED) == ["2024-11"]
    asked.clear()
    assert runs(catalog) == before
    assert opened(asked) == ["quality/months/2024-11.json"]


@pytest.mark.parametrize(("now", "written"), [
    (ENDED - timedelta(days=1), []), (ENDED, ["2024-11"]), (ENDED + timedelta(days=31 * MONTHS), []),
], ids=["late objects may come", "ended", "long ago"])  # fmt: skip
def test_months_are_bundled_once_they_are_at_rest_and_not_for_ever(catalog, made, now, written):
    assert write_bundles(catalog, now) == written


def test_a_bundle_that_holds_all_is_not_written_again(catalog, made):
    assert [write_bundles(catalog, ENDED) for _ in range(2)] == [["2024-11"], []]


def test_what_came_after_the_bundle_counts_and_is_added_later(catalog, made, asked):
    write_bundles(catalog, ENDED)
    ledger = made_ledger(LAST, 700, "jr_2")
    made.write(ledger, made_checks(ledger, {"repeated_event_ids": 4}))
    again = made_ledger(FIRST)
    made.put(layout.quality_key(again.run_id, ENDED), checked(again, ENDED, made_checks(again)))
    found = runs(catalog)
    assert [one.run_id for one in found[LAST]] == [f"{LAST}-jr_2", f"{LAST}-jr_1"]
    assert found[FIRST][0].checked_at == ENDED.isoformat()
    asked.clear()
    assert write_bundles(catalog, ENDED) == ["2024-11"]
    assert len(opened(asked)) == 3, "the bundle of before, and what it lacks"
    assert runs(catalog) == found


def test_a_bundle_shows_no_run_that_the_books_do_not_have(catalog, made):
    write_bundles(catalog, ENDED)
    gone = layout.ledger_key(f"{LAST}-jr_1")
    catalog.s3.delete_object(Bucket=catalog.settings.name("work_bucket"), Key=gone)
    assert LAST not in runs(catalog)


@pytest.mark.parametrize("text", ["{broken", "[]", '{"check_runs": 7}', json.dumps({"check_runs": {"a": {}}})])
def test_what_is_no_bundle_hides_nothing_and_is_replaced(catalog, made, text):
    before = runs(catalog)
    made.put(layout.bundle_key("2024-11"), text)
    assert runs(catalog) == before
    assert write_bundles(catalog, ENDED) == ["2024-11"]
    assert len(read_bundle(catalog, "2024-11")) == 30


@pytest.mark.parametrize("entry", [{"checks": 7}, [1], 7], ids=str)
def test_a_bad_entry_of_a_bundle_does_not_stand_for_the_book(catalog, made, entry):
    before = runs(catalog)
    write_bundles(catalog, ENDED)
    (key,) = [key for key in read_bundle(catalog, "2024-11") if f"{LAST}-jr_1" in key]
    made.put(layout.bundle_key("2024-11"), json.dumps({"check_runs": read_bundle(catalog, "2024-11") | {key: entry}}))
    assert runs(catalog) == before


def test_what_is_no_check_run_does_not_make_the_bundle_new_each_hour(catalog, made):
    made.put(f"quality/arrival_date={LAST}/{LAST}-jr_1-20241209T090000000000.json", "{broken")
    before = runs(catalog)
    assert [write_bundles(catalog, ENDED) for _ in range(2)] == [["2024-11"], []]
    assert runs(catalog) == before
