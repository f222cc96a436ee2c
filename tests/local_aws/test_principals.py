from typing import Any

import pytest

from local_aws.clients import local_client
from local_aws.principals import ANYBODY, answering, caller, role_name, signer
from local_aws.server import LocalAws

SIGNED = "AWS4-HMAC-SHA256 Credential={}/20241225/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("arn:aws:iam::123456789012:role/clickstream-crawler-local", "clickstream-crawler-local"),
        ("arn:aws:iam::123456789012:role/service-role/r", "r"),
        ("r", "r"),
    ],
)
def test_a_role_is_given_by_its_arn_or_its_name(role: str, name: str) -> None:
    assert role_name(role) == name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"HTTP_AUTHORIZATION": SIGNED.format("clickstream-crawler-local")}, "clickstream-crawler-local"),
        ({"QUERY_STRING": "X-Amz-Credential=me%2F20241225%2Feu-west-1%2Fs3%2Faws4_request"}, "me"),
        ({}, None),
    ],
    ids=["header", "signed URL", "unsigned"],
)
def test_the_key_id_says_who_calls(environ: dict[str, Any], name: str | None) -> None:
    assert signer(environ) == name
    with answering(environ):
        assert caller() == (name or ANYBODY)
    assert caller() == ANYBODY


def test_whoever_calls_has_the_same_account(local_aws: LocalAws) -> None:
    """moto derives an account from some key ids."""
    url = local_aws.endpoint_url
    local_client("s3", url).create_bucket(
        Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    other = local_client("s3", url, principal="clickstream-glue-job-local")
    assert [bucket["Name"] for bucket in other.list_buckets()["Buckets"]] == ["bucket"]
