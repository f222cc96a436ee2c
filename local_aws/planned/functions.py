"""The function: its code, its events' settings, who may invoke it, and the bucket that tells it of new objects.

Its code is the package for this machine, which scripts/build_artifacts.py makes beside the one for AWS, with the same
members but for the machine's own libraries; ``architectures`` says what AWS runs (decision 11).
"""

from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.buckets import artifact
from local_aws.planned.creator import Creator, Json, call

PACKAGE = "json_to_parquet-host.zip"
_NOTIFICATIONS = "NotificationConfiguration.LambdaFunctionConfigurations[]"


def create_function(arguments: Json, account: Account) -> Any:
    reserved = arguments.pop("ReservedConcurrentExecutions")
    functions = account.client("lambda")
    functions.create_function(**arguments, Code={"ZipFile": artifact(PACKAGE, account)})
    functions.put_function_concurrency(FunctionName=arguments["FunctionName"], ReservedConcurrentExecutions=reserved)


def put_notifications(arguments: Json, account: Account) -> Any:
    """A filter is a rule of the key here, and an attribute of its own there."""
    for one in arguments["NotificationConfiguration"]["LambdaFunctionConfigurations"]:
        rules = [{"Name": name.lower(), "Value": one.pop(name)} for name in ("Prefix", "Suffix")]
        one["Filter"] = {"Key": {"FilterRules": rules}}
    account.client("s3").put_bucket_notification_configuration(**arguments)


CREATORS = {
    "aws_lambda_function": Creator(
        create_function,
        {
            "function_name": "FunctionName",
            "description": "Description",
            "role": "Role",
            "runtime": "Runtime",
            "architectures": "Architectures",
            "handler": "Handler",
            "memory_size": "MemorySize",
            "timeout": "Timeout",
            "reserved_concurrent_executions": "ReservedConcurrentExecutions",
            "kms_key_arn": "KMSKeyArn",
            "environment.variables": "Environment.Variables",
            "dead_letter_config.target_arn": "DeadLetterConfig.TargetArn",
            "logging_config.log_format": "LoggingConfig.LogFormat",
            "logging_config.log_group": "LoggingConfig.LogGroup",
        },
        kept={
            "Role": "nobody's rights are checked",
            "KMSKeyArn": "nothing is encrypted here",
            "Architectures": "the package is this machine's",
        },
    ),
    "aws_lambda_function_event_invoke_config": Creator(
        call("lambda", "put_function_event_invoke_config"),
        {
            "function_name": "FunctionName",
            "maximum_retry_attempts": "MaximumRetryAttempts",
            "maximum_event_age_in_seconds": "MaximumEventAgeInSeconds",
        },
    ),
    "aws_lambda_permission": Creator(
        call("lambda", "add_permission"),
        {
            "function_name": "FunctionName",
            "statement_id": "StatementId",
            "action": "Action",
            "principal": "Principal",
            "source_arn": "SourceArn",
            "source_account": "SourceAccount",
        },
    ),
    "aws_s3_bucket_notification": Creator(
        put_notifications,
        {
            "bucket": "Bucket",
            "lambda_function[].id": f"{_NOTIFICATIONS}.Id",
            "lambda_function[].lambda_function_arn": f"{_NOTIFICATIONS}.LambdaFunctionArn",
            "lambda_function[].events": f"{_NOTIFICATIONS}.Events",
            "lambda_function[].filter_prefix": f"{_NOTIFICATIONS}.Prefix",
            "lambda_function[].filter_suffix": f"{_NOTIFICATIONS}.Suffix",
        },
    ),
}
