"""Every AWS call of the end-to-end tests, by the role that makes it, is one that the role's planned policy allows.

The local AWSs of this folder write down who calls what (local_aws/recording). What the other tests left is enough;
alone, this file runs a day and catch-up itself.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clickstream import janitor, layout
from clickstream.catalog import Catalog
from local_airflow.environment import ROLE
from local_aws.clients import local_client
from local_aws.control import LocalControl
from local_aws.principals import ANYBODY
from local_aws.recording.recorder import Recorded, read_recorded
from tests.end_to_end.planned_rights import PlannedStack, asked_of_iam, planned_stack
from tests.end_to_end.raw_events import land, land_text
from tests.end_to_end.test_catch_up import runs, stack  # noqa: F401  fixtures, for when nobody caught up before
from tests.inbox import TOPIC_ARN
from tests.terraform.iam import Call

pytestmark = pytest.mark.slow
DAY, BEFORE = date(2018, 2, 2), date(2018, 2, 1)
NEVER = date(2018, 3, 1)  # no run of it was ever published, so no query reads what lies there
MANY = [f"r{number}" for number in range(25)]  # so that one broken line is no large share
ACTORS = ["firehose", "glue-job", "crawler", "airflow", "json-to-parquet"]
EXERCISED = ACTORS[:-1]  # the function is called, but what only its failures and a table without a DAG need is not

# Statements that nothing here can need, by actor.
UNEXERCISED = {
    ("firehose", "FindTheRawBucket"): "Firehose documents these calls; the local one knows its bucket and only writes",
    ("firehose", "LogFailedDeliveries"): "no delivery fails, and the local Firehose reports on stderr",
    ("glue-job", "FindTheResultsBucket"): "Athena's own call; the local one knows its bucket",
    ("glue-job", "WriteSparkEventLogs"): "for Glue's Spark UI, which the local Glue has not",
    ("glue-job", "ReportMetricsOfGlue"): "Glue's own metrics, which the local Glue has not",
    ("glue-job", "ReadItsBookmark"): "the stand-in for awsglue asks the local Glue in a protocol of their own",
    ("glue-job", "EncryptBookmarks"): "the local Glue encrypts none",
    ("crawler", "ReadRows"): "the local crawler reads names of objects, never their content",
    ("crawler", "DecryptItsInputs"): "the same",
    ("airflow", "FindTheResultsBucket"): "Athena's own call; the local one knows its bucket",
}


@pytest.fixture(scope="module")
def planned() -> PlannedStack:
    return planned_stack()


@pytest.fixture(scope="module")
def recorded(pipeline: Any, calls_file: Path, request: pytest.FixtureRequest) -> list[Recorded]:
    """What was called; first what no other test has done."""
    if not wrote(calls_file, "firehose", "raw"):
        send_one(pipeline)
    if not (wrote(calls_file, "airflow", "processed") and wrote(calls_file, "glue-job", "replays/")):
        run_a_day(pipeline)
    if not wrote(calls_file, "glue-job", "snapshots/"):
        request.getfixturevalue("runs")
    clean_as_airflow(pipeline)
    alert_as_airflow(pipeline)
    return read_recorded(calls_file)


def wrote(calls_file: Path, actor: str, where: str) -> bool:
    """Whether a role wrote to a bucket or prefix of this name."""
    calls = [one for one in read_recorded(calls_file) if f"-{actor}-" in one.principal and one.operation != "GetObject"]
    writes = [one.parameters for one in calls if one.operation in ("PutObject", "CopyObject")]
    return any(where in f"{one['Bucket']}/{one['Key']}" for one in writes)


def send_one(pipeline: Any) -> None:
    firehose = pipeline.stack.client("firehose")
    firehose.put_record(DeliveryStreamName=pipeline.stack.name("stream"), Record={"Data": b"{}"})
    LocalControl(pipeline.aws.endpoint_url).flush()


def run_a_day(pipeline: Any) -> None:
    """One with a broken line, which is judged again, and with an event of the day before."""
    land(pipeline.catalog, DAY, "a", [*((name, DAY) for name in MANY), ("late", BEFORE)])
    land_text(pipeline.catalog, DAY, "broken", "{broken\n")
    assert pipeline.run_by_form({"arrival_day": str(DAY)}) == "success"
    assert pipeline.run_by_form({"arrival_days": [str(DAY)]}, dag_id="clickstream_replay") == "success"


def clean_as_airflow(pipeline: Any) -> None:
    """The janitor, as if what was superseded, or left behind by a run that died, were so for a week."""
    died = layout.run_id(NEVER, f"jr_{'0' * 64}")
    for role, key in (("processed", layout.main_key(died, 0)), ("work", layout.candidate_key(NEVER, died, 0))):
        pipeline.catalog.s3.put_object(Bucket=pipeline.stack.name(f"{role}_bucket"), Key=key, Body=b"")
    clients = (local_client(x, pipeline.aws.endpoint_url, principal=ROLE) for x in ("glue", "s3", "athena"))
    catalog = Catalog(*clients, pipeline.stack.settings)
    janitor.clean(catalog, datetime.now(UTC) + timedelta(days=8), apply=True)


def alert_as_airflow(pipeline: Any) -> None:
    """As SnsNotifier does; this Airflow is given no topic, so its alerts go to its log."""
    pipeline.stack.client("sns").create_topic(Name=TOPIC_ARN.rpartition(":")[2])
    sns = local_client("sns", pipeline.aws.endpoint_url, principal=ROLE)
    sns.publish(TargetArn=TOPIC_ARN, Message="2018-02-02: audit failed")


def calls_of(recorded: list[Recorded], planned: PlannedStack, actor: str) -> list[Call]:
    ours = [one for one in recorded if planned.actor(one.principal) == actor]
    return [call for one in ours for call in asked_of_iam(one, planned)]


def test_every_role_was_seen_and_nobody_else(recorded: list[Recorded], planned: PlannedStack) -> None:
    """ANYBODY is who sets up, sends and looks: Terraform, producers, these tests."""
    principals = {one.principal for one in recorded} - {ANYBODY}
    seen = {planned.actor(principal) or principal for principal in principals}
    assert seen == {*ACTORS}


@pytest.mark.parametrize("actor", ACTORS)
def test_every_recorded_call_is_allowed(recorded: list[Recorded], planned: PlannedStack, actor: str) -> None:
    calls = calls_of(recorded, planned, actor)
    assert calls
    assert [call for call in calls if not planned.may(actor, call)] == []


@pytest.mark.parametrize("actor", EXERCISED)
def test_without_any_one_statement_a_recorded_call_is_denied(
    recorded: list[Recorded], planned: PlannedStack, actor: str
) -> None:
    calls = calls_of(recorded, planned, actor)
    idle = {sid for sid in planned.sids(actor) if not planned.needed(actor, sid, calls)}
    assert idle == {sid for of, sid in UNEXERCISED if of == actor}
