"""Buckets, how each keeps its objects, and the objects that Terraform uploads. Their policies and default
encryption: see absent.py."""

from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.creator import Creator, Json, call
from local_aws.planned.plan import PlanError, Resource

_RULES = "LifecycleConfiguration.Rules[]"
_NOBODY_ELSE = "one account, on this machine alone"


def put_object(arguments: Json, account: Account) -> Any:
    """With the planned content, or with the artifact of the key's own name."""
    if "Body" not in arguments:
        arguments["Body"] = artifact(arguments["Key"], account)
    account.client("s3").put_object(**arguments)


def artifact(key: str, account: Account) -> bytes:
    name = key.rpartition("/")[2]
    if not account.artifacts or not (account.artifacts / name).is_file():
        raise PlanError(
            f"{key}: expected the artifact {name} in {account.artifacts}; scripts/build_artifacts.py makes it"
        )
    return (account.artifacts / name).read_bytes()


def needs_artifact(resource: Resource) -> bool:
    return resource.type == "aws_s3_object" and "content" not in resource.values


CREATORS = {
    "aws_s3_bucket": Creator(
        call("s3", "create_bucket"),
        {"bucket": "Bucket", "region": "CreateBucketConfiguration.LocationConstraint"},
        ignored={"force_destroy": "what `terraform destroy` may delete"},
    ),
    "aws_s3_bucket_versioning": Creator(
        call("s3", "put_bucket_versioning"),
        {"bucket": "Bucket", "versioning_configuration.status": "VersioningConfiguration.Status"},
    ),
    "aws_s3_bucket_public_access_block": Creator(
        call("s3", "put_public_access_block"),
        {
            "bucket": "Bucket",
            "block_public_acls": "PublicAccessBlockConfiguration.BlockPublicAcls",
            "block_public_policy": "PublicAccessBlockConfiguration.BlockPublicPolicy",
            "ignore_public_acls": "PublicAccessBlockConfiguration.IgnorePublicAcls",
            "restrict_public_buckets": "PublicAccessBlockConfiguration.RestrictPublicBuckets",
        },
        kept={"PublicAccessBlockConfiguration": _NOBODY_ELSE},
    ),
    "aws_s3_bucket_ownership_controls": Creator(
        call("s3", "put_bucket_ownership_controls"),
        {"bucket": "Bucket", "rule[].object_ownership": "OwnershipControls.Rules[].ObjectOwnership"},
        kept={"OwnershipControls": _NOBODY_ELSE},
    ),
    "aws_s3_bucket_lifecycle_configuration": Creator(
        call("s3", "put_bucket_lifecycle_configuration"),
        {
            "bucket": "Bucket",
            "rule[].id": f"{_RULES}.ID",
            "rule[].status": f"{_RULES}.Status",
            "rule[].filter.prefix": f"{_RULES}.Filter.Prefix",
            "rule[].abort_incomplete_multipart_upload.days_after_initiation": (
                f"{_RULES}.AbortIncompleteMultipartUpload.DaysAfterInitiation"
            ),
            "rule[].expiration.days": f"{_RULES}.Expiration.Days",
            "rule[].expiration.expired_object_delete_marker": f"{_RULES}.Expiration.ExpiredObjectDeleteMarker",
            "rule[].transition[].days": f"{_RULES}.Transitions[].Days",
            "rule[].transition[].storage_class": f"{_RULES}.Transitions[].StorageClass",
            "rule[].noncurrent_version_expiration.noncurrent_days": (
                f"{_RULES}.NoncurrentVersionExpiration.NoncurrentDays"
            ),
        },
        kept={_RULES: "all is forgotten when the local AWS ends, and no day of real time passes before"},
    ),
    "aws_s3_object": Creator(put_object, {"bucket": "Bucket", "key": "Key", "content": "Body"}),
}
