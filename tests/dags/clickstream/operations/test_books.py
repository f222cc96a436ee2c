"""Against the local AWS: what is read, how often, and what is not."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream.checks import SILENCE
from clickstream.operations.books import Reader
from tests.operations.made_books import MadeBooks, checked, good_days, made_checks, made_ledger, raw_key

DAY = date(2024, 12, 25)
NOW = datetime(2024, 12, 27, 12, tzinfo=UTC)
ANOTHER = made_ledger(DAY, name="jr_9")


@pytest.fixture
def made(catalog):
    return MadeBooks(catalog)


def read(catalog, first=DAY, last=DAY, now=NOW, reader=None):
    return (reader or Reader(catalog)).read(first, last, now)


def test_a_deployment_without_a_run_has_empty_books(catalog):
    books = read(catalog)
    assert (books.runs, books.arrived, books.arrived_at) == ({}, {}, None)


def test_runs_come_by_day_newest_first_with_their_last_checks(made, catalog):
    first = made_ledger(DAY)
    made.write(first)
    again = datetime.fromisoformat(first.written_at) + timedelta(hours=1)
    failed = made_checks(first, {"repeated_event_ids": 4})
    made.put(layout.quality_key(first.run_id, again), checked(first, again, failed))
    made.write(made_ledger(DAY, 2000, "jr_2"))
    made.commit("p1")
    books = read(catalog)
    assert [(run.run_id, run.main_rows) for run in books.runs[DAY]] == [
        ("2024-12-25-jr_2", 2000), ("2024-12-25-jr_1", 1000),
    ]  # fmt: skip
    assert [len([one for one in run.checks if one.verdict == "fail"]) for run in books.runs[DAY]] == [0, 1]


def test_a_run_whose_id_begins_alike_is_another(made, catalog):
    made.write(made_ledger(DAY, name="jr_1"))
    made.write(made_ledger(DAY, name="jr_1-1"))
    assert {run.run_id: bool(run.checks) for run in read(catalog).runs[DAY]} == {
        "2024-12-25-jr_1": True, "2024-12-25-jr_1-1": True,
    }  # fmt: skip


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 1), (-7, 1), (-400, 1)])
def test_only_the_days_that_are_asked_for_are_read(made, catalog, first, last):
    made.write_all(good_days(DAY - timedelta(days=9), DAY + timedelta(days=3)))
    books = read(catalog, DAY + timedelta(days=first), DAY + timedelta(days=last))
    wanted = [DAY + timedelta(days=number) for number in range(max(first, -9), last + 1)]
    assert sorted(books.runs) == wanted


def test_what_was_read_is_not_read_again(made, catalog, monkeypatch):
    made.write_all(good_days(DAY - timedelta(days=2), DAY))
    made.commit("p1")
    reader, asked = Reader(catalog), []
    read(catalog, DAY - timedelta(days=2), DAY, reader=reader)
    get = catalog.s3.get_object
    monkeypatch.setattr(catalog.s3, "get_object", lambda **given: asked.append(given["Key"]) or get(**given))
    made.write(made_ledger(DAY, name="jr_2"))
    books = read(catalog, DAY - timedelta(days=2), DAY, reader=reader)
    assert len(books.runs[DAY]) == 2
    kinds = sorted(key.partition("/")[0] for key in asked)
    assert kinds == ["quality", "snapshots"], "the new run's, and the pointer's"


def test_a_checked_run_is_read_from_one_object(made, catalog):
    ledger = made_ledger(DAY)
    made.write(ledger)
    of_both = read(catalog).runs
    made.put(layout.ledger_key(ledger.run_id), "{the ledger is not read}")
    assert read(catalog).runs == of_both
    (run,) = of_both[DAY]
    assert (run.records, run.late_rows, run.quarantined, run.inputs) == (1035, 20, ledger.quarantined, 1)


def test_check_runs_of_before_do_not_tell_the_counts_and_the_ledger_does(made, catalog):
    ledger, at = made_ledger(DAY), datetime(2024, 12, 26, 9, tzinfo=UTC)
    made.write(ledger)
    of_both = read(catalog).runs[DAY]
    document = json.loads(checked(ledger, at, made_checks(ledger)))
    del document["ledger"]
    made.put(layout.quality_key(ledger.run_id, at), json.dumps(document))
    (run,) = read(catalog).runs[DAY]
    assert run == replace(of_both[0], checked_at=at.isoformat())


def test_a_range_over_new_year_lists_its_own_months_only(made, catalog, monkeypatch):
    listed = []
    list_objects = type(catalog).list_objects

    def noted(self, role, prefix):
        listed.append(prefix)
        return list_objects(self, role, prefix)

    monkeypatch.setattr(type(catalog), "list_objects", noted)
    read(catalog, date(2024, 11, 30), date(2025, 1, 1))
    months = [prefix.rpartition("=")[2] for prefix in listed if prefix.startswith("ledgers/")]
    assert sorted(months) == ["2024-11-", "2024-12-", "2025-01-"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (layout.ledger_key("2024-12-25-jr_8"), "{broken"),
        (layout.ledger_key("2024-12-25-jr_8"), made_ledger(DAY).to_json().replace("+00:00", "")),
        ("ledgers/arrival_date=2024-12-25/notes.json", "{}"),
        ("ledgers/arrival_date=2024-12-25/2024-13-40-jr_1.json", "{}"),
        ("quality/arrival_date=2024-12-25/other.json", "{}"),
        ("quality/arrival_date=2024-12-25/x-20241226T010000000000.json", "{}"),
        ("quality/arrival_date=2024-12-25/2024-12-25-jr_1-20241226T090000000000.json", "[]"),
        ("quality/arrival_date=2024-12-25/2024-12-25-jr_1-20241226T090000000000.json", checked(ANOTHER, NOW, [])),
    ],
)
def test_what_is_nothing_of_ours_hides_nothing_else(made, catalog, key, text):
    made.write(made_ledger(DAY))
    made.put(key, text)
    assert [run.run_id for run in read(catalog).runs[DAY]] == ["2024-12-25-jr_1"]


CHECK = {"name": "rows", "metric": "1", "severity": "fail", "description": "", "value": 1, "verdict": "pass"}
CHECKED_AT = "2024-12-26T09:00:00+00:00"


@pytest.mark.parametrize(
    "document",
    [
        {"checks": [], "checked_at": CHECKED_AT, "ledger": [1]},
        {"checks": [], "checked_at": CHECKED_AT, "ledger": "x"},
        {"checks": [CHECK], "checked_at": "2024-12-26T09:00:00"},
        {"checks": [CHECK], "checked_at": 7},
        {"checks": [1], "checked_at": CHECKED_AT},
        {"checks": [CHECK | {"severity": "loud", "minimum": 2}], "checked_at": CHECKED_AT},
        {"checks": [CHECK | {"value": "x", "minimum": 0}], "checked_at": CHECKED_AT},
    ],
    ids=["ledger is a list", "ledger is a text", "no time zone", "a number for a time", "a number for a check",
         "an unknown severity", "a text for a value"],
)  # fmt: skip
def test_a_check_run_that_is_half_ours_counts_for_none(made, catalog, document):
    ledger = made_ledger(DAY)
    made.write(ledger)
    made.put(layout.quality_key(ledger.run_id, datetime.fromisoformat(CHECKED_AT)), json.dumps(document))
    (run,) = read(catalog).runs[DAY]
    assert (run.run_id, run.main_rows, run.checks) == (ledger.run_id, 1000, ())


def test_the_last_event_is_as_old_as_the_checks_say(made, catalog):
    ledger = made_ledger(DAY)
    made.write(ledger, made_checks(ledger, {SILENCE: 90.0}))
    made.put(layout.ledger_key(f"{DAY}-jr_0"), made_ledger(DAY, name="jr_0").to_json())
    checked, unchecked = read(catalog).runs[DAY]
    assert checked.last_event_at == datetime(2024, 12, 25, 23, 58, 30, tzinfo=UTC)
    assert unchecked.last_event_at is None


def waiting(books):
    return {day: one.waiting for day, one in books.arrived.items()}


def test_objects_that_no_published_run_read_are_waiting(made, catalog):
    made.write(made_ledger(DAY))
    made.commit("p1")
    made.put(raw_key(DAY, "late"), "x", "raw_bucket")
    made.put(raw_key(NOW.date(), "today"), "x", "raw_bucket")
    books = read(catalog)
    assert waiting(books) == {DAY: 1, NOW.date(): 1}
    assert books.arrived_at
    long_after = NOW + timedelta(days=30)
    assert read(catalog, now=long_after).arrived == {}, "late events may not come for it any more"


def test_raw_objects_of_runs_are_kept_for_what_recent_days_show_only(made, catalog):
    reader = Reader(catalog)
    for name in ("jr_1", "jr_2"):
        made.write(made_ledger(DAY, name=name))
        made.commit(name)
        made.put(raw_key(DAY, "late"), "x", "raw_bucket")
        assert waiting(read(catalog, reader=reader)) == {DAY: 1}
        assert list(reader._read_by) == [f"{DAY}-{name}"]
    read(catalog, now=NOW + timedelta(days=30), reader=reader)
    assert reader._read_by == {}


@pytest.mark.parametrize("text", ["7", '"x"', "null", "[1]"])
def test_a_published_runs_ledger_that_is_none_keeps_nobody_from_the_page(made, catalog, text):
    made.write(made_ledger(DAY))
    made.commit("p1")
    made.put(layout.ledger_key(f"{DAY}-jr_1"), text)
    made.put(raw_key(DAY), "x", "raw_bucket")
    assert waiting(read(catalog)) == {DAY: 0}


def test_a_published_run_without_its_ledger_keeps_nobody_from_the_page(made, catalog):
    made.shown[DAY] = f"{DAY}-jr_1"
    made.commit("p1")
    made.put(raw_key(DAY), "x", "raw_bucket")
    assert waiting(read(catalog)) == {DAY: 0}
