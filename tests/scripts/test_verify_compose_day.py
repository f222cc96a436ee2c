"""What the check says where something is wrong; tests/compose has it pass with containers."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from verify_compose_day import backfill, check, login

from clickstream.ledger import InputObject, Ledger, OutputFile
from clickstream.snapshots import MAIN, Line, Snapshot

DAY = date(2024, 12, 25)
RUN = "2024-12-25-jr_1"


class Airflow:
    """Its API as far as the check calls it: what a dry run plans, and the states of the day's runs."""

    def __init__(self, planned: list[str], states: list[str]) -> None:
        self.planned, self.states, self.posted = planned, states, []

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.posted.append(path)
        return {"backfills": [{"partition_key": key} for key in self.planned]}

    def pages(self, path: str, member: str) -> list[dict[str, Any]]:
        """An older run of the day, and once the backfill was asked for, its runs."""
        states = ["failed", *(self.states if "/api/v2/backfills" in self.posted else [])]
        return [{"partition_key": str(DAY), "state": x, "dag_run_id": f"run {n}"} for n, x in enumerate(states)]


class Lake:
    """A catalog in which one run is published, and the answer that Athena gives."""

    def __init__(self, rows: int, ids: int, published: bool = True) -> None:
        self.rows, self.ids, self.published = rows, ids, published

    def current_snapshot(self) -> Snapshot:
        return Snapshot(frozenset({Line(str(DAY), MAIN, RUN, RUN)} if self.published else ()))

    def read_ledger(self, run: str) -> Ledger:
        files = (OutputFile("part-0.parquet", str(DAY), 10, 1),)
        counts = {
            "lines": 10,
            "split": 0,
            "blank": 0,
            "accepted": 10,
            "main_rows": 10,
            "duplicates": 0,
            "conflicting": 0,
        }
        inputs = (InputObject("events.gz", 1, "etag", 10),)
        return Ledger(run, str(DAY), 1, "", inputs, **counts, rows_per_event_day={str(DAY): 10}, files=files)

    def ask(self, sql: str) -> list[dict[str, str]]:
        return [{"n": str(self.rows), "ids": str(self.ids)}]


def test_login_is_what_init_stored(tmp_path: Path) -> None:
    (tmp_path / "passwords.json").write_text(json.dumps({"admin": "secret"}))
    found = login(tmp_path / "passwords.json")
    assert (found.user, found.password) == ("admin", "secret")


def test_dry_run_that_gives_other_days_starts_nothing() -> None:
    airflow = Airflow(["2024-12-25", "2024-12-26"], [])
    with pytest.raises(SystemExit, match="the dry run gives: expected"):
        backfill(airflow, DAY)
    assert airflow.posted == ["/api/v2/backfills/dry_run"]


@pytest.mark.parametrize("states", [["failed"], ["success", "success"]])
def test_day_that_is_not_one_green_run_is_told(states: list[str]) -> None:
    with pytest.raises(SystemExit, match="new runs of the day, by state: expected"):
        backfill(Airflow([str(DAY)], states), DAY)


def test_only_the_new_run_counts() -> None:
    assert backfill(Airflow([str(DAY)], ["success"]), DAY)["dag_run_id"] == "run 1"


@pytest.mark.parametrize(
    ("lake", "told"),
    [
        (Lake(9, 9), "rows of 2024-12-25 through Athena: expected 10, got 9"),
        (Lake(10, 9), "distinct event ids: expected 10, got 9"),
        (Lake(10, 10, published=False), "expected a published run of 2024-12-25"),
    ],
    ids=["a row is missing", "an event counts twice", "nothing is published"],
)
def test_table_that_is_not_what_the_ledger_counts_is_told(lake: Lake, told: str) -> None:
    with pytest.raises(SystemExit, match=told):
        check(lake, DAY)


def test_table_that_is_what_the_ledger_counts_passes(capsys: pytest.CaptureFixture[str]) -> None:
    check(Lake(10, 10), DAY)
    assert "rows of 2024-12-25 through Athena: 10" in capsys.readouterr().out
