import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote_plus

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from local_aws.control import LocalControl
from tests.local_aws.lambda_functions.conftest import Lab, lab

__all__ = ["lab"]

PATIENCE = 60  # seconds
KEEP = """
import json
def handle(event, context):
    print("event " + json.dumps(event))
"""
BUCKETS = ("heard", "unheard")


@pytest.fixture(scope="module", autouse=True)
def told(lab: Lab) -> Any:
    """A function that keeps what it is told of ``events/*.gz`` in one bucket."""
    lab.create("keep", KEEP)
    for bucket in BUCKETS:
        lab.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        configure(lab)
    lab.lambdas.add_permission(
        FunctionName="keep", StatementId="a", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::heard", SourceAccount="123456789012",
    )  # fmt: skip
    return configure(lab)


def arn(lab: Lab) -> str:
    return lab.engine.function("keep").arn


def configure(lab: Lab, bucket: str = "heard", **changes: Any) -> Any:
    rules = [{"Name": "prefix", "Value": "events/"}, {"Name": "suffix", "Value": ".gz"}]
    one = {
        "Id": "raw",
        "LambdaFunctionArn": arn(lab),
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
        **changes,
    }
    configuration = {"LambdaFunctionConfigurations": [one]}
    lab.client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
    return configuration


def heard(lab: Lab) -> list[Any]:
    """The records of all events so far, in the order of their sequencers."""
    lab.engine.events.await_idle(PATIENCE)
    lines = [line.removeprefix("event ") for line in lab.log("keep") if line.startswith("event ")]
    records = [record for line in lines for record in json.loads(line)["Records"]]
    return sorted(records, key=lambda record: record["s3"]["object"]["sequencer"])


def test_the_configuration_reads_back(lab: Lab, told: Any) -> None:
    found = lab.client("s3").get_bucket_notification_configuration(Bucket="heard")
    assert told.items() <= found.items()


def test_an_event_is_as_s3_writes_it(lab: Lab) -> None:
    LocalControl(lab.aws.endpoint_url).set_clock(datetime(2024, 12, 25, 10, tzinfo=UTC))
    key = "events/year=2024/a b+ü.gz"
    put = lab.client("s3").put_object(Bucket="heard", Key=key, Body=b"12345")
    record = heard(lab)[-1]
    thing = record["s3"]["object"]
    assert thing["key"] == "events/year%3D2024/a+b%2B%C3%BC.gz"
    assert unquote_plus(thing["key"]) == key
    assert (thing["size"], thing["eTag"]) == (5, put["ETag"].strip('"'))
    assert (record["eventName"], record["eventSource"]) == ("ObjectCreated:Put", "aws:s3")
    assert record["eventTime"].startswith("2024-12-25T10:00:")
    assert (record["s3"]["bucket"]["name"], record["s3"]["configurationId"]) == ("heard", "raw")


def test_each_way_to_make_an_object_is_told_once_it_is_whole(lab: Lab) -> None:
    s3, before = lab.client("s3"), len(heard(lab))
    s3.put_object(Bucket="heard", Key="events/put.gz", Body=b"x")
    s3.copy_object(Bucket="heard", Key="events/copy.gz", CopySource="heard/events/put.gz")
    parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    s3.upload_fileobj(BytesIO(bytes(6 << 20)), "heard", "events/parts.gz", Config=parts)
    found = [(one["eventName"], one["s3"]["object"]["size"]) for one in heard(lab)[before:]]
    assert found == [
        ("ObjectCreated:Put", 1),
        ("ObjectCreated:Copy", 1),
        ("ObjectCreated:CompleteMultipartUpload", 6 << 20),
    ]


@pytest.mark.parametrize(
    ("bucket", "key"),
    [("heard", "errors/x.gz"), ("heard", "events/x.json"), ("unheard", "events/x.gz")],
    ids=["another prefix", "another suffix", "another bucket"],
)
def test_what_the_filter_leaves_out_is_not_told(lab: Lab, bucket: str, key: str) -> None:
    before = len(heard(lab))
    lab.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    assert len(heard(lab)) == before


def test_a_failed_put_and_a_deletion_are_not_told(lab: Lab) -> None:
    s3 = lab.client("s3")
    s3.put_object(Bucket="heard", Key="events/once.gz", Body=b"x")
    before = len(heard(lab))
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="heard", Key="events/once.gz", Body=b"y", IfNoneMatch="*")
    s3.delete_object(Bucket="heard", Key="events/once.gz")
    assert len(heard(lab)) == before


REFUSED: dict[str, dict[str, Any]] = {
    "deletions": {"Events": ["s3:ObjectRemoved:*"]},
    "tags": {"Events": ["s3:ObjectCreated:Put", "s3:ObjectTagging:Put"]},
}


@pytest.mark.parametrize("what", REFUSED)
def test_other_kinds_of_events_are_refused(lab: Lab, what: str) -> None:
    with pytest.raises(ClientError, match="UnsupportedOperationException"):
        configure(lab, **REFUSED[what])


def test_queues_are_refused(lab: Lab) -> None:
    one = {"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:q", "Events": ["s3:ObjectCreated:*"]}
    with pytest.raises(ClientError, match="UnsupportedOperationException"):
        lab.client("s3").put_bucket_notification_configuration(
            Bucket="heard", NotificationConfiguration={"QueueConfigurations": [one]}
        )


def test_a_function_that_is_not_there_is_refused(lab: Lab) -> None:
    with pytest.raises(ClientError, match="Unable to validate"):
        configure(lab, LambdaFunctionArn=f"{arn(lab)}-x")


def test_a_permission_for_another_bucket_is_none(lab: Lab) -> None:
    with pytest.raises(ClientError, match="Unable to validate"):
        configure(lab, bucket="unheard")


def test_a_notification_for_a_function_that_went_is_reported(
    lab: Lab, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last test of the file: nobody hears of objects after it."""
    lab.lambdas.delete_function(FunctionName="keep")
    lab.client("s3").put_object(Bucket="heard", Key="events/late.gz", Body=b"x")
    assert "a notification is lost: ResourceNotFoundException" in capsys.readouterr().err
