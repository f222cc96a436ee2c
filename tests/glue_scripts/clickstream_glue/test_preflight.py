"""One object's preflight, against a real S3; what bytes are readable: tests/dags/clickstream/test_raw_objects.py."""

import gzip
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from clickstream_glue.preflight import inspect
from clickstream_glue.storage import StoredObject, list_objects
from local_aws.clients import REGION, local_client

FOLDER = "events/year=2026/month=03/day=05/hour=10/"


@pytest.fixture(scope="module")
def s3(endpoint: str) -> Any:
    client = local_client("s3", endpoint)
    client.create_bucket(Bucket="preflight", CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


def stored(s3: Any, name: str, body: bytes) -> StoredObject:
    s3.put_object(Bucket="preflight", Key=FOLDER + name, Body=body)
    (found,) = list_objects(s3, "preflight", FOLDER + name)
    return found


def test_lines_of_a_good_object_are_counted(s3: Any) -> None:
    found = inspect(s3, "preflight", stored(s3, "a.gz", gzip.compress(b"a\nb")), 1000)
    assert (found.lines, found.problem) == (2, None)


def test_an_unreadable_object_counts_as_one_reference(s3: Any) -> None:
    found = inspect(s3, "preflight", stored(s3, "b.gz", b"text"), 1000)
    assert (found.lines, found.problem) == (1, "not gzip: other bytes where a gzip member should begin")


def test_an_object_that_changed_since_it_was_listed_fails_the_run(s3: Any) -> None:
    found = replace(stored(s3, "c.gz", gzip.compress(b"a")), etag="0" * 32)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        inspect(s3, "preflight", found, 1000)
