"""Backfills and manual runs as a person would start them, followed task by task."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from local_airflow.api import AirflowApi

DAG_ID = "clickstream_daily"
# What a backfill runs: days without a run; also days whose last run failed; all days.
MISSING, FAILED, ALL = "none", "failed", "completed"
_ENDED = frozenset({"success", "failed"})


class Airflow(Protocol):
    """An Airflow that is up: its door, and where its logs are."""

    @property
    def api(self) -> AirflowApi: ...
    @property
    def home(self) -> Path: ...


@dataclass(frozen=True)
class TaskEnd:
    """A task that ended: its run's arrival day, its id, its state, how long it took (seconds)."""

    day: str
    task_id: str
    state: str
    seconds: float


@dataclass(frozen=True)
class Backfill:
    """One run per day, both days included, as the UI's form and ``airflow backfill create`` ask for them."""

    first: date
    last: date
    reprocess: str = ALL
    max_active_runs: int = 4

    def days(self, airflow: Airflow) -> list[str]:
        """The days that would get a run: what the form says before its button is pressed. Changes nothing."""
        found = airflow.api.post("/api/v2/backfills/dry_run", self._body())["backfills"]
        return [one["partition_key"] for one in found]

    def start(self, airflow: Airflow) -> None:
        """ApiError where another backfill of the DAG is not over yet."""
        airflow.api.post("/api/v2/backfills", self._body())

    def _body(self) -> dict[str, Any]:
        return {
            "dag_id": DAG_ID,
            "from_date": f"{self.first}T00:00:00Z",
            "to_date": f"{self.last}T00:00:00Z",
            "max_active_runs": self.max_active_runs,
            "reprocess_behavior": self.reprocess,
            "run_backwards": False,
            "dag_run_conf": {},
        }


def is_backfilling(airflow: Airflow) -> bool:
    """Whether a backfill is not marked as complete, which Airflow does twice a minute."""
    found = airflow.api.get(f"/api/v2/backfills?dag_id={DAG_ID}")["backfills"]
    return any(one["completed_at"] is None for one in found)


def trigger(airflow: Airflow, conf: dict[str, Any], partition_key: str | None = None, dag_id: str = DAG_ID) -> str:
    """A manual run, as the trigger form makes it; returns its run id."""
    body = {"logical_date": None, "conf": conf, **({} if partition_key is None else {"partition_key": partition_key})}
    run: str = airflow.api.post(_runs(dag_id), body)["dag_run_id"]
    return run


def clear(airflow: Airflow, run_id: str, task_ids: list[str] | None = None) -> None:
    """Has a run's tasks run again: these and what follows them, or all."""
    chosen = {"task_ids": task_ids, "include_downstream": True} if task_ids else {}
    body = {"dry_run": False, "dag_run_id": run_id, "only_failed": False, **chosen}
    airflow.api.post(f"/api/v2/dags/{DAG_ID}/clearTaskInstances", body)


def await_run(airflow: Airflow, run_id: str, timeout: float, dag_id: str = DAG_ID) -> str:
    """The state in which a run ended."""
    deadline = time.monotonic() + timeout
    path = f"{_runs(dag_id)}/{run_id}"
    while (state := _patient(lambda: airflow.api.get(path)["state"], deadline)) not in _ENDED:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{run_id} is {state} after {timeout:.0f} s; see {airflow.home / 'logs'}")
        time.sleep(0.5)
    return str(state)


def runs(airflow: Airflow) -> dict[str, dict[str, Any]]:
    """The DAG's runs by run id."""
    return {run["dag_run_id"]: run for run in airflow.api.pages(_runs(DAG_ID), "dag_runs")}


def _patient[T](ask: Callable[[], T], deadline: float) -> T:
    """What a busy Airflow answers: where it does not in half a minute, it is asked again, until the deadline."""
    while True:
        try:
            return ask()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def follow(airflow: Airflow, expected: int, tell: Callable[[TaskEnd], None], timeout: float) -> dict[str, str]:
    """Tells of each task as it ends, until ``expected`` runs have; returns the state of each run by its id."""
    told: set[tuple[str, str]] = set()
    deadline = time.monotonic() + timeout
    while True:
        found = _patient(lambda: runs(airflow), deadline)
        _patient(lambda: _tell_new(airflow, found, told, tell), deadline)  # noqa: B023  it is called at once
        states = {run_id: run["state"] for run_id, run in found.items()}
        if len(states) >= expected and set(states.values()) <= _ENDED:
            return states
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout:.0f} s: {states}; see {airflow.home / 'logs'}")
        time.sleep(0.5)


def tasks(airflow: Airflow, run_id: str = "~", dag_id: str = DAG_ID) -> list[dict[str, Any]]:
    """The task instances of a run, or of all runs, in the order in which they ended."""
    return list(airflow.api.pages(f"{_runs(dag_id)}/{run_id}/taskInstances?order_by=end_date", "task_instances"))


def error(airflow: Airflow, run_id: str, task_id: str, dag_id: str = DAG_ID) -> str:
    """The message with which a task's last try failed, as its log shows it; empty where it did not fail."""
    (task,) = [one for one in tasks(airflow, run_id, dag_id) if one["task_id"] == task_id]
    log = airflow.api.get(f"{_runs(dag_id)}/{run_id}/taskInstances/{task_id}/logs/{task['try_number']}")
    details = [one for entry in log["content"] for one in entry.get("error_detail") or ()]
    return str(details[0]["exc_value"]) if details else ""


def _runs(dag_id: str) -> str:
    return f"/api/v2/dags/{dag_id}/dagRuns"


def _tell_new(
    airflow: Airflow, found: dict[str, dict[str, Any]], told: set[tuple[str, str]], tell: Callable[[TaskEnd], None]
) -> None:
    for task in tasks(airflow):
        key = (task["dag_run_id"], task["task_id"])
        if key in told or task["state"] not in _ENDED or task["dag_run_id"] not in found:
            continue
        told.add(key)
        day = found[task["dag_run_id"]]["partition_key"] or "manual"
        tell(TaskEnd(day, task["task_id"], task["state"], task["duration"] or 0.0))
