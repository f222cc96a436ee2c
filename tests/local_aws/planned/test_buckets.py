from pathlib import Path
from typing import Any

import pytest

from local_aws.planned.account import Account
from local_aws.planned.buckets import needs_artifact, put_object
from local_aws.planned.plan import PlanError, Resource
from local_aws.stack import Stack


@pytest.fixture
def stack(local_aws: Any) -> Stack:
    made = Stack(local_aws.endpoint_url)
    made.create_buckets()
    return made


def test_what_is_deleted_in_a_versioned_bucket_can_be_had_back(stack: Stack) -> None:
    s3 = stack.client("s3")
    for role, versions in (("raw_bucket", 1), ("processed_bucket", 0)):
        where = {"Bucket": stack.name(role), "Key": "events/x"}
        s3.put_object(**where, Body=b"x")
        s3.delete_object(**where)
        found = s3.list_object_versions(Bucket=where["Bucket"]).get("Versions", [])
        assert (role, len(found)) == (role, versions)


def test_a_deleted_key_of_a_versioned_bucket_can_be_written_once_more(stack: Stack) -> None:
    """Snapshots and ledgers are written with If-None-Match; tests put a deployment back by deleting them."""
    s3, where = stack.client("s3"), {"Bucket": stack.name("work_bucket"), "Key": "snapshots/x"}
    s3.put_object(**where, Body=b"1", IfNoneMatch="*")
    s3.delete_object(**where)
    s3.put_object(**where, Body=b"2", IfNoneMatch="*")
    assert s3.get_object(**where)["Body"].read() == b"2"


def test_objects_without_content_are_artifacts() -> None:
    values = {"bucket": "b", "key": "glue/x.zip"}
    assert needs_artifact(Resource("aws_s3_object.a", "aws_s3_object", values))
    assert not needs_artifact(Resource("aws_s3_object.a", "aws_s3_object", {**values, "content": ""}))


@pytest.mark.parametrize("built", [True, False], ids=["another one is built", "nothing is built"])
def test_an_artifact_that_is_not_built_says_what_builds_it(built: bool, tmp_path: Path) -> None:
    account = Account("http://127.0.0.1:1", artifacts=tmp_path if built else None)
    with pytest.raises(PlanError, match=r"glue/x\.zip: expected the artifact x\.zip in .*scripts/build_artifacts\.py"):
        put_object({"Bucket": "b", "Key": "glue/x.zip"}, account)
