"""Log groups and streams that Terraform makes; the engines make those that Glue makes on AWS."""

from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.creator import Creator, Json, call


def create_group(arguments: Json, account: Account) -> Any:
    days = arguments.pop("retentionInDays", None)
    account.client("logs").create_log_group(**arguments)
    if days:
        account.client("logs").put_retention_policy(logGroupName=arguments["logGroupName"], retentionInDays=days)


CREATORS = {
    "aws_cloudwatch_log_group": Creator(
        create_group,
        {"name": "logGroupName", "kms_key_id": "kmsKeyId", "retention_in_days": "retentionInDays"},
        kept={
            "kmsKeyId": "moto encrypts nothing",
            "retentionInDays": "all is forgotten when the local AWS ends",
        },
    ),
    "aws_cloudwatch_log_stream": Creator(
        call("logs", "create_log_stream"), {"log_group_name": "logGroupName", "name": "logStreamName"}
    ),
}
