"""Planned resources that have no local part, each with the reason. A type that is neither here nor created fails."""

from collections.abc import Mapping

ABSENT: Mapping[str, str] = {
    "aws_cloudwatch_metric_alarm": "nothing local measures, so an alarm would say OK without having looked",
    "aws_cloudwatch_dashboard": "shows metrics, and nothing local measures",
    "aws_cloudwatch_event_rule": "the local Glue tells nobody of its runs and tables: see `clickstream_quality`",
    "aws_cloudwatch_event_target": "belongs to a rule",
    "aws_s3_bucket_server_side_encryption_configuration": (
        "moto would write the key's ARN beside each object and encrypt nothing; S3A, which Spark has here, refuses to "
        "rename an object that names a key over plain HTTP. What Firehose and Athena write says its key all the same"
    ),
    "aws_s3_bucket_policy": (
        "moto reads no conditions, so `DenyPlainHttp` would deny every object; and the local endpoint is plain HTTP, "
        "as the policy denies. tests/terraform ask the planned policies"
    ),
}
