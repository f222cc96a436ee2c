"""Buckets and the key: closed, encrypted, kept as long as they must be."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from terraform_tree import Planned

from clickstream.settings import prefix
from tests.terraform.guards import Guard
from tests.terraform.iam import Call, Statement, allowed, statements

ANYTHING: list[Statement] = [{"Sid": "Anything", "Effect": "Allow", "Action": "*", "Resource": "*"}]
EXPIRES = {
    "raw": ("quarantine/", "errors/"),
    "work": ("staging/", "replays/", "spark-logs/"),
    "results": ("results/", "analysts/"),
}
# What nobody but the janitor may delete, since only it knows what is visible.
NEVER_EXPIRES = ("snapshots", "ledgers", "candidates", "quality")
VERSIONED = ("raw", "work", "artifacts")


def zones(planned: Planned) -> dict[str, str]:
    """Bucket name by zone."""
    found = planned.outputs["buckets"]
    return {str(zone): str(name) for zone, name in found.items()}


def of_bucket(planned: Planned, kind: str) -> dict[str, dict[str, Any]]:
    """The settings of a kind by bucket name."""
    return {values["bucket"]: values for values in planned.of_type(kind).values()}


def every_bucket_blocks_public_access(planned: Planned) -> Iterator[str]:
    blocks = of_bucket(planned, "aws_s3_bucket_public_access_block")
    switches = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    for bucket in zones(planned).values():
        yield from (f"{bucket}: {name} is off" for name in switches if not blocks.get(bucket, {}).get(name))


def every_bucket_belongs_to_its_owner(planned: Planned) -> Iterator[str]:
    controls = of_bucket(planned, "aws_s3_bucket_ownership_controls")
    for bucket in zones(planned).values():
        rules = controls.get(bucket, {}).get("rule", [{}])
        if rules[0].get("object_ownership") != "BucketOwnerEnforced":
            yield f"{bucket}: ACLs are possible"


def every_bucket_is_encrypted_with_the_key(planned: Planned) -> Iterator[str]:
    found = of_bucket(planned, "aws_s3_bucket_server_side_encryption_configuration")
    for bucket in zones(planned).values():
        rule = found.get(bucket, {}).get("rule", [{}])[0]
        default = rule.get("apply_server_side_encryption_by_default", [{}])[0]
        if (default.get("sse_algorithm"), default.get("kms_master_key_id")) != ("aws:kms", key_arn(planned)):
            yield f"{bucket}: its default is not our key"
        if not rule.get("bucket_key_enabled"):
            yield f"{bucket}: no bucket key, on which the key's policies rely"
        if rule.get("blocked_encryption_types") != ["SSE-C"]:
            yield f"{bucket}: objects under keys of their writers are possible"


def key_arn(planned: Planned) -> str:
    return str(planned.outputs["kms_key_arn"])


def every_bucket_refuses_plain_http_and_old_tls(planned: Planned) -> Iterator[str]:
    for bucket, policy in bucket_policies(planned).items():
        for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
            target = bucket_arn(bucket) + ("" if action == "s3:ListBucket" else "/any/key")
            if allowed(Call(action, target, {"aws:securetransport": "false"}), ANYTHING, policy):
                yield f"{bucket}: {action} over plain HTTP is not denied"
            old = {"aws:securetransport": "true", "s3:tlsversion": "1.1"}
            if allowed(Call(action, target, old), ANYTHING, policy):
                yield f"{bucket}: {action} over TLS 1.1 is not denied"
            if not allowed(Call(action, target, old | {"s3:tlsversion": "1.2"}), ANYTHING, policy):
                yield f"{bucket}: {action} over TLS 1.2 is denied"


def every_bucket_refuses_other_keys(planned: Planned) -> Iterator[str]:
    header, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    ours = {header: "aws:kms", key: key_arn(planned)}
    refused = {"S3's own key": {header: "AES256"}, "another key": ours | {key: key_arn(planned)[:-1] + "1"}}
    for bucket, policy in bucket_policies(planned).items():
        target = f"{bucket_arn(bucket)}/any/key"
        for what, context in refused.items():
            if allowed(Call("s3:PutObject", target, context), ANYTHING, policy):
                yield f"{bucket}: {what} is not denied"
        for context in ({}, ours):
            if not allowed(Call("s3:PutObject", target, context), ANYTHING, policy):
                yield f"{bucket}: our key is denied, or the default"


def no_pipeline_role_can_delete_raw(planned: Planned) -> Iterator[str]:
    yield from deletions_of_raw(planned, planned.outputs["role_arns"])


def deletions_of_raw(planned: Planned, roles: Mapping[str, str]) -> Iterator[str]:
    """What the raw bucket lets roles (ARN by whose it is) do, had they every right of their own."""
    raw = zones(planned)["raw"]
    policy = bucket_policies(planned)[raw]
    for actor, role in roles.items():
        for action in ("s3:DeleteObject", "s3:DeleteObjectVersion"):
            call = Call(action, f"{bucket_arn(raw)}/events/year=2024/x.gz", {"aws:principalarn": role})
            if allowed(call, ANYTHING, policy):
                yield f"{actor} may {action} in the raw bucket"
        for action in ("s3:PutLifecycleConfiguration", "s3:PutBucketVersioning", "s3:DeleteBucket"):
            if allowed(Call(action, bucket_arn(raw), {"aws:principalarn": role}), ANYTHING, policy):
                yield f"{actor} may {action} on the raw bucket"


def bucket_policies(planned: Planned) -> dict[str, list[Statement]]:
    """Statements by bucket name; a bucket without a policy has none."""
    found = of_bucket(planned, "aws_s3_bucket_policy")
    return {
        bucket: statements(found[bucket]["policy"]) if bucket in found else [] for bucket in zones(planned).values()
    }


def bucket_arn(bucket: str) -> str:
    return f"arn:aws:s3:::{bucket}"


def what_cannot_be_made_again_is_versioned(planned: Planned) -> Iterator[str]:
    found = of_bucket(planned, "aws_s3_bucket_versioning")
    for zone in VERSIONED:
        status = found.get(zones(planned)[zone], {}).get("versioning_configuration", [{}])[0].get("status")
        if status != "Enabled":
            yield f"{zone}: not versioned"


def every_bucket_aborts_uploads_and_clears_rubbish(planned: Planned) -> Iterator[str]:
    for zone, bucket in zones(planned).items():
        rules = lifecycle(planned, bucket)
        if not any(rule.get("abort_incomplete_multipart_upload") and covers(rule, "any/") for rule in rules):
            yield f"{zone}: incomplete uploads stay"
    for zone, prefixes in EXPIRES.items():
        for key in prefixes:
            if not expires(planned, zone, key):
                yield f"{zone}: {key} stays for ever"


def what_is_visible_never_expires(planned: Planned) -> Iterator[str]:
    for role in NEVER_EXPIRES:
        if expires(planned, "work", prefix(role)):
            yield f"work: {prefix(role)} expires"
    if expires(planned, "processed", "year=2024/"):
        yield "processed: rows expire"


def raw_events_are_deleted_when_asked_and_only_then(planned: Planned) -> Iterator[str]:
    days = planned.plan["variables"]["raw_retention_days"].get("value")
    if expires(planned, "raw", prefix("events")) != (days is not None):
        yield f"raw: events are {'kept' if days else 'deleted'}, though raw_retention_days is {days}"


def lifecycle(planned: Planned, bucket: str) -> list[dict[str, Any]]:
    found = of_bucket(planned, "aws_s3_bucket_lifecycle_configuration").get(bucket, {})
    return [rule for rule in found.get("rule", []) if rule["status"] == "Enabled"]


def old_events_are_archived_and_nothing_else_is(planned: Planned) -> Iterator[str]:
    """To Glacier Instant Retrieval, from which a day can be run again at once."""
    days = int(planned.plan["variables"]["raw_archive_days"]["value"])  # text where it was given as an option
    wanted = {("raw", prefix("events"), days, "GLACIER_IR")}
    found = {
        (zone, rule["filter"][0].get("prefix"), one.get("days"), one["storage_class"])
        for zone, bucket in zones(planned).items()
        for rule in lifecycle(planned, bucket)
        for one in rule.get("transition", [])
    }
    if found != wanted:
        yield f"archived: {sorted(found)}, expected {sorted(wanted)}"


def superseded_versions_go(planned: Planned) -> Iterator[str]:
    """Where there are versions; else what was deleted would be kept, and paid for, for ever."""
    for zone in VERSIONED:
        rules = lifecycle(planned, zones(planned)[zone])
        if not any(covers(rule, prefix("events")) and _forgets(rule) for rule in rules):
            yield f"{zone}: superseded versions stay for ever"


def _forgets(rule: dict[str, Any]) -> bool:
    return any(one.get("noncurrent_days") for one in rule.get("noncurrent_version_expiration", []))


def covers(rule: dict[str, Any], key: str) -> bool:
    return key.startswith(rule["filter"][0].get("prefix") or "")


def expires(planned: Planned, zone: str, key: str) -> bool:
    rules = lifecycle(planned, zones(planned)[zone])
    aged = (rule for rule in rules if any(one.get("days") for one in rule.get("expiration", [])))
    return any(covers(rule, key) for rule in aged)


def buckets_are_not_deleted_with_their_content(planned: Planned) -> Iterable[str]:
    return (f"{a}: force_destroy" for a, values in planned.of_type("aws_s3_bucket").items() if values["force_destroy"])


def the_key_rotates_and_outlives_a_mistake(planned: Planned) -> Iterator[str]:
    for address, key in planned.of_type("aws_kms_key").items():
        if not key.get("enable_key_rotation"):
            yield f"{address}: no rotation"
        if key.get("deletion_window_in_days", 0) < 7:
            yield f"{address}: lost within {key.get('deletion_window_in_days')} days"


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        every_bucket_blocks_public_access,
        every_bucket_belongs_to_its_owner,
        every_bucket_is_encrypted_with_the_key,
        every_bucket_refuses_plain_http_and_old_tls,
        every_bucket_refuses_other_keys,
        no_pipeline_role_can_delete_raw,
        what_cannot_be_made_again_is_versioned,
        every_bucket_aborts_uploads_and_clears_rubbish,
        what_is_visible_never_expires,
        raw_events_are_deleted_when_asked_and_only_then,
        old_events_are_archived_and_nothing_else_is,
        superseded_versions_go,
        buckets_are_not_deleted_with_their_content,
        the_key_rotates_and_outlives_a_mistake,
    )
}
