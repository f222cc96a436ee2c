"""What a recorded call asks of IAM; the planned rights can say no."""

import pytest

from local_aws.recording.recorder import Recorded
from tests.end_to_end.planned_rights import PlannedStack, asked_of_iam, planned_stack

CRAWLER, JOB = "clickstream-crawler-local", "clickstream-glue-job-local"
PROCESSED, WORK = (f"clickstream-{zone}-local-123456789012" for zone in ("processed", "work"))
KEY = "year=2024/month=12/day=25/x"


@pytest.fixture(scope="module")
def planned() -> PlannedStack:
    return planned_stack()


def denied(planned: PlannedStack, principal: str, service: str, operation: str, **parameters: object) -> list[str]:
    one = Recorded(principal, service, operation, dict(parameters))
    actor = planned.actor(principal)
    assert actor
    return [call.action for call in asked_of_iam(one, planned) if not planned.may(actor, call)]


@pytest.mark.parametrize(
    ("operation", "parameters", "actions"),
    [
        ("GetObject", {"Key": KEY}, []),
        ("GetObject", {"Key": KEY, "VersionId": True}, ["s3:GetObjectVersion"]),
        ("ListObjectsV2", {"Prefix": "year=2024/"}, []),
        ("PutObject", {"Key": KEY}, ["s3:PutObject", "kms:GenerateDataKey"]),
        ("DeleteObjects", {"Keys": [KEY, "other"]}, ["s3:DeleteObject", "s3:DeleteObject"]),
    ],
)
def test_the_crawler_reads_rows_and_nothing_else(planned: PlannedStack, operation, parameters, actions) -> None:
    assert denied(planned, CRAWLER, "s3", operation, Bucket=PROCESSED, **parameters) == actions


def test_a_copy_reads_and_writes_and_uses_the_key_for_both(planned: PlannedStack) -> None:
    one = {"Bucket": PROCESSED, "Key": KEY, "CopySource": f"{WORK}/staging/x"}
    assert denied(planned, JOB, "s3", "CopyObject", **one) == []
    assert denied(planned, CRAWLER, "s3", "CopyObject", **one) == [
        "s3:PutObject", "kms:GenerateDataKey", "s3:GetObject", "kms:Decrypt"
    ]  # fmt: skip


def test_a_table_is_asked_for_with_its_catalog_and_database(planned: PlannedStack) -> None:
    update = {"DatabaseName": "clickstream_local", "TableInput.Name": "clickstream_generations"}
    assert denied(planned, JOB, "glue", "UpdateTable", **update) == ["glue:UpdateTable"]
    assert denied(planned, CRAWLER, "glue", "UpdateTable", **update) == ["glue:UpdateTable"] * 3


@pytest.mark.parametrize(
    ("principal", "actions"),
    [("clickstream-airflow-local", []), (JOB, ["sns:Publish", "kms:GenerateDataKey", "kms:Decrypt"])],
)
def test_who_alerts_uses_the_key_of_the_topic(planned: PlannedStack, principal: str, actions: list[str]) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:clickstream-alarms-local"
    assert denied(planned, principal, "sns", "Publish", TopicArn=topic) == actions


@pytest.mark.parametrize(
    ("principal", "actions"),
    [("clickstream-json-to-parquet-local", []), (JOB, ["sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt"])],
)
def test_who_reports_dead_letters_uses_the_key_of_the_queue(
    planned: PlannedStack, principal: str, actions: list[str]
) -> None:
    url = "http://127.0.0.1:1/123456789012/clickstream-json-to-parquet-dead-letters-local"
    assert denied(planned, principal, "sqs", "SendMessage", QueueUrl=url) == actions


@pytest.mark.parametrize(
    ("service", "operation"), [("s3", "GET ?acl"), ("dynamodb", "GetItem")], ids=["operation", "service"]
)
def test_what_nobody_described_is_not_passed_over(planned: PlannedStack, service: str, operation: str) -> None:
    with pytest.raises(KeyError):
        denied(planned, JOB, service, operation, Bucket=WORK, Key="x")


def test_a_statement_that_no_call_needs_is_told(planned: PlannedStack) -> None:
    read = asked_of_iam(Recorded(CRAWLER, "s3", "GetObject", {"Bucket": PROCESSED, "Key": KEY}), planned)
    assert {sid for sid in planned.sids("crawler") if planned.needed("crawler", sid, read)} == {
        "ReadRows", "DecryptItsInputs"
    }  # fmt: skip


def test_an_actor_is_known_by_its_role(planned: PlannedStack) -> None:
    from local_airflow.environment import ROLE

    assert planned.actor(ROLE) == "airflow"
    assert planned.actor("local") is None
