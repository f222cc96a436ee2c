"""The janitor's plan alone, from made-up inventories: times that S3 would not let a test set."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import layout
from clickstream.inventory import Inventory, StoredFile, StoredSnapshot
from clickstream.janitor import plan
from clickstream.snapshots import Line, Snapshot

DAY = timedelta(days=1)
THIRD = date(2024, 12, 3)
NOW = datetime(2025, 1, 31, tzinfo=UTC)
OLD, NEW = "2024-12-05-jr_old", "2024-12-05-jr_new"


def stored(name: str, days_ago: float, *shows: str, replaces: str = "") -> StoredSnapshot:
    lines = frozenset(Line("2024-12-05", "main", run, run) for run in shows)
    return StoredSnapshot(name, NOW - days_ago * DAY, replaces, Snapshot(lines))


def file_of(run: str, days_ago: float) -> StoredFile:
    return StoredFile("processed_bucket", layout.main_key(run, 0), 1, NOW - days_ago * DAY, frozenset([run]))


def inventory(*snapshots: StoredSnapshot, files=(), ledgers=None) -> Inventory:
    """The last snapshot is the current one."""
    return Inventory(
        snapshots[-1].publication_id, {x.publication_id: x for x in snapshots}, tuple(files), ledgers or {}
    )


@pytest.mark.parametrize(("days_ago", "goes"), [(6.9, False), (7.1, True)])
def test_what_an_old_snapshot_showed_counts_from_the_day_on_which_it_was_replaced(days_ago, goes):
    """A snapshot of thirty days ago was read until yesterday, where its successor is of yesterday."""
    made = inventory(
        stored("p1", 30, OLD), stored("p2", days_ago, NEW, replaces="p1"), files=[file_of(OLD, 31), file_of(NEW, 8)]
    )
    assert [line.generation for line in plan(made, NOW).retire] == ([OLD] if goes else [])
    assert [one.publication_id for one in plan(made, NOW).snapshots] == (["p1"] if goes else [])


def test_a_snapshot_that_never_was_committed_does_not_stand_for_the_one_that_was_read():
    lost = stored("p2", 10, "2024-12-06-jr_1", replaces="p1")
    made = inventory(stored("p1", 30, OLD), lost, stored("p3", 1, NEW, replaces="p1"), files=[file_of(OLD, 31)])
    assert plan(made, NOW).files == ()
    assert [one.publication_id for one in plan(made, NOW).snapshots] == ["p2"]


def test_a_run_with_a_young_ledger_is_young():
    made = inventory(stored("p1", 30), files=[file_of(OLD, 9)], ledgers={OLD: NOW - 1 * DAY})
    assert plan(made, NOW).retire == ()
    assert [x.generation for x in plan(inventory(stored("p1", 30), files=[file_of(OLD, 9)]), NOW).retire] == [OLD]


def test_a_run_with_one_young_file_is_young():
    candidate = StoredFile("work_bucket", layout.candidate_key(THIRD, OLD, 0), 1, NOW - 1 * DAY, frozenset([OLD]))
    assert plan(inventory(stored("p1", 30), files=[file_of(OLD, 9), candidate]), NOW).files == ()


def test_a_file_with_rows_of_a_visible_generation_stays_whatever_else_is_in_it():
    both = StoredFile("processed_bucket", "year=2024/month=12/day=05/x", 1, NOW - 30 * DAY, frozenset([OLD, NEW]))
    made = inventory(stored("p1", 30, OLD), stored("p2", 20, NEW, replaces="p1"), files=[both])
    assert [line.generation for line in plan(made, NOW).retire] == [OLD]
    assert plan(made, NOW).files == ()


def test_a_retired_line_is_of_the_runs_arrival_day():
    candidate = StoredFile("work_bucket", layout.candidate_key(THIRD, OLD, 0), 1, NOW - 9 * DAY, frozenset([OLD]))
    (line,) = plan(inventory(stored("p1", 30), files=[candidate]), NOW).retire
    assert line == Line(str(date(2024, 12, 5)), "retired", OLD, OLD)


def test_a_predecessor_that_is_missing_is_said(caplog):
    plan(inventory(stored("p2", 1, NEW, replaces="p1")), NOW)
    assert "snapshot p1 is gone" in caplog.text
