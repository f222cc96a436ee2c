import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local_aws.lambda_functions.engine import LambdaEngine
from local_aws.planned.functions import PACKAGE
from local_aws.planned.plan import PlanError, planned_resources
from local_aws.server import LocalAws
from local_aws.stack import Stack

ECHO = """
import json
def handle(event, context):
    print("event " + json.dumps(event))
"""
KINDS = {"aws_s3_bucket", "aws_sqs_queue", "aws_cloudwatch_log_group", "aws_lambda_function", "aws_kms_key"} | {
    "aws_lambda_function_event_invoke_config", "aws_lambda_permission", "aws_s3_bucket_notification",
}  # fmt: skip


def stack(aws: LocalAws) -> Stack:
    """With what the function needs, and nothing that has an artifact of its own."""
    return Stack(aws.endpoint_url, resources=[one for one in planned_resources() if one.type in KINDS])


def test_an_object_of_the_planned_bucket_reaches_the_planned_function(local_aws: LocalAws, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / PACKAGE, "w") as package:
        package.writestr("json_to_parquet/handler.py", ECHO)
    made = stack(local_aws)
    made.create(tmp_path)
    keys = ("events/year=2024/x.gz", "errors/x.gz", "events/x.json")
    for key in keys:
        made.client("s3").put_object(Bucket=made.name("raw_bucket"), Key=key, Body=b"x")
    local_aws.engine(LambdaEngine).events.await_idle(60)
    events = [json.loads(line.removeprefix("event ")) for line in log(made) if line.startswith("event ")]
    assert [one["Records"][0]["s3"]["object"]["key"] for one in events] == ["events/year%3D2024/x.gz"]


def log(made: Stack) -> list[str]:
    logs, group = made.client("logs"), {"logGroupName": "/aws/lambda/clickstream-json-to-parquet-local"}
    streams: list[Any] = logs.describe_log_streams(**group)["logStreams"]
    found = [logs.get_log_events(**group, logStreamName=one["logStreamName"])["events"] for one in streams]
    return [event["message"] for events in found for event in events]


def test_a_package_that_is_not_built_says_what_builds_it(local_aws: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=rf"{PACKAGE}.*scripts/build_artifacts\.py"):
        stack(local_aws).create(tmp_path)
