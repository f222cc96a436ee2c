"""Each call of boto3's S3 client is known by its own name."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig

from local_aws.clients import local_client
from local_aws.recording.recorder import read_recorded
from local_aws.recording.s3 import s3_call
from local_aws.server import LocalAws

MIB = 1024 * 1024


class Asked:
    """A client, and the calls that it made since the last look: (operation, parameters)."""

    def __init__(self, endpoint_url: str, record: Path) -> None:
        self.client = local_client("s3", endpoint_url, principal="me")
        self._record = record
        self._seen = 0

    def new(self) -> list[tuple[str, dict[str, Any]]]:
        found = read_recorded(self._record)
        new, self._seen = found[self._seen :], len(found)
        assert {one.principal for one in new} <= {"me"}
        return [(one.operation, one.parameters) for one in new]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    record = tmp_path_factory.mktemp("s3") / "calls"
    with LocalAws(record=record) as aws:
        made = Asked(aws.endpoint_url, record)
        made.client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        made.client.put_object(Bucket="bucket", Key="k", Body=b"x")
        made.new()
        yield made


OBJECT = {"Bucket": "bucket", "Key": "k"}
ODD = {"Bucket": "bucket", "Key": "a/=é/x.gz"}
COPY = {"Bucket": "bucket", "Key": "c", "CopySource": "bucket/k"}


@pytest.mark.parametrize(
    ("call", "arguments", "parameters"),
    [
        ("put_object", ODD | {"Body": b"1"}, ODD),
        ("get_object", OBJECT, OBJECT),
        ("head_object", OBJECT, OBJECT),
        ("copy_object", COPY, COPY),
        ("list_objects_v2", {"Bucket": "bucket", "Prefix": "a/"}, {"Bucket": "bucket", "Prefix": "a/"}),
        ("list_objects", {"Bucket": "bucket"}, {"Bucket": "bucket"}),
        ("head_bucket", {"Bucket": "bucket"}, {"Bucket": "bucket"}),
        ("get_bucket_location", {"Bucket": "bucket"}, {"Bucket": "bucket"}),
        ("list_multipart_uploads", {"Bucket": "bucket"}, {"Bucket": "bucket"}),
        ("delete_object", {"Bucket": "bucket", "Key": "gone"}, {"Bucket": "bucket", "Key": "gone"}),
        (
            "delete_objects",
            {"Bucket": "bucket", "Delete": {"Objects": [{"Key": "2&"}, {"Key": "1"}]}},
            {"Bucket": "bucket", "Keys": ["1", "2&"]},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_call_is_known_by_its_name(asked: Asked, call: str, arguments: dict[str, Any], parameters: Any) -> None:
    getattr(asked.client, call)(**arguments)
    name = "".join(word.title() for word in call.split("_"))
    assert asked.new() == [(name, parameters)]


def test_the_parts_of_an_upload_are_told_apart(asked: Asked) -> None:
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, use_threads=False)
    asked.client.upload_fileobj(io.BytesIO(b"x" * 6 * MIB), "bucket", "large", Config=config)
    assert asked.new() == [
        (name, {"Bucket": "bucket", "Key": "large"})
        for name in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
    ]


def test_what_it_does_not_know_is_no_other_call() -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/bucket/k", "QUERY_STRING": "acl&versionId=1"}
    assert s3_call(environ, bytes) == ("GET ?acl", {"Bucket": "bucket", "Key": "k", "VersionId": True})
