"""The same plan with every value changed, for another environment beside the planned one."""

import json
from collections.abc import Mapping
from typing import Any

from local_aws.planned.creator import bare, leaves
from local_aws.planned.creators import CREATORS
from local_aws.planned.plan import Resource, planned_resources

ENVIRONMENT = "other"
KEY_ID = "00000000-0000-4000-8000-000000000000"  # the plan's own
OTHER_KEY_ID = KEY_ID.replace("0", "1")

# Where another value is one of a few, or has bounds.
OTHERS: Mapping[str, Any] = {
    "aws_s3_bucket_versioning.versioning_configuration.status": "Suspended",
    "aws_s3_bucket_ownership_controls.rule.object_ownership": "ObjectWriter",
    "aws_s3_bucket_lifecycle_configuration.rule.status": "Disabled",
    "aws_s3_bucket_lifecycle_configuration.rule.transition.storage_class": "GLACIER",
    "aws_sqs_queue.message_retention_seconds": 60,
    "aws_glue_job.glue_version": "5.0",
    "aws_glue_job.worker_type": "G.2X",
    "aws_glue_crawler.configuration": '{"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}',
    "aws_kinesis_firehose_delivery_stream.extended_s3_configuration.compression_format": "UNCOMPRESSED",
    "aws_lambda_function.architectures": ["x86_64"],
    "aws_lambda_function_event_invoke_config.maximum_retry_attempts": 1,
    "aws_lambda_function_event_invoke_config.maximum_event_age_in_seconds": 60,
    "aws_s3_bucket_notification.lambda_function.events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"],
    "aws_athena_workgroup.configuration.engine_version.selected_engine_version": "AUTO",
    "aws_athena_workgroup.configuration.result_configuration.encryption_configuration.encryption_option": "SSE_S3",
}
# The one value that there can be here; another one is refused, as test_creators.py shows.
FIXED: Mapping[str, Any] = {
    "aws_s3_bucket.region": "us-east-2",
    "aws_glue_job.command.name": "pythonshell",
    "aws_glue_job.command.python_version": "3.9",
    "aws_glue_job.max_retries": 1,
    "aws_glue_crawler.schema_change_policy.update_behavior": "UPDATE_IN_DATABASE",
    "aws_glue_crawler.schema_change_policy.delete_behavior": "DEPRECATE_IN_DATABASE",
    "aws_kinesis_firehose_delivery_stream.extended_s3_configuration.processing_configuration.processors.type": "Lambda",
    (
        "aws_kinesis_firehose_delivery_stream.extended_s3_configuration.processing_configuration.processors.parameters"
        ".parameter_name"
    ): "SubRecordType",
    "aws_lambda_function.runtime": "python3.9",
    "aws_lambda_function.logging_config.log_format": "Text",
    "aws_lambda_permission.action": "lambda:*",
    "aws_lambda_permission.principal": "*",
    "aws_lambda_permission.source_account": "210987654321",
}


def changed_resources() -> list[Resource]:
    """References stay whole: what is named twice has the same other name."""
    before = {one.address: dict(leaves(one.values)) for one in planned_resources()}
    return [with_other_values(one, before[one.address]) for one in with_another_key(planned_resources(ENVIRONMENT))]


def with_another_key(resources: tuple[Resource, ...]) -> list[Resource]:
    def other(values: Mapping[str, Any]) -> Mapping[str, Any]:
        return json.loads(json.dumps(values).replace(KEY_ID, OTHER_KEY_ID))

    return [Resource(one.address, one.type, other(one.values)) for one in resources]


def with_other_values(resource: Resource, before: Mapping[str, Any]) -> Resource:
    """Every carried value that the other environment has not changed is changed now."""
    values = json.loads(json.dumps(resource.values))
    carried = {bare(attribute) for attribute in CREATORS[resource.type].fields} if resource.type in CREATORS else set()
    for path, value in leaves(resource.values):
        name = f"{resource.type}.{bare(path)}"
        if bare(path) in carried and name not in FIXED and value == before[path]:
            with_value(values, path, OTHERS[name] if name in OTHERS else other_value(value))
    return Resource(resource.address, resource.type, values)


def with_value(values: Any, path: str, value: Any) -> None:
    """Sets it in place: ``rule[0].id``."""
    *parents, last = path.replace("[", ".[").split(".")
    for part in parents:
        values = values[int(part[1:-1])] if part.startswith("[") else values[part]
    values[last] = value


def other_value(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, "x"]
    if isinstance(value, dict):
        return {**{name: f"{inner}x" for name, inner in value.items()}, "--changed": "x"}
    return value.replace('"Sid":"', '"Sid":"X') if value.startswith("{") else f"{value}x"
