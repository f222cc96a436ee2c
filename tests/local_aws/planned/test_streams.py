import gzip
import re

from local_aws.control import LocalControl
from local_aws.planned.plan import planned_resources
from local_aws.server import LocalAws
from local_aws.stack import Stack


def test_the_planned_stream_delivers_compressed_lines_by_hour_with_the_planned_key(local_aws: LocalAws) -> None:
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_stream()
    records = [{"Data": b'{"a": 1}'}, {"Data": b'{"a": 2}'}]
    stack.client("firehose").put_record_batch(DeliveryStreamName=stack.name("stream"), Records=records)
    assert LocalControl(local_aws.endpoint_url).flush() == 1
    s3, bucket = stack.client("s3"), stack.name("raw_bucket")
    (found,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    name = rf"events/year=\d{{4}}/month=\d\d/day=\d\d/hour=\d\d/{stack.name('stream')}-1-.*\.gz"
    assert re.fullmatch(name, found["Key"])
    delivered = s3.get_object(Bucket=bucket, Key=found["Key"])
    assert gzip.decompress(delivered["Body"].read()) == b'{"a": 1}\n{"a": 2}\n'
    assert (delivered["ServerSideEncryption"], delivered["SSEKMSKeyId"]) == ("aws:kms", planned_key())


def planned_key() -> str:
    """Where the key is not created, the plan's own ARN stands for it."""
    (key,) = [one for one in planned_resources() if one.type == "aws_kms_key"]
    arn: str = key.values["arn"]
    return arn
