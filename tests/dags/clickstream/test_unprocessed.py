import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream.ledger import InputObject
from clickstream.publication import publish, release, rollback, withdraw
from clickstream.unprocessed import Unprocessed, compared, listed_days, unprocessed
from tests.dags.clickstream.builders import RUN, ledger
from tests.dags.clickstream.test_publication import DAY, finished_run

LATER = datetime(2025, 1, 10, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def entry(key: str, etag: str = "e1"):
    return {"Key": key, "ETag": f'"{etag}"'}


def ledger_of(*objects: tuple[str, str]):
    return ledger(inputs=tuple(InputObject(key, 1, etag, 1) for key, etag in objects))


A, B, A_CHANGED = ("a", "1"), ("b", "1"), ("a", "2")


@pytest.mark.parametrize(
    ("listed", "published", "new", "lost"),
    [
        ({A, B}, None, {A, B}, set()),
        ({A, B}, ledger_of(A, B), set(), set()),
        ({A, B}, ledger_of(A), {B}, set()),
        ({A_CHANGED}, ledger_of(A), {A_CHANGED}, {A}),
        ({B}, ledger_of(A), {B}, {A}),
        ({A}, ledger_of(A, B), set(), {B}),
    ],
    ids=["never published", "nothing new", "one more", "changed", "another instead", "one is gone"],
)
def test_new_is_what_is_listed_and_was_not_read_by_the_published_run(listed, published, new, lost):
    found = compared(DAY, frozenset(listed), published)
    assert found == Unprocessed(DAY, RUN if published else None, frozenset(new), frozenset(lost))


def test_a_listing_is_taken_apart_by_day_and_etags_lose_their_quotes():
    keys = [layout.raw_prefix(DAY) + "hour=00/a.gz", layout.raw_prefix(DAY) + "x", layout.raw_prefix(NEXT) + "b"]
    assert list(listed_days(entry(key) for key in keys)) == [
        (DAY, frozenset({(keys[0], "e1"), (keys[1], "e1")})),
        (NEXT, frozenset({(keys[2], "e1")})),
    ]


def test_objects_in_no_days_folder_are_warned_of(caplog):
    with caplog.at_level(logging.WARNING):
        assert list(listed_days([entry("events/stray.gz")])) == []
    assert "no run reads 1 raw objects in no day's folder, such as events/stray.gz" in caplog.text


def put(catalog, day: date, name: str = "a", hour: int = 7) -> tuple[str, str]:
    """A raw object, as key and ETag."""
    key = f"{layout.raw_prefix(day)}hour={hour:02}/{name}.gz"
    answer = catalog.s3.put_object(Bucket=catalog.settings.name("raw_bucket"), Key=key, Body=name.encode())
    return key, answer["ETag"].strip('"')


def run_over(catalog, day: date, name: str = "jr_1", only: frozenset[tuple[str, str]] | None = None) -> str:
    """A finished run of the day that read everything that lies there, or only some of it."""
    listed = dict(listed_days(catalog.list_objects("raw_bucket", layout.raw_prefix(day)))).get(day, frozenset())
    run = finished_run(catalog, day, name)
    inputs = tuple(InputObject(key, 1, etag, 10) for key, etag in sorted(only or listed))
    made = replace(catalog.fetch_ledger(run), inputs=inputs, written_at=f"2024-12-27T{name[-1]}")
    catalog.s3.put_object(
        Bucket=catalog.settings.name("work_bucket"), Key=layout.ledger_key(run), Body=made.to_json().encode()
    )
    return run


def published(catalog, day: date, name: str = "jr_1", only: frozenset[tuple[str, str]] | None = None) -> str:
    run = run_over(catalog, day, name, only)
    publish(catalog, {day: run})
    return run


def found(catalog, now: datetime = LATER) -> dict[date, frozenset[tuple[str, str]]]:
    return {one.day: one.new for one in unprocessed(catalog, catalog.current_snapshot(), "events/", now)}


def test_every_object_of_a_day_that_was_never_published_is_unprocessed(catalog):
    first, second = put(catalog, DAY, "a"), put(catalog, DAY, "b", hour=23)
    assert found(catalog) == {DAY: {first, second}}


def test_a_published_day_is_found_again_only_when_something_landed(catalog):
    put(catalog, DAY)
    run = published(catalog, DAY)
    assert found(catalog) == {}
    late = put(catalog, DAY, "late")
    (one,) = unprocessed(catalog, catalog.current_snapshot(), "events/", LATER)
    assert one == Unprocessed(DAY, run, frozenset({late}), frozenset())


def test_a_run_that_is_finished_but_not_published_processed_nothing(catalog):
    """It may have failed its checks, or its publisher may have died."""
    there = put(catalog, DAY)
    run_over(catalog, DAY)
    assert found(catalog) == {DAY: {there}}


@pytest.mark.parametrize(
    ("now", "is_closed"),
    [(layout.closes_at(DAY) - timedelta(seconds=1), False), (layout.closes_at(DAY), True)],
    ids=["a second before it closes", "closed"],
)
def test_an_open_day_is_not_looked_at(catalog, now, is_closed):
    put(catalog, DAY)
    assert list(found(catalog, now)) == [DAY] * is_closed


def test_a_pinned_day_is_left_alone_until_it_is_released(catalog):
    put(catalog, DAY)
    rollback(catalog, DAY, published(catalog, DAY))
    late = put(catalog, DAY, "late")
    assert found(catalog) == {}
    release(catalog, DAY)
    assert found(catalog) == {DAY: {late}}


def test_a_withdrawn_day_is_left_alone(catalog):
    put(catalog, DAY)
    published(catalog, DAY)
    withdraw(catalog, DAY)
    assert found(catalog) == {}


def test_a_rollback_makes_objects_unprocessed_though_nothing_landed(catalog):
    """Why no bookmark decides: it passed these objects long ago (decision 7)."""
    first, second = put(catalog, DAY, "a"), put(catalog, DAY, "b")
    old = published(catalog, DAY, "jr_1", only=frozenset({first}))
    published(catalog, DAY, "jr_2")
    assert found(catalog) == {}
    rollback(catalog, DAY, old)
    release(catalog, DAY)
    assert found(catalog) == {DAY: {second}}


def test_a_day_of_which_something_is_gone_has_nothing_to_be_done(catalog):
    """A lifecycle rule may expire what was processed long ago."""
    key, _ = put(catalog, DAY, "a")
    put(catalog, DAY, "b")
    published(catalog, DAY)
    catalog.s3.delete_object(Bucket=catalog.settings.name("raw_bucket"), Key=key)
    assert found(catalog) == {}


def test_ledgers_are_not_kept(catalog):
    """A year of them may not fit into memory."""
    put(catalog, DAY)
    published(catalog, DAY)
    catalog._ledgers.clear()
    found(catalog)
    assert catalog._ledgers == {}


def test_a_published_run_whose_ledger_is_gone_is_an_error_and_not_an_unread_day(catalog):
    put(catalog, DAY)
    run = published(catalog, DAY)
    catalog.s3.delete_object(Bucket=catalog.settings.name("work_bucket"), Key=layout.ledger_key(run))
    with pytest.raises(ValueError, match=f"run {run} has no ledger"):
        found(catalog)
