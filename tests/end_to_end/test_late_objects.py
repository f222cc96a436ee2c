"""An object lands for a day after its run: the next run has that day run again, once per set of objects."""

from datetime import date
from typing import Any

import pytest

from local_airflow.backfill import await_run, clear, follow, runs, tasks, trigger
from tests.end_to_end.raw_events import expected, land, land_text, shown

pytestmark = pytest.mark.slow
DAY, NEXT = date(2016, 3, 1), date(2016, 3, 2)


def started(pipeline: Any) -> dict[str, str]:
    """The states of the runs that late objects started, by run id."""
    return {run: state for run, state in pipeline.states().items() if run.startswith(f"unprocessed__{DAY}__")}


def state_of(pipeline: Any, run_id: str, task_id: str) -> str:
    (one,) = [task for task in tasks(pipeline.airflow, run_id) if task["task_id"] == task_id]
    return str(one["state"])


def look_again(pipeline: Any, run_id: str) -> None:
    """Clears the last tasks of a run, and waits for what comes of it."""
    clear(pipeline.airflow, run_id, ["find_unprocessed"])
    follow(pipeline.airflow, len(runs(pipeline.airflow)), tell=lambda _: None, timeout=300)


@pytest.fixture(scope="module")
def manual(pipeline):
    """The day's first run, started by hand with a partition key; its id. Then an object lands for it."""
    land(pipeline.catalog, DAY, "a", [("a", DAY), ("b", DAY)])
    run = trigger(pipeline.airflow, {}, partition_key=str(DAY))
    assert await_run(pipeline.airflow, run, timeout=300) == "success"
    return run


@pytest.fixture(scope="module")
def caught_up(pipeline, manual):
    """The next day's run, by a backfill, after an object landed for the day before; its id."""
    land(pipeline.catalog, DAY, "late", [("late", DAY), ("a", DAY)])
    land(pipeline.catalog, NEXT, "c", [("c", NEXT)])
    before = set(pipeline.states())
    assert pipeline.backfill(NEXT, NEXT) == {str(NEXT): "success"}
    (run,) = [x for x in set(pipeline.states()) - before if not x.startswith("unprocessed__")]
    return run


def test_a_run_after_which_nothing_landed_is_green_and_starts_none(pipeline, manual):
    assert state_of(pipeline, manual, "find_unprocessed") == "success"
    assert state_of(pipeline, manual, "run_unprocessed") == "skipped"


def test_the_next_days_run_has_the_day_run_again_once(pipeline, caught_up):
    assert list(started(pipeline).values()) == ["success"]
    assert shown(pipeline.catalog, DAY, NEXT) == expected({DAY: ["a", "b", "late"], NEXT: ["c"]})


def test_a_second_look_starts_nothing(pipeline, caught_up):
    before = pipeline.states()
    look_again(pipeline, caught_up)
    assert pipeline.states() == before


def test_what_made_its_run_fail_does_not_start_another(pipeline, manual, caught_up):
    land_text(pipeline.catalog, DAY, "bad", "{broken\n" * 9)  # more than the job accepts
    earlier = set(started(pipeline))
    look_again(pipeline, manual)
    (failed,) = set(started(pipeline)) - earlier
    assert started(pipeline)[failed] == "failed"
    look_again(pipeline, manual)
    assert set(started(pipeline)) == {*earlier, failed}
    assert state_of(pipeline, manual, "run_unprocessed") == "skipped"
    assert pipeline.states()[manual] == "success"
    assert shown(pipeline.catalog, DAY) == expected({DAY: ["a", "b", "late"]})
