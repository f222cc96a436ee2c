"""Publishes one day in the Airflow of docker-compose.yaml and checks the table; scripts/verify_compose.sh runs it.

    docker compose exec scheduler python scripts/verify_compose_day.py 2024-12-25

What a user does: a dry run of the backfill, the backfill, both through Airflow's REST API; then a question to Athena.
Before it, the function must have written the day's live rows; the view's rows must be those that the ledger of the
published run counts, each event once.
"""

import json
import os
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from clickstream.catalog import Catalog, connect
from clickstream.layout import partition_path
from clickstream.settings import read_settings
from clickstream.snapshots import MAIN
from local_airflow.api import AirflowApi
from local_airflow.login import Login

API_URL = "http://api-server:8080"
DAG = "clickstream_daily"
TIMEOUT = 1800  # seconds; 90 on two idle cores
COUNT = """
SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM clickstream_events
WHERE year = '{0:%Y}' AND month = '{0:%m}' AND day = '{0:%d}'
"""


def main() -> None:
    day = date.fromisoformat(sys.argv[1])
    api = AirflowApi(API_URL, login(Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])))
    catalog = connect(read_settings())
    await_live_rows(catalog, day)
    run = backfill(api, day)
    show(run, api)
    check(catalog, day)


def await_live_rows(catalog: Catalog, day: date, patience: float = 120) -> None:
    """Returns when the function has written rows of the day, which it does at once; SystemExit after ``patience`` s."""
    deadline = time.monotonic() + patience
    while not any("-live-" in found["Key"] for found in catalog.list_objects("processed_bucket", partition_path(day))):
        if time.monotonic() > deadline:
            raise SystemExit(f"the function has written no rows of {day} after {patience:.0f} s")
        time.sleep(1)
    print(f"    live rows of {day}: there")


def login(passwords: Path) -> Login:
    ((user, password),) = json.loads(passwords.read_text()).items()
    return Login(user, password)


def backfill(api: AirflowApi, day: date) -> dict[str, Any]:
    """The dry run, which must give just this day; the backfill; and its run, which must end green."""
    body = {
        "dag_id": DAG,
        "from_date": f"{day}T00:00:00Z",
        "to_date": f"{day}T00:00:00Z",
        "reprocess_behavior": "completed",
        "max_active_runs": 1,
    }
    planned = api.post("/api/v2/backfills/dry_run", body)["backfills"]
    expect("the dry run gives", [one["partition_key"] for one in planned], [str(day)])
    before = {run["dag_run_id"] for run in runs(api, day)}
    api.post("/api/v2/backfills", body)
    return ended(api, day, before)


def runs(api: AirflowApi, day: date) -> list[dict[str, Any]]:
    found = api.pages(f"/api/v2/dags/{DAG}/dagRuns", "dag_runs")
    return [run for run in found if run["partition_key"] == str(day)]


def ended(api: AirflowApi, day: date, before: set[str]) -> dict[str, Any]:
    """The day's one run that was not there ``before``: a backfill of a day that has run makes another one."""
    deadline = time.monotonic() + TIMEOUT
    found: list[dict[str, Any]] = []
    while not found or any(run["state"] in ("queued", "running") for run in found):
        if time.monotonic() > deadline:
            raise SystemExit(f"the run of {day} has not ended after {TIMEOUT} s: {found}")
        time.sleep(1)
        with suppress(TimeoutError):  # a busy machine: it is asked again until the deadline
            found = [run for run in runs(api, day) if run["dag_run_id"] not in before]
    expect("new runs of the day, by state", [run["state"] for run in found], ["success"])
    return found[0]


def show(run: dict[str, Any], api: AirflowApi) -> None:
    tasks = f"/api/v2/dags/{DAG}/dagRuns/{run['dag_run_id']}/taskInstances?order_by=start_date"
    for task in api.pages(tasks, "task_instances"):
        print(f"    {task['task_id']:<18} {task['state']:<8} {task['duration'] or 0:5.1f} s")


def check(catalog: Catalog, day: date) -> None:
    """The view through Athena against the ledger of the day's published run."""
    line = catalog.current_snapshot().of_kind(MAIN, day)
    if not line:
        raise SystemExit(f"expected a published run of {day}, the snapshot has none")
    ledger = catalog.read_ledger(line.run_id)
    (answer,) = catalog.ask(COUNT.format(day))
    expect(f"rows of {day} through Athena", int(answer["n"]), ledger.main_rows)
    expect("distinct event ids", int(answer["ids"]), ledger.main_rows)
    expect("problems of the ledger", ledger.problems(), [])


def expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"{what}: expected {expected!r}, got {found!r}")
    print(f"    {what}: {found}")


if __name__ == "__main__":
    main()
