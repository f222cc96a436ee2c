"""Stream, job, crawler, workgroup, alarms, function and MWAA as the pipeline needs them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from terraform_tree import Planned

from clickstream.settings import prefix, table
from clickstream_glue import arguments
from tests.terraform.guards import Guard

# Namespace and metric (as AWS documents them), dimension, and when it rings. What our own metrics are: test_alarms.
ALARMS = {
    "job-failed": ("AWS/Events", "Invocations", "RuleName", "Sum", "GreaterThanThreshold", 0),
    "publication-age": ("Clickstream", "PublishedDays", "Environment", "Sum", "LessThanThreshold", 1),
    "stream-not-fresh": (
        "AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", "Maximum", "GreaterThanThreshold", None
    ),
    "stream-errors": ("AWS/Firehose", "DeliveryToS3.Success", "DeliveryStreamName", "Minimum", "LessThanThreshold", 1),
    "stream-throttled": ("AWS/Firehose", "ThrottledRecords", "DeliveryStreamName", "Sum", "GreaterThanThreshold", 0),
    "dead-letters": (
        "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "Maximum", "GreaterThanThreshold", 0
    ),
    "quarantined-share": (
        "Clickstream", "QuarantinedShare", "Environment", "Maximum", "GreaterThanThreshold", None
    ),
}  # fmt: skip
AIRFLOW_OPTIONS = {f"clickstream.{name}" for name in (*arguments.CATCH_UP, "alert_topic_arn")}
DELIMITER = [
    {
        "type": "AppendDelimiterToRecord",
        "parameters": [{"parameter_name": "Delimiter", "parameter_value": "\\n"}],
    }
]
BUDGET_FIELDS = ("notification_type", "comparison_operator", "threshold", "threshold_type")
BUDGET = {("ACTUAL", "GREATER_THAN", 80, "PERCENTAGE"), ("FORECASTED", "GREATER_THAN", 100, "PERCENTAGE")}
# As jsonencode writes it: keys in order.
CRAWLER = {"CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}, "Version": 1}
SEVEN_DAYS = 604_800  # seconds: CloudWatch's most
SCRIPT_ARGUMENTS = {f"--{name}" for name in (*arguments.DAY_MODE, *arguments.CATCH_UP, *arguments.OPTIONAL)}
GLUE_ARGUMENTS = {
    "--extra-py-files", "--job-bookmark-option", "--enable-continuous-cloudwatch-log", "--enable-metrics",
    "--enable-observability-metrics", "--enable-spark-ui", "--spark-event-logs-path",
}  # fmt: skip


def only(planned: Planned, kind: str) -> dict[str, Any]:
    """The one resource of a kind."""
    (values,) = planned.of_type(kind).values()
    return values


def firehose_delivers_gzipped_lines_where_the_layout_says(planned: Planned) -> Iterator[str]:
    stream = only(planned, "aws_kinesis_firehose_delivery_stream")
    target = stream["extended_s3_configuration"][0]
    by_hour = "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/"
    processors = target["processing_configuration"][0]["processors"]
    expected: dict[str, tuple[Any, Any]] = {
        "prefix": (target["prefix"], prefix("events") + by_hour),
        "error prefix": (target["error_output_prefix"], prefix("errors") + "!{firehose:error-output-type}/" + by_hour),
        "compression": (target["compression_format"], "GZIP"),
        "bucket": (target["bucket_arn"], f"arn:aws:s3:::{planned.outputs['buckets']['raw']}"),
        "delimiter": (processors, DELIMITER),
        "delimiter's switch": (target["processing_configuration"][0]["enabled"], True),
        "encryption": (stream["server_side_encryption"][0]["key_type"], "CUSTOMER_MANAGED_CMK"),
        "encryption's switch": (stream["server_side_encryption"][0]["enabled"], True),
        "log": (target["cloudwatch_logging_options"][0], own_log(planned)),
    }
    yield from (f"{what}: {got}, expected {wanted}" for what, (got, wanted) in expected.items() if got != wanted)


def own_log(planned: Planned) -> dict[str, Any]:
    """Where the stream must write its errors: the stream of a group that is planned."""
    stream = only(planned, "aws_cloudwatch_log_stream")
    groups = {values["name"] for values in planned.of_type("aws_cloudwatch_log_group").values()}
    group = stream["log_group_name"] if stream["log_group_name"] in groups else "no group"
    return {"enabled": True, "log_group_name": group, "log_stream_name": stream["name"]}


def the_job_is_glue_5_1_and_leaves_retries_to_airflow(planned: Planned) -> Iterator[str]:
    job = only(planned, "aws_glue_job")
    if (job["glue_version"], job["max_retries"]) != ("5.1", 0):
        yield f"Glue {job['glue_version']} with {job['max_retries']} retries"
    if not job.get("security_configuration"):
        yield "no security configuration: logs and bookmarks in plain"
    given = job["default_arguments"]
    if given.get("--job-bookmark-option") != "job-bookmark-enable":
        yield "catch-up has no bookmark"
    for switch in ("--enable-continuous-cloudwatch-log", "--enable-metrics", "--enable-spark-ui"):
        if given.get(switch) != "true":
            yield f"{switch} is {given.get(switch)}"
    if not given.get("--spark-event-logs-path", "").startswith(f"s3://{planned.outputs['buckets']['work']}/"):
        yield "Spark's event logs lie among the rows, or nowhere"


def the_job_knows_every_argument(planned: Planned) -> Iterator[str]:
    given = set(only(planned, "aws_glue_job")["default_arguments"])
    yield from (f"{name} is nobody's argument" for name in sorted(given - SCRIPT_ARGUMENTS - GLUE_ARGUMENTS))
    needed = {f"--{name}" for name in (*arguments.DAY_MODE, *arguments.CATCH_UP)} - {f"--{arguments.DAY}"}
    yield from (f"{name} is not given" for name in sorted(needed - given))


def the_job_finds_its_code(planned: Planned) -> Iterator[str]:
    job = only(planned, "aws_glue_job")
    uploaded = {f"s3://{one['bucket']}/{one['key']}" for one in planned.of_type("aws_s3_object").values()}
    named = {job["command"][0]["script_location"], *job["default_arguments"]["--extra-py-files"].split(",")}
    yield from (f"{uri} is not uploaded" for uri in sorted(named - uploaded))


def the_crawler_only_adds_partitions(planned: Planned) -> Iterator[str]:
    crawler = only(planned, "aws_glue_crawler")
    if [target["tables"] for target in crawler.get("catalog_target", [])] != [[table("generations")]]:
        yield "its target is not the one table"
    if crawler["schema_change_policy"][0] != {"delete_behavior": "LOG", "update_behavior": "LOG"}:
        yield "it may change a schema"
    if crawler["configuration"] != json.dumps(CRAWLER, separators=(",", ":")):
        yield "partitions do not take the table's schema"


def workgroups_are_enforced_encrypted_and_limited(planned: Planned) -> Iterator[str]:
    """And each keeps its answers to itself: who may read them follows from the prefix."""
    out = planned.outputs
    results = {out["athena_workgroup"]: "results/", out["analyst_workgroup"]: "analysts/"}
    found = {one["name"]: one["configuration"][0] for one in planned.of_type("aws_athena_workgroup").values()}
    if found.keys() != results.keys():
        yield f"workgroups {sorted(found)}, expected {sorted(results)}"
    for name in found.keys() & results.keys():
        yield from (f"{name}: {what}" for what in _lax(planned, found[name], results[name]))


def _lax(planned: Planned, settings: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """What a workgroup's settings leave open."""
    if not settings["enforce_workgroup_configuration"]:
        yield "clients may bring settings of their own"
    if settings["engine_version"][0]["selected_engine_version"] != "Athena engine version 3":
        yield "another engine"
    if not settings.get("bytes_scanned_cutoff_per_query"):
        yield "a query may scan everything"
    result = settings["result_configuration"][0]
    if result["output_location"] != f"s3://{planned.outputs['buckets']['results']}/{prefix}":
        yield f"results go to {result['output_location']}"
    if result["expected_bucket_owner"] != planned.outputs["account_id"]:
        yield "results may go into a bucket of another account"
    encryption = result.get("encryption_configuration", [{}])
    if encryption[0].get("encryption_option") != "SSE_KMS":
        yield "results are not encrypted with the key"


