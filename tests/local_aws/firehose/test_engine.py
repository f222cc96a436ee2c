import gzip
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.clients import local_client
from local_aws.firehose.engine import FirehoseEngine
from local_aws.server import LocalAws

ROLE = "arn:aws:iam::123456789012:role/firehose"
NEWLINE = {
    "Enabled": True,
    "Processors": [
        {
            "Type": "AppendDelimiterToRecord",
            "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
        }
    ],
}
START = datetime(2024, 12, 25, 10, 30, tzinfo=UTC)
MIB = 1024 * 1024


def configuration(**changes: Any) -> dict[str, Any]:
    default: dict[str, Any] = {
        "RoleARN": ROLE,
        "BucketARN": "arn:aws:s3:::raw-events",
        "Prefix": "events/year=!{timestamp:yyyy}/hour=!{timestamp:HH}/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
        "CompressionFormat": "GZIP",
        "ProcessingConfiguration": NEWLINE,
    }
    return default | changes


class Firehose:
    """A stream ``clicks`` into the bucket ``raw-events``, seen from both ends."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.engine = aws.engine(FirehoseEngine)
        self.client = local_client("firehose", aws.endpoint_url)
        self.s3 = local_client("s3", aws.endpoint_url)
        aws.clock.set(START)

    def create(self, **changes: Any) -> None:
        self.client.create_delivery_stream(
            DeliveryStreamName="clicks", ExtendedS3DestinationConfiguration=configuration(**changes)
        )

    def create_bucket(self) -> None:
        self.s3.create_bucket(Bucket="raw-events", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def put(self, *records: bytes) -> dict[str, Any]:
        batch = [{"Data": record} for record in records]
        return dict(self.client.put_record_batch(DeliveryStreamName="clicks", Records=batch))

    def objects(self) -> dict[str, bytes]:
        found = self.s3.list_objects_v2(Bucket="raw-events").get("Contents", [])
        return {item["Key"]: self.s3.get_object(Bucket="raw-events", Key=item["Key"])["Body"].read() for item in found}


@pytest.fixture
def firehose(local_aws: LocalAws) -> Firehose:
    firehose = Firehose(local_aws)
    firehose.create_bucket()
    return firehose


def eventually(condition: Callable[[], Any], seconds: float = 5) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_gzip_is_really_gzip_with_a_newline_behind_every_record(firehose: Firehose) -> None:
    firehose.create()
    assert firehose.put(b'{"n":1}', b'{"n":2}')["FailedPutCount"] == 0
    assert firehose.engine.flush() == 1
    [body] = firehose.objects().values()
    assert gzip.decompress(body) == b'{"n":1}\n{"n":2}\n'


def test_object_is_named_as_firehose_names_it(firehose: Firehose) -> None:
    firehose.create()
    firehose.put(b"x")
    firehose.engine.flush()
    [key] = firehose.objects()
    uuid = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    assert re.fullmatch(rf"events/year=2024/hour=10/clicks-1-2024-12-25-10-30-0\d-{uuid}\.gz", key)


def test_without_compression_and_delimiter_records_are_only_joined(firehose: Firehose) -> None:
    firehose.create(CompressionFormat="UNCOMPRESSED", ProcessingConfiguration={"Enabled": False}, Prefix="")
    firehose.put(b"{}", b"{}")
    firehose.engine.flush()
    [(key, body)] = firehose.objects().items()
    assert body == b"{}{}"
    assert key.startswith("2024/12/25/10/clicks-1-")
    assert "." not in key


def test_file_extension_overrides_gz(firehose: Firehose) -> None:
    firehose.create(FileExtension=".json.gz")
    firehose.put(b"{}")
    firehose.engine.flush()
    assert next(iter(firehose.objects())).endswith(".json.gz")


def test_buffer_is_delivered_when_its_interval_has_passed_and_not_before(firehose: Firehose) -> None:
    firehose.create()
    firehose.put(b"{}")
    firehose.aws.clock.advance(timedelta(seconds=50))
    time.sleep(0.5)
    assert firehose.objects() == {}
    firehose.aws.clock.advance(timedelta(seconds=15))
    assert eventually(firehose.objects)


def test_buffer_is_delivered_when_it_is_full(firehose: Firehose) -> None:
    firehose.create()
    firehose.put(b"x" * 500_000)
    firehose.put(b"x" * 500_000)
    time.sleep(0.5)
    assert firehose.objects() == {}
    firehose.put(b"x" * (MIB - 1_000_000), b"next")
    [body] = eventually(firehose.objects).values()
    assert len(gzip.decompress(body)) == MIB + 3  # three newlines
    firehose.engine.flush()
    assert sorted(len(gzip.decompress(body)) for body in firehose.objects().values()) == [5, MIB + 3]


def test_interval_of_zero_delivers_at_once(firehose: Firehose) -> None:
    firehose.create(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 0})
    firehose.put(b"{}")
    assert eventually(firehose.objects, seconds=1)


def test_record_of_the_next_hour_never_shares_an_object(firehose: Firehose) -> None:
    firehose.create(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    firehose.aws.clock.set(START.replace(minute=59, second=30))
    firehose.put(b"before")
    firehose.aws.clock.advance(timedelta(seconds=60))
    firehose.put(b"after")
    firehose.engine.flush()
    hours = {key.split("/")[2]: gzip.decompress(body) for key, body in firehose.objects().items()}
    assert hours == {"hour=10": b"before\n", "hour=11": b"after\n"}


def test_setting_the_clock_first_delivers_under_the_old_time(firehose: Firehose) -> None:
    firehose.create()
    firehose.put(b"{}")
    firehose.aws.clock.set(datetime(2025, 1, 1, tzinfo=UTC))
    assert next(iter(firehose.objects())).startswith("events/year=2024/hour=10/")


def test_delivery_that_fails_is_tried_again_and_loses_nothing(
    local_aws: LocalAws, capsys: pytest.CaptureFixture[str]
) -> None:
    firehose = Firehose(local_aws)
    firehose.create()
    firehose.put(b"kept")
    assert firehose.engine.flush() == 0
    assert "NoSuchBucket" in capsys.readouterr().err
    firehose.create_bucket()
    [body] = eventually(firehose.objects).values()
    assert gzip.decompress(body) == b"kept\n"


def test_shutdown_delivers_what_is_buffered(firehose: Firehose) -> None:
    firehose.create()
    firehose.put(b"last")
    firehose.engine.close()
    assert len(firehose.objects()) == 1
    with pytest.raises(ClientError, match="stopping"):
        firehose.put(b"too late")


def test_records_that_fail_are_reported_one_by_one(firehose: Firehose) -> None:
    firehose.create()
    firehose.engine.fail_next_records(2)
    reply = firehose.put(b"1", b"2", b"3")
    assert reply["FailedPutCount"] == 2
    assert [response.get("ErrorCode") for response in reply["RequestResponses"]] == [
        "ServiceUnavailableException",
        "ServiceUnavailableException",
        None,
    ]
    firehose.engine.flush()
    [body] = firehose.objects().values()
    assert gzip.decompress(body) == b"3\n"


def test_other_sources_are_refused(firehose: Firehose) -> None:
    with pytest.raises(ClientError, match="KinesisStreamAsSource"):
        firehose.client.create_delivery_stream(DeliveryStreamName="clicks", DeliveryStreamType="KinesisStreamAsSource")


def test_stream_that_is_missing_or_exists_has_the_services_error(firehose: Firehose) -> None:
    with pytest.raises(firehose.client.exceptions.ResourceNotFoundException):
        firehose.put(b"x")
    firehose.create()
    with pytest.raises(firehose.client.exceptions.ResourceInUseException):
        firehose.create()


def test_description_shows_the_defaults_that_apply(firehose: Firehose) -> None:
    firehose.create(BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 300})
    described = firehose.client.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]
    assert described["DeliveryStreamStatus"] == "ACTIVE"
    assert described["CreateTimestamp"].astimezone(UTC).date() == START.date()
    destination = described["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert destination["BufferingHints"] == {"SizeInMBs": 64, "IntervalInSeconds": 300}
    assert destination["S3BackupMode"] == "Disabled"


def test_tags_and_encryption_are_remembered(firehose: Firehose) -> None:
    firehose.create()
    name = {"DeliveryStreamName": "clicks"}
    firehose.client.tag_delivery_stream(**name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    firehose.client.untag_delivery_stream(**name, TagKeys=["a"])
    assert firehose.client.list_tags_for_delivery_stream(**name)["Tags"] == [{"Key": "b", "Value": "2"}]
    firehose.client.start_delivery_stream_encryption(**name)
    described = firehose.client.describe_delivery_stream(**name)["DeliveryStreamDescription"]
    assert described["DeliveryStreamEncryptionConfiguration"]["Status"] == "ENABLED"


def test_deleted_stream_delivers_first_and_is_gone(firehose: Firehose) -> None:
    firehose.create()
    firehose.put(b"{}")
    firehose.client.delete_delivery_stream(DeliveryStreamName="clicks")
    assert len(firehose.objects()) == 1
    with pytest.raises(firehose.client.exceptions.ResourceNotFoundException):
        firehose.put(b"x")


def test_batch_over_a_limit_is_refused_whole(firehose: Firehose) -> None:
    firehose.create()
    with pytest.raises(ClientError) as error:
        firehose.put(*[b"x" * 1_000_000] * 4, b"x" * 200_000)
    assert error.value.response["Error"]["Code"] == "InvalidArgumentException"
    assert firehose.engine.flush() == 0


def test_configuration_without_its_effect_makes_no_stream(firehose: Firehose) -> None:
    with pytest.raises(ClientError, match="Snappy") as error:
        firehose.create(CompressionFormat="Snappy")
    assert error.value.response["Error"]["Code"] == "UnsupportedOperationException"
    assert firehose.client.list_delivery_streams()["DeliveryStreamNames"] == []
