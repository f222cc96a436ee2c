"""A second valid value of every variable, and what it must change: by address, argument and the value there."""

from dataclasses import dataclass, field
from typing import Any

STREAM, JOB, FUNCTION = (
    "aws_kinesis_firehose_delivery_stream.events",
    "aws_glue_job.transform",
    "aws_lambda_function.json_to_parquet[0]",
)
MWAA, BUDGET = "aws_mwaa_environment.airflow[0]", "aws_budgets_budget.monthly[0]"
GIB = 1024**3
RAW, RESULTS = (f'aws_s3_bucket_lifecycle_configuration.zone["{zone}"]' for zone in ("raw", "results"))
PACKAGE = "second.zip"
ROLE = "arn:aws:iam::123456789012:role/service-role/my-airflow"


@dataclass(frozen=True)
class Second:
    """A value that no environment has; ``changes``: (address, path of the argument, value there)."""

    value: Any
    changes: list[tuple[str, str, Any]] = field(default_factory=list)


def alarm(name: str) -> str:
    return f'aws_cloudwatch_metric_alarm.pipeline["{name}"]'


def expired(bucket: str, *rules: str, days: int) -> list[tuple[str, str, Any]]:
    return [(bucket, f"rule.{rule}.expiration.0.days", days) for rule in rules]


# All in one plan: values differ, so that none can stand in for another.
SECOND = {
    "environment": Second("stage", [
        ('aws_s3_bucket.zone["raw"]', "bucket", "clickstream-raw-stage-444455556666"),
        ("aws_athena_workgroup.events[\"analysts\"]", "name", "clickstream-analysts-stage"),
        (JOB, "default_arguments.--environment", "stage"),
    ]),
    "region": Second("eu-central-1", [
        ('aws_s3_bucket.zone["raw"]', "region", "eu-central-1"),
        (JOB, "default_arguments.--region", "eu-central-1"),
        (FUNCTION, "environment.0.variables.AIRFLOW__CLICKSTREAM__REGION", "eu-central-1"),
    ]),
    "account_id": Second("444455556666", [
        ('aws_s3_bucket.zone["work"]', "bucket", "clickstream-work-stage-444455556666"),
        (JOB, "default_arguments.--account_id", "444455556666"),
    ]),
    "tags": Second({"team": "clicks"}, [('aws_s3_bucket.zone["raw"]', "tags_all.team", "clicks")]),
    "force_destroy": Second(True, [
        (f'aws_s3_bucket.zone["{zone}"]', "force_destroy", True)
        for zone in ("raw", "processed", "work", "artifacts", "results")
    ]),
    "key_deletion_days": Second(8, [("aws_kms_key.data", "deletion_window_in_days", 8)]),
    "log_retention_days": Second(545, [
        (f"aws_cloudwatch_log_group.{group}", "retention_in_days", 545) for group in ("firehose", "function")
    ]),
    "raw_archive_days": Second(401, [(RAW, "rule.keep-events.transition.0.days", 401)]),
    "raw_retention_days": Second(777, expired(RAW, "keep-events", days=777)),
    "quarantine_retention_days": Second(71, expired(RAW, "expire-quarantine", "expire-errors", days=71)),
    "results_retention_days": Second(17, expired(RESULTS, "expire-results", days=17)),
    "firehose_buffer_seconds": Second(121, [
        (STREAM, "extended_s3_configuration.0.buffering_interval", 121),
        (alarm("stream-not-fresh"), "threshold", 421),
    ]),
    "firehose_buffer_mib": Second(63, [(STREAM, "extended_s3_configuration.0.buffering_size", 63)]),
    "glue_worker_type": Second("G.4X", [(JOB, "worker_type", "G.4X")]),
    "glue_worker_count": Second(13, [(JOB, "number_of_workers", 13)]),
    "glue_concurrent_runs": Second(9, [(JOB, "execution_property.0.max_concurrent_runs", 9)]),
    "glue_timeout_minutes": Second(97, [(JOB, "timeout", 97)]),
    "crawler_schedule": Second("cron(31 * * * ? *)", [
        ("aws_glue_crawler.generations", "schedule", "cron(31 * * * ? *)"),
    ]),
    "catch_up_schedule": Second("cron(3 4 * * ? *)", [
        ("aws_glue_trigger.catch_up[0]", "schedule", "cron(3 4 * * ? *)"),
    ]),
    "athena_scan_limit_gib": Second(37, [
        (f'aws_athena_workgroup.events["{who}"]', "configuration.0.bytes_scanned_cutoff_per_query", 37 * GIB)
        for who in ("pipeline", "analysts")
    ]),
    "artifacts_folder": Second("tests/artifacts", [
        ('aws_s3_object.artifact["glue_script"]', "source", "tests/artifacts/clickstream_transform.py"),
        ('aws_s3_object.airflow["plugins.zip"]', "source", "tests/artifacts/mwaa/plugins.zip"),
    ]),
    "function_package": Second(PACKAGE, [(FUNCTION, "filename", f"tests/artifacts/{PACKAGE}")]),
    "function_concurrency": Second(11, [(FUNCTION, "reserved_concurrent_executions", 11)]),
    "function_memory_mib": Second(1536, [(FUNCTION, "memory_size", 1536)]),
    "alarm_emails": Second(["second@example.com"], [
        ('aws_sns_topic_subscription.email["second@example.com"]', "endpoint", "second@example.com"),
    ]),
    "publication_age_hours": Second(41, [(alarm("publication-age"), "evaluation_periods", 41)]),
    "quarantined_share_alarm": Second(0.03, [(alarm("quarantined-share"), "threshold", 0.03)]),
    "monthly_budget_usd": Second(55, [(BUDGET, "limit_amount", "55")]),
    "airflow_version": Second("3.4.9", [(MWAA, "airflow_version", "3.4.9")]),
    "airflow_class": Second("mw1.large", [(MWAA, "environment_class", "mw1.large")]),
    "airflow_max_workers": Second(7, [(MWAA, "max_workers", 7)]),
    "airflow_access_mode": Second("PUBLIC_ONLY", [(MWAA, "webserver_access_mode", "PUBLIC_ONLY")]),
    "vpc_cidr": Second("10.77.0.0/20", [
        ("aws_vpc.airflow[0]", "cidr_block", "10.77.0.0/20"),
        ("aws_subnet.public[1]", "cidr_block", "10.77.12.0/22"),
    ]),
    "nat_gateway_count": Second(2, [("aws_nat_gateway.airflow[1]", "tags.Name", "clickstream-network-stage-1")]),
}  # fmt: skip

# Of an Airflow that exists, which cannot be asked for beside one that is made.
SECOND_OF_AN_AIRFLOW = {
    "existing_airflow_role_arn": Second(ROLE, [
        ("aws_iam_role_policy_attachment.existing_airflow[0]", "role", "my-airflow"),
    ]),
}  # fmt: skip

# Variables that the plans above cannot have, and who tries them.
ELSEWHERE = {
    "create_airflow": "every plan of the guards has it off, and the plan `full` on",
    "airflow_network": "excludes the network that is made: airflow_moves_into_a_network_that_exists, of terraform test",
}
