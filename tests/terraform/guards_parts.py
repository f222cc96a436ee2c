"""Each part with our key, its own role, and nothing of another deployment."""

from collections.abc import Iterator, Mapping
from typing import Any

from terraform_tree import Planned

from tests.terraform.guards import Guard
from tests.terraform.guards_access import POLICIES, places
from tests.terraform.guards_storage import key_arn
from tests.terraform.variants import leaves

# What a key is called, by resources that encrypt.
KEY_ARGUMENTS = frozenset({"key_arn", "kms_key", "kms_key_arn", "kms_key_id", "kms_master_key_id"})
# Resources that must name a key. Queues may have SQS's own instead; buckets have a rule of their own.
ENCRYPTED = (
    "aws_athena_workgroup", "aws_cloudwatch_log_group", "aws_glue_security_configuration",
    "aws_kinesis_firehose_delivery_stream", "aws_lambda_function", "aws_mwaa_environment", "aws_sns_topic",
)  # fmt: skip
# Where a part says in which role it acts, and whose that is.
ROLES = {
    "aws_kinesis_firehose_delivery_stream": ("role_arn", "firehose"),
    "aws_glue_job": ("role_arn", "glue-job"),
    "aws_glue_crawler": ("role", "crawler"),
    "aws_lambda_function": ("role", "json-to-parquet"),
    "aws_mwaa_environment": ("execution_role_arn", "airflow"),
}
MODES = {
    "s3_encryption": ("s3_encryption_mode", "SSE-KMS"),
    "cloudwatch_encryption": ("cloudwatch_encryption_mode", "SSE-KMS"),
    "job_bookmarks_encryption": ("job_bookmarks_encryption_mode", "CSE-KMS"),
}


def named(values: Any, arguments: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Where an argument of these names lies, and what it says."""
    for path in leaves(values):
        if path[-1] in arguments:
            value = values
            for step in path:
                value = value[step]
            yield ".".join(map(str, path)), value


def everything_is_encrypted_with_our_key(planned: Planned) -> Iterator[str]:
    for address, one in planned.resources.items():
        keys = list(named(one["values"], KEY_ARGUMENTS))
        yield from (f"{address}: {path} is {key}" for path, key in keys if key != key_arn(planned))
        if one["type"] in ENCRYPTED and not keys:
            yield f"{address}: names no key"


def glue_encrypts_results_logs_and_bookmarks(planned: Planned) -> Iterator[str]:
    configurations = planned.of_type("aws_glue_security_configuration")
    for address, one in configurations.items():
        blocks = one["encryption_configuration"][0]
        for block, (argument, mode) in MODES.items():
            if blocks[block][0][argument] != mode:
                yield f"{address}: {argument} is {blocks[block][0][argument]}, expected {mode}"
    ours = [one["name"] for one in configurations.values()]
    for kind in ("aws_glue_job", "aws_glue_crawler"):
        for address, one in planned.of_type(kind).items():
            if [one.get("security_configuration")] != ours:
                yield f"{address}: its security configuration is {one.get('security_configuration')}, expected {ours}"


def each_part_acts_in_its_own_role(planned: Planned) -> Iterator[str]:
    arns = planned.outputs["role_arns"]
    for kind, (argument, actor) in ROLES.items():
        for address, values in planned.of_type(kind).items():
            found = [role for _, role in named(values, frozenset({argument}))]
            if found != [arns[actor]]:
                yield f"{address}: acts as {found}, expected {arns[actor]}"


def each_part_works_in_this_deployment(planned: Planned) -> Iterator[str]:
    """The job's and the function's settings, the crawler's database."""
    out, region = planned.outputs, places(planned).region
    identity = {"environment": out["environment"], "account_id": out["account_id"], "region": region}
    uris = {f"--{zone}_uri": f"s3://{out['buckets'][zone]}/" for zone in ("raw", "processed", "work")}
    job = {**uris, **{f"--{name}": value for name, value in identity.items()}}
    function = {f"AIRFLOW__CLICKSTREAM__{name.upper()}": value for name, value in identity.items()}
    for address, values in planned.of_type("aws_glue_job").items():
        yield from _others(address, values["default_arguments"], job)
    for address, values in planned.of_type("aws_lambda_function").items():
        yield from _others(address, values["environment"][0]["variables"], function)
    for address, values in planned.of_type("aws_glue_crawler").items():
        yield from _others(address, dict(named(values, frozenset({"database_name"}))), {
            "database_name": out["glue_database"], "catalog_target.0.database_name": out["glue_database"],
        })  # fmt: skip


def _others(address: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        if found.get(name) != value:
            yield f"{address}: {name} is {found.get(name)}, expected {value}"


def each_role_has_its_policy(planned: Planned) -> Iterator[str]:
    """By name: Terraform attaches a policy to the role that it names."""
    names = {actor: arn.rpartition("/")[2] for actor, arn in planned.outputs["role_arns"].items()}
    for actor, name in names.items():
        own = planned.resources.get(POLICIES[actor], {"values": {}})["values"]
        attached = [one["role"] for one in planned.of_type("aws_iam_role_policy_attachment").values()]
        if name not in (attached if actor == "airflow" else [own.get("role")]):
            yield f"{actor}: its role has no policy"
    for address in planned.of_type("aws_mwaa_environment"):
        if planned.resources.get(POLICIES["mwaa"], {"values": {}})["values"].get("role") != names["airflow"]:
            yield f"{address}: its role lacks what MWAA itself needs"


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        everything_is_encrypted_with_our_key,
        glue_encrypts_results_logs_and_bookmarks,
        each_part_acts_in_its_own_role,
        each_part_works_in_this_deployment,
        each_role_has_its_policy,
    )
}
