"""A producer was ahead of the contract: its events lie in quarantine until the contract knows them; then a replay."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest

from clickstream.replay import ACCEPTED, Tally, parse_replay
from clickstream.settings import prefix
from local_airflow.backfill import await_run, error, tasks, trigger
from tests.end_to_end.raw_events import event_id, expected, land, land_text, shown

pytestmark = pytest.mark.slow
DAG_ID = "clickstream_replay"
DAY = date(2019, 9, 1)  # no other test of this folder uses it
LOGIN = {
    "event_id": event_id("replayed"), "event_type": "login", "event_timestamp": f"{DAY}T12:00:00Z",
    "session_id": "s1", "user_id": "u-17", "ip_address": "203.0.113.9",
}  # fmt: skip


def older(library: bytes) -> bytes:
    """The job's library with a contract that does not know `login` yet."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(library)) as now, zipfile.ZipFile(made, "w") as then:
        for name in now.namelist():
            then.writestr(
                name, without_login(now.read(name)) if name.endswith("/event_contract.json") else now.read(name)
            )
    return made.getvalue()


def without_login(contract: bytes) -> str:
    document = json.loads(contract)
    (column,) = [one for one in document["columns"] if one["name"] == "event_type"]
    column["accepted_values"].remove("login")
    return json.dumps(document)


@pytest.fixture(scope="module")
def quarantined(pipeline) -> str:
    """The day was published under the older contract; the run that is visible."""
    s3, bucket, key = pipeline.catalog.s3, pipeline.stack.name("artifacts_bucket"), prefix("glue_library")
    library = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    land(pipeline.catalog, DAY, "a", [("known", DAY)])
    land_text(pipeline.catalog, DAY, "b", json.dumps(LOGIN) + "\n{broken\n")
    s3.put_object(Bucket=bucket, Key=key, Body=older(library))
    try:
        assert pipeline.run_by_form({"arrival_day": str(DAY), "max_quarantined_share": 0.9}) == "success"
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=library)
    assert shown(pipeline.catalog, DAY) == expected({DAY: ["known"]})
    return pipeline.main_of(str(DAY))


def replay(pipeline: Any, **params: Any) -> str:
    """The id of a run of the DAG, when it has ended."""
    request = {"arrival_days": [str(DAY)], "reasons": ["unknown_event_type"], **params}
    run = trigger(pipeline.airflow, request, dag_id=DAG_ID)
    await_run(pipeline.airflow, run, timeout=600, dag_id=DAG_ID)
    return run


def states(pipeline: Any, run: str) -> dict[str, str]:
    return {one["task_id"]: one["state"] for one in tasks(pipeline.airflow, run, DAG_ID)}


def started(pipeline: Any) -> dict[str, str]:
    return {run: state for run, state in pipeline.states().items() if run.startswith(f"replay__{DAY}__")}


@pytest.fixture(scope="module")
def dry(pipeline, quarantined) -> str:
    return replay(pipeline)


def test_a_dry_run_tells_what_would_be_accepted_and_who_it_was_to_nobody(pipeline, quarantined, dry):
    assert states(pipeline, dry) == {
        "check_request": "success", "judge": "success", "await_judge": "success", "report": "success",
        "run_again": "skipped",
    }  # fmt: skip
    (text,) = pipeline.objects("work_bucket", prefix("replays")).values()
    (found,) = parse_replay(text).runs
    assert found.run_id == quarantined
    assert found.tallies == (Tally("unknown_event_type", ACCEPTED, 1),)
    assert [one.event["event_type"] for one in found.examples] == ["login"]
    assert b"u-17" not in text
    assert b"203.0.113" not in text


def test_a_dry_run_changes_nothing(pipeline, quarantined, dry):
    assert started(pipeline) == {}
    assert pipeline.main_of(str(DAY)) == quarantined


def test_a_request_that_cannot_be_fails_before_glue_runs(pipeline, quarantined):
    before = pipeline.glue_runs()
    run = replay(pipeline, reasons=["unknown_event_typ"])
    message = error(pipeline.airflow, run, "check_request", DAG_ID)
    assert message.startswith("Nothing was started: no record of these days is quarantined as unknown_event_typ;")
    assert pipeline.glue_runs() == before


def test_what_is_accepted_now_is_shown_once_after_an_ordinary_run_of_the_day(pipeline, quarantined, dry):
    replay(pipeline, dry_run=False, reasons=None)
    (run,) = started(pipeline)
    assert await_run(pipeline.airflow, run, timeout=600) == "success"
    assert shown(pipeline.catalog, DAY) == expected({DAY: ["known", "replayed"]})
    assert pipeline.main_of(str(DAY)) != quarantined
    assert pipeline.ledger(str(DAY)).quarantined == {"malformed_json": 1}
