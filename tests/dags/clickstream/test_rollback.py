"""Rollback, withdraw and release through real commits: the rows that readers see, late ones of other days included."""

import pytest

from clickstream import layout, publication
from clickstream.catalog import PublicationRefused
from clickstream.publication import publish, release, rollback, withdraw
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, run_of, shown
from tests.dags.clickstream.test_publication import visible


@pytest.fixture
def two_runs(catalog):
    """The 5th twice: the second run brought another late event to the 3rd. The second is published."""
    publish(catalog, {THIRD: run_of(catalog, THIRD, {THIRD: ["a"]})})
    first = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]}, "jr_1")
    second = run_of(catalog, FIFTH, {FIFTH: ["b", "c"], THIRD: ["later"]}, "jr_2")
    publish(catalog, {FIFTH: first})
    publish(catalog, {FIFTH: second})
    assert shown(catalog) == {"2024-12-03": ["a", "later"], "2024-12-05": ["b", "c"]}
    return first, second


def test_a_rollback_takes_the_late_rows_of_other_days_back_with_it(catalog, two_runs):
    first, second = two_runs
    done = rollback(catalog, FIFTH, first)
    assert shown(catalog) == {"2024-12-03": ["a", "late"], "2024-12-05": ["b"]}
    assert done.touched == {THIRD, FIFTH}
    assert done.late_rows[THIRD] == 1
    with pytest.raises(PublicationRefused, match="was rolled back"):
        publish(catalog, {FIFTH: second})


def test_catch_up_changes_nothing_of_a_pinned_day(catalog, two_runs):
    before = rollback(catalog, FIFTH, two_runs[0])
    third = run_of(catalog, FIFTH, {FIFTH: ["d"]}, "jr_3")
    assert publish(catalog, {FIFTH: third}, respect_pins=True).publication_id == before.publication_id
    publish(catalog, {FIFTH: third})
    assert shown(catalog) == {"2024-12-03": ["a"], "2024-12-05": ["d"]}
    assert catalog.current_snapshot().pinned_days() == set()


def test_a_withdrawn_day_and_what_it_brought_to_other_days_is_gone(catalog, two_runs):
    done = withdraw(catalog, FIFTH)
    assert shown(catalog) == {"2024-12-03": ["a"]}
    assert done.touched == {THIRD, FIFTH}
    assert withdraw(catalog, FIFTH).publication_id == done.publication_id


def test_an_event_that_the_withdrawn_day_had_too_appears_as_the_late_one(catalog):
    publish(catalog, {THIRD: run_of(catalog, THIRD, {THIRD: ["a", "x"]})})
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["x"]})})
    withdraw(catalog, THIRD)
    assert shown(catalog) == {"2024-12-03": ["x"], "2024-12-05": ["b"]}


def test_a_release_merges_nothing_and_changes_no_row(catalog, two_runs, monkeypatch):
    before = rollback(catalog, FIFTH, two_runs[0])
    rows = shown(catalog)
    monkeypatch.setattr(publication.Merger, "_insert", lambda *_: pytest.fail("nothing is to be merged"))
    released = release(catalog, FIFTH)
    assert released.snapshot.lines < before.snapshot.lines
    assert shown(catalog) == rows


def test_a_rollback_to_a_run_whose_files_are_gone_changes_nothing(catalog, two_runs):
    first, second = two_runs
    key = layout.candidate_key(THIRD, first, 0)
    catalog.s3.delete_object(Bucket=catalog.settings.name("work_bucket"), Key=key)
    with pytest.raises(PublicationRefused, match=f"{key} of run {first} is gone"):
        rollback(catalog, FIFTH, first)
    assert visible(catalog, FIFTH) == (second,)


def test_a_rollback_to_a_run_of_another_day_changes_nothing(catalog, two_runs):
    with pytest.raises(PublicationRefused, match="is not of arrival day 2024-12-03"):
        rollback(catalog, THIRD, two_runs[0])
