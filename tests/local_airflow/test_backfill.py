from datetime import date
from types import SimpleNamespace

import pytest

from local_airflow.backfill import FAILED, Backfill, TaskEnd, await_run, clear, error, follow, is_backfilling, trigger


def airflow(*answers):
    """An Airflow whose runs are, look by look, these: run id to (state, task states)."""
    looks = iter(answers)
    current = {}

    def get(path, _member):
        if "taskInstances" not in path:
            current.clear()
            current.update(next(looks))
            runs = [{"dag_run_id": run, "partition_key": run, "state": state} for run, (state, _) in current.items()]
            return iter(runs)
        tasks = [
            {"dag_run_id": run, "task_id": task, "state": state, "duration": 1.5}
            for run, (_, tasks) in current.items()
            for task, state in tasks.items()
        ]
        return iter(tasks)

    return SimpleNamespace(api=SimpleNamespace(pages=get), home=SimpleNamespace(__truediv__=lambda *_: "logs"))


def test_each_task_is_told_once_when_it_ends():
    told = []
    looks = (
        {"d1": ("running", {"transform": "running"})},
        {"d1": ("running", {"transform": "success"})},
        {"d1": ("success", {"transform": "success", "verify": "success"})},
    )
    assert follow(airflow(*looks), 1, told.append, timeout=10) == {"d1": "success"}
    assert told == [TaskEnd("d1", "transform", "success", 1.5), TaskEnd("d1", "verify", "success", 1.5)]


def test_it_waits_until_all_expected_runs_exist():
    looks = ({"d1": ("success", {})}, {"d1": ("success", {}), "d2": ("failed", {})})
    assert follow(airflow(*looks), 2, lambda _: None, timeout=10) == {"d1": "success", "d2": "failed"}


class Recorded:
    """An API that gives one answer to whatever is asked, and keeps what was."""

    def __init__(self, answer):
        self.answer, self.calls = answer, []

    def get(self, path):
        self.calls.append(path)
        return self.answer

    def post(self, path, body):
        self.calls.append((path, body))
        return self.answer


def asked(action, answer=None):
    """What the action asked the API for, and what it returned."""
    api = Recorded(answer or {})
    returned = action(SimpleNamespace(api=api, home=None))
    return api.calls, returned


def test_a_run_that_does_not_end_is_named(tmp_path):
    one = SimpleNamespace(api=Recorded({"state": "running"}), home=tmp_path)
    with pytest.raises(TimeoutError, match="d1 is running"):
        await_run(one, "d1", timeout=0)


def test_the_state_in_which_a_run_of_any_dag_ended():
    calls, state = asked(lambda one: await_run(one, "d1", timeout=10, dag_id="other"), {"state": "failed"})
    assert (calls, state) == (["/api/v2/dags/other/dagRuns/d1"], "failed")


def test_a_dry_run_asks_for_what_the_backfill_would():
    wanted = Backfill(date(2024, 2, 28), date(2024, 3, 1), FAILED, max_active_runs=2)
    ((path, body),), days = asked(wanted.days, {"backfills": [{"partition_key": "2024-02-28"}]})
    assert (path, days) == ("/api/v2/backfills/dry_run", ["2024-02-28"])
    assert body["from_date"] == "2024-02-28T00:00:00Z"
    assert body["to_date"] == "2024-03-01T00:00:00Z"
    assert (body["reprocess_behavior"], body["max_active_runs"]) == ("failed", 2)
    assert asked(wanted.start)[0] == [("/api/v2/backfills", body)]


@pytest.mark.parametrize(("completed_at", "going_on"), [(None, True), ("2024-01-01T00:00:00Z", False)])
def test_a_backfill_goes_on_until_airflow_marked_it_complete(completed_at, going_on):
    assert asked(is_backfilling, {"backfills": [{"completed_at": completed_at}]})[1] is going_on


@pytest.mark.parametrize(("key", "sent"), [(None, {}), ("", {"partition_key": ""}), ("k", {"partition_key": "k"})])
def test_a_manual_run_has_a_partition_key_only_where_one_is_given(key, sent):
    calls, run = asked(lambda one: trigger(one, {"a": 1}, key), {"dag_run_id": "manual"})
    assert run == "manual"
    assert calls == [("/api/v2/dags/clickstream_daily/dagRuns", {"logical_date": None, "conf": {"a": 1}, **sent})]


@pytest.mark.parametrize(
    ("task_ids", "sent"), [(None, {}), (["publish"], {"task_ids": ["publish"], "include_downstream": True})]
)
def test_a_run_is_cleared_as_a_whole_or_from_a_task_on(task_ids, sent):
    (call,), _ = asked(lambda one: clear(one, "d1", task_ids))
    body = {"dry_run": False, "dag_run_id": "d1", "only_failed": False, **sent}
    assert call == ("/api/v2/dags/clickstream_daily/clearTaskInstances", body)


@pytest.mark.parametrize(("detail", "said"), [([{"exc_value": "no room"}], "no room"), (None, "")])
def test_the_error_of_a_task_is_in_the_log_of_its_last_try(detail, said):
    api = Recorded({"content": [{"event": "begun"}, {"event": "Task failed", "error_detail": detail}]})
    api.pages = lambda path, member: iter([{"task_id": "publish", "try_number": 3}])
    assert error(SimpleNamespace(api=api), "d1", "publish") == said
    assert api.calls == ["/api/v2/dags/clickstream_daily/dagRuns/d1/taskInstances/publish/logs/3"]


def test_an_airflow_too_busy_to_answer_is_asked_again():
    patient = airflow({"d1": ("success", {})})
    answer, failures = patient.api.pages, iter([TimeoutError("timed out")])

    def pages(path, member):
        for failure in failures:
            raise failure
        return answer(path, member)

    patient.api.pages = pages
    assert follow(patient, 1, lambda _: None, timeout=10) == {"d1": "success"}
