"""The protocol with one rule taken out, each: what the tests of the promise must find."""

from collections.abc import Callable
from typing import Any

import pytest

from clickstream import changes, janitor, late_rows, publication
from clickstream.late_rows import DayInputs
from clickstream.merger import Merger
from clickstream.snapshots import MAIN, PINNED, without

Mutant = Callable[[pytest.MonkeyPatch], None]


def no_merge(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Merger, "merge", lambda *_: {})


def late_rows_beside_the_days_own(patch: pytest.MonkeyPatch) -> None:
    once = late_rows.insert_query
    patch.setattr(late_rows, "insert_query", lambda *args: once(*args).replace("AND main.event_id IS NULL", ""))


def the_last_arrival_stays(patch: pytest.MonkeyPatch) -> None:
    once = late_rows.insert_query
    patch.setattr(
        late_rows, "insert_query", lambda *args: once(*args).replace("BY arrival_date", "BY arrival_date DESC")
    )


def no_merge_for_a_day_that_runs_again(patch: pytest.MonkeyPatch) -> None:
    once = publication._touched_days

    def touched(catalog: Any, change: Any, before: Any, after: Any) -> Any:
        changed, shown = once(catalog, change, before, after)
        return (frozenset() if any(before.of_kind(MAIN, day) for day in change.days) else changed), shown

    patch.setattr(publication, "_touched_days", touched)


def the_arrival_day_itself_is_not_touched(patch: pytest.MonkeyPatch) -> None:
    once = late_rows.touched_days
    patch.setattr(late_rows, "touched_days", lambda ledgers: {
        day for one in ledgers for day in once([one]) if str(day) != one.arrival_day})  # fmt: skip


def a_merge_is_kept_though_the_main_changed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DayInputs, "__hash__", lambda one: hash(one.day))
    patch.setattr(DayInputs, "__eq__", lambda one, other: (one.day, one.sources) == (other.day, other.sources))


def no_version_id(patch: pytest.MonkeyPatch) -> None:
    once = publication._commit

    def commit(catalog: Any, current: Any, location: str) -> bool:
        return once(catalog, {**current, "VersionId": catalog.published_table()["VersionId"]}, location)

    patch.setattr(publication, "_commit", commit)


def the_janitor_takes_what_is_visible(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(janitor, "within_retention", lambda *_: [])


def the_janitor_forgets_what_it_deleted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "with_retired", lambda before, *_: before)


def catch_up_overlooks_a_new_pin(patch: pytest.MonkeyPatch) -> None:
    once = changes.publishing
    patch.setattr(changes, "publishing", lambda ledgers, read, respect_pins=False: once(ledgers, read))


def a_withdrawal_pins_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "withdrawing", lambda day: changes.Change(
        "withdraw", frozenset([day]), lambda before: without(before, (MAIN, PINNED), [day])))  # fmt: skip


def an_older_run_may_follow(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "require_newer", lambda *_, **__: None)


MUTANTS: list[Mutant] = [
    no_merge,
    late_rows_beside_the_days_own,
    the_last_arrival_stays,
    no_merge_for_a_day_that_runs_again,
    the_arrival_day_itself_is_not_touched,
    the_janitor_takes_what_is_visible,
    the_janitor_forgets_what_it_deleted,
    a_withdrawal_pins_nothing,
    an_older_run_may_follow,
]
