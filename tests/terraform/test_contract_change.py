"""An optional column, added by one edit of the contract: what Terraform plans, and what the pipeline makes of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import build_artifacts
import pyarrow.parquet as pq
import pytest
from plan_stack import pruned
from terraform_tree import TerraformTree

from clickstream import late_rows
from clickstream.athena import QueryFailed
from clickstream.late_rows import DayInputs
from clickstream.settings import prefix
from local_aws.planned.creators import prepared_arguments
from local_aws.planned.plan import Resource, planned_resources
from local_aws.process import LocalAwsProcess
from local_aws.stack import Stack
from tests import contract_change
from tests.end_to_end.raw_events import event_id, land_text

pytestmark = pytest.mark.slow
BEFORE, AFTER = date(2016, 6, 1), date(2016, 6, 3)
TABLES = {
    "aws_glue_catalog_table.generations",
    'aws_glue_catalog_table.dated["candidates"]',
    'aws_glue_catalog_table.view["events"]',
}
COLUMN = contract_change.example_column()["name"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_change.copy_with_column(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def plan(tree: TerraformTree, copy: Path) -> Iterator[dict[str, Any]]:
    """What an apply of the changed contract would do to the local stack as it was."""
    tree.plan("local")
    dags = tree.folder.parent / "dags"
    original = dags.readlink()
    try:
        dags.unlink()
        dags.symlink_to(copy / "dags")
        yield tree.plan_again("local")
    finally:
        dags.unlink()
        dags.symlink_to(original)


def test_terraform_updates_the_tables_in_place_and_nothing_else(plan: dict[str, Any]) -> None:
    actions = {change["address"]: change["change"]["actions"] for change in plan["resource_changes"]}
    assert {address for address, planned in actions.items() if planned != ["no-op"]} == TABLES
    assert {tuple(actions[address]) for address in TABLES} == {("update",)}


FUNCTION = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from json_to_parquet.columns import ObjectEvents

folder, column = Path(sys.argv[1]), sys.argv[2]
event = {"event_id": "00000000-0000-0000-0000-000000000001", "event_type": "search", "session_id": "s1",
         "event_timestamp": "2016-06-03T01:00:00Z", column: "new"}
with ObjectEvents(datetime(2016, 6, 3, 1, tzinfo=UTC), 512, folder / "spilled") as events:
    events.add([json.dumps(event).encode()])
    events.finish()
    events.write(folder / "rows.parquet", "s3://raw/x", "live")
"""


def test_the_function_writes_the_new_column(copy: Path, tmp_path: Path) -> None:
    path = os.pathsep.join(str(copy / folder) for folder in ("dags", "lambda_functions"))
    command = [sys.executable, "-c", FUNCTION, str(tmp_path), COLUMN]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": path})
    assert pq.read_table(tmp_path / "rows.parquet").column(COLUMN).to_pylist() == ["new"]


class Deployment:
    """A local AWS with the stack as it was before the change."""

    def __init__(self, folder: Path, endpoint_url: str) -> None:
        self.folder = folder
        self.stack = Stack(endpoint_url)
        self.stack.create(build_artifacts.build_local(folder / "before"))

    def land(self, arrived: date, name: str, **fields: Any) -> None:
        event = {"event_id": event_id(name), "event_type": "search", "session_id": "s1", "search_query": name, **fields}
        land_text(self.stack.catalog, arrived, name, json.dumps(event) + "\n")

    def catch_up(self) -> None:
        """The Glue job, started without arguments: builds, audits, publishes; then the crawler."""
        glue, job, crawler = self.stack.client("glue"), self.stack.name("glue_job"), self.stack.name("crawler")
        run_id = glue.start_job_run(JobName=job)["JobRunId"]
        while (run := glue.get_job_run(JobName=job, RunId=run_id)["JobRun"])["JobRunState"] in ("STARTING", "RUNNING"):
            time.sleep(0.3)
        assert run["JobRunState"] == "SUCCEEDED", run
        glue.start_crawler(Name=crawler)
        while (found := glue.get_crawler(Name=crawler)["Crawler"])["State"] != "READY":
            time.sleep(0.1)
        assert found["LastCrawl"]["Status"] == "SUCCEEDED", found

    def apply(self, plan: dict[str, Any]) -> None:
        """Terraform's updates of the tables: what we say of them; the rest is the provider's own."""
        said = {one.address: one.values for one in planned_resources()}
        for one in plan["planned_values"]["root_module"]["resources"]:
            if one["address"] in TABLES:
                values = {name: pruned(one["values"][name]) for name in said[one["address"]]}
                arguments = prepared_arguments(Resource(one["address"], one["type"], values), self.stack.account)
                arguments["TableInput"].setdefault("PartitionKeys", [])
                self.stack.client("glue").update_table(**arguments)

    def deploy_job(self, artifacts: Path) -> None:
        for file in (build_artifacts.ENTRY_SCRIPT.name, build_artifacts.LIBRARY):
            role = "glue_script" if file.endswith(".py") else "glue_library"
            body = (artifacts / file).read_bytes()
            self.stack.client("s3").put_object(Bucket=self.stack.name("artifacts_bucket"), Key=prefix(role), Body=body)

    def rows(self) -> dict[str, tuple[Any, ...]]:
        """By search_query: the event day, the new column, the field among the unknown ones, two columns behind it."""
        rows = self.stack.catalog.ask(
            f"SELECT search_query, concat(year, '-', month, '-', day) AS happened, "
            f"coalesce({COLUMN}, 'NULL') AS known, "
            f"coalesce(json_extract_scalar(properties, '$.{COLUMN}'), 'NULL') AS other, "
            "cast(arrival_date AS varchar) AS arrived, is_bot FROM clickstream_events"
        )
        return {row.pop("search_query"): tuple(row.values()) for row in rows}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("contract")
    with LocalAwsProcess(folder / "aws") as aws:
        yield Deployment(folder, aws.endpoint_url)


def test_old_days_read_null_and_new_and_late_rows_have_the_column(
    deployment: Deployment, plan: dict[str, Any], copy: Path
) -> None:
    old = (str(BEFORE), "NULL", "SPRING", str(BEFORE), "false")
    deployment.land(BEFORE, "old", event_timestamp=f"{BEFORE}T12:00:00Z", **{COLUMN: "SPRING"})
    deployment.catch_up()

    deployment.apply(plan)
    not_yet_deployed = late_rows.insert_query([DayInputs(BEFORE, None, ("2016-06-03-jr_1",))], "merge-1")
    with pytest.raises(QueryFailed, match="column"):
        deployment.stack.catalog.ask(not_yet_deployed)
    assert deployment.rows() == {"old": old}

    deployment.deploy_job(contract_change.build(copy, deployment.folder / "after"))
    deployment.land(AFTER, "new", event_timestamp=f"{AFTER}T12:00:00Z", is_bot=True, **{COLUMN: "SUMMER"})
    deployment.land(AFTER, "late", event_timestamp=f"{BEFORE}T13:00:00Z", is_bot=False, **{COLUMN: "LATE"})
    deployment.catch_up()
    assert deployment.rows() == {
        "old": old,
        "new": (str(AFTER), "SUMMER", "NULL", str(AFTER), "true"),
        "late": (str(BEFORE), "LATE", "NULL", str(AFTER), "false"),
    }