def alarms_are_complete_and_reach_somebody(planned: Planned) -> Iterator[str]:
    environment, topic = planned.outputs["environment"], planned.outputs["alarm_topic_arn"]
    found = {values["alarm_name"]: values for values in planned.of_type("aws_cloudwatch_metric_alarm").values()}
    missing = {f"clickstream-{name}-{environment}" for name in ALARMS} - found.keys()
    yield from (f"no alarm {name}" for name in sorted(missing))
    for name, alarm in found.items():
        if alarm.get("alarm_actions") != [topic] or alarm.get("ok_actions") != [topic]:
            yield f"{name}: nobody hears it, or its end"
        if alarm["period"] * alarm["evaluation_periods"] > SEVEN_DAYS:
            yield f"{name}: looks back further than CloudWatch can"
        if len(alarm.get("alarm_description") or "") < 60:
            yield f"{name}: does not say what it means and where to look"
    for address, budget in planned.of_type("aws_budgets_budget").items():
        told = {tuple(one[name] for name in BUDGET_FIELDS): one for one in budget["notification"]}
        if told.keys() != BUDGET:
            yield f"{address}: tells of {sorted(told)}, expected {sorted(BUDGET)}"
        if any(one.get("subscriber_sns_topic_arns") != [topic] for one in told.values()):
            yield f"{address}: nobody hears it"


def alarms_look_at_what_aws_measures(planned: Planned) -> Iterator[str]:
    """A misspelt metric never rings. None as a threshold: a variable's."""
    environment = planned.outputs["environment"]
    found = {values["alarm_name"]: values for values in planned.of_type("aws_cloudwatch_metric_alarm").values()}
    for name, wanted in ALARMS.items():
        alarm = found.get(f"clickstream-{name}-{environment}")
        if alarm is None:
            continue
        got = (
            alarm["namespace"], alarm["metric_name"], ",".join(alarm["dimensions"]), alarm["statistic"],
            alarm["comparison_operator"], alarm["threshold"] if wanted[-1] is not None else None,
        )  # fmt: skip
        if got != wanted:
            yield f"{name}: looks at {got}, expected {wanted}"
        (watched,) = alarm["dimensions"].values()
        if watched not in names_of(planned, wanted[2]):
            yield f"{name}: watches {watched}, which is not planned"


def names_of(planned: Planned, dimension: str) -> set[str]:
    """What there is that a dimension can name."""
    kinds = {
        "RuleName": "aws_cloudwatch_event_rule",
        "DeliveryStreamName": "aws_kinesis_firehose_delivery_stream",
        "QueueName": "aws_sqs_queue",
    }
    if dimension not in kinds:
        return {planned.outputs["environment"]}
    return {values["name"] for values in planned.of_type(kinds[dimension]).values()}


def silence_is_an_alarm_where_a_scheduler_may_be_dead(planned: Planned) -> Iterator[str]:
    for alarm in planned.of_type("aws_cloudwatch_metric_alarm").values():
        silent = alarm["treat_missing_data"]
        if "publication-age" in alarm["alarm_name"]:
            if silent != "breaching":
                yield "no publication at all would pass"
        elif silent != "notBreaching":
            yield f"{alarm['alarm_name']}: rings, or knows nothing, where nothing happens ({silent})"


def the_function_is_called_by_our_bucket_only(planned: Planned) -> Iterator[str]:
    if not planned.of_type("aws_lambda_function"):
        return
    told = ("aws_lambda_permission", "aws_s3_bucket_notification")
    if lacking := [kind for kind in told if not planned.of_type(kind)]:
        yield f"nothing calls it: no {lacking}"
        return
    function, permission = only(planned, "aws_lambda_function"), only(planned, "aws_lambda_permission")
    raw = f"arn:aws:s3:::{planned.outputs['buckets']['raw']}"
    if (permission.get("source_account"), permission.get("source_arn")) != (planned.outputs["account_id"], raw):
        yield "another bucket may call it"
    asked = permission["principal"], permission["action"], permission["function_name"]
    if asked != ("s3.amazonaws.com", "lambda:InvokeFunction", function["function_name"]):
        yield f"the permission is {asked}"
    queues = {values["arn"] for values in planned.of_type("aws_sqs_queue").values()}
    dead_letters = {one["target_arn"] for one in function.get("dead_letter_config", [])}
    if not dead_letters or dead_letters - queues or not function.get("reserved_concurrent_executions"):
        yield "no dead letters, or no limit"
    groups = {values["name"] for values in planned.of_type("aws_cloudwatch_log_group").values()}
    if function["logging_config"][0]["log_group"] not in groups:
        yield "it writes its log elsewhere"
    if f"arn:aws:s3:::{only(planned, 'aws_s3_bucket_notification')['bucket']}" != raw:
        yield "another bucket tells it"
    notified = only(planned, "aws_s3_bucket_notification")["lambda_function"][0]
    expected = {"filter_prefix": prefix("events"), "filter_suffix": ".gz", "events": ["s3:ObjectCreated:*"]}
    expected["lambda_function_arn"] = function["arn"]
    if any(notified[name] != value for name, value in expected.items()):
        yield "it is called for what it did not ask for, or another is"


def mwaa_is_private_logged_and_configured(planned: Planned) -> Iterator[str]:
    for environment in planned.of_type("aws_mwaa_environment").values():
        if environment["webserver_access_mode"] != "PRIVATE_ONLY":
            yield "its web server is public"
        told = environment["airflow_configuration_options"]
        if set(told) != AIRFLOW_OPTIONS or told != planned.outputs["airflow_configuration"]:
            yield f"it is told {told}"
        artifacts = f"arn:aws:s3:::{planned.outputs['buckets']['artifacts']}"
        paths = [environment[f"{name}_s3_path"] for name in ("dag", "plugins", "requirements")]
        if [environment["source_bucket_arn"], *paths] != [artifacts, "dags", "plugins.zip", "requirements.txt"]:
            yield f"it reads {paths} of {environment['source_bucket_arn']}"
        logs = environment["logging_configuration"][0]
        yield from (f"{name} are off" for name, one in logs.items() if not one or not one[0]["enabled"])
        if not environment.get("kms_key"):
            yield "not encrypted with the key"
    for address, subnet in planned.of_type("aws_subnet").items():
        if subnet.get("map_public_ip_on_launch"):
            yield f"{address}: gives public addresses"


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        firehose_delivers_gzipped_lines_where_the_layout_says,
        the_job_is_glue_5_1_and_leaves_retries_to_airflow,
        the_job_knows_every_argument,
        the_job_finds_its_code,
        the_crawler_only_adds_partitions,
        workgroups_are_enforced_encrypted_and_limited,
        alarms_are_complete_and_reach_somebody,
        alarms_look_at_what_aws_measures,
        silence_is_an_alarm_where_a_scheduler_may_be_dead,
        the_function_is_called_by_our_bucket_only,
        mwaa_is_private_logged_and_configured,
    )
}
