"""The topic of the alarms, the journal, and the queue of dead letters, of which only the function's comes to life."""

import json
from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.creator import Creator, Json, call

_NO_RIGHTS = "nobody's rights are checked; tests/terraform do that on the plan"


def create_queue(arguments: Json, account: Account) -> Any:
    """SQS takes every attribute as text."""
    attributes = {name: as_text(value) for name, value in arguments.pop("Attributes", {}).items()}
    account.client("sqs").create_queue(**arguments, Attributes=attributes)


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def set_queue_policy(arguments: Json, account: Account) -> Any:
    """The plan knows a queue's URL at apply only; its policy names the queue."""
    policy = arguments["Attributes"]["Policy"]
    (arn,) = {statement["Resource"] for statement in json.loads(policy)["Statement"]}
    sqs = account.client("sqs")
    sqs.set_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"], **arguments)


CREATORS = {
    "aws_sns_topic": Creator(
        call("sns", "create_topic"),
        {"name": "Name", "kms_master_key_id": "Attributes.KmsMasterKeyId"},
        kept={"Attributes.KmsMasterKeyId": "moto encrypts nothing"},
    ),
    "aws_sns_topic_policy": Creator(
        call("sns", "set_topic_attributes", AttributeName="Policy"),
        {"arn": "TopicArn", "policy": "AttributeValue"},
        kept={"AttributeValue": _NO_RIGHTS},
    ),
    "aws_sqs_queue": Creator(
        create_queue,
        {
            "name": "QueueName",
            "message_retention_seconds": "Attributes.MessageRetentionPeriod",
            "kms_master_key_id": "Attributes.KmsMasterKeyId",
            "kms_data_key_reuse_period_seconds": "Attributes.KmsDataKeyReusePeriodSeconds",
            "sqs_managed_sse_enabled": "Attributes.SqsManagedSseEnabled",
        },
        kept={
            "Attributes.KmsMasterKeyId": "moto encrypts nothing",
            "Attributes.KmsDataKeyReusePeriodSeconds": "moto encrypts nothing",
            "Attributes.SqsManagedSseEnabled": "moto encrypts nothing",
        },
    ),
    "aws_sqs_queue_policy": Creator(
        set_queue_policy, {"policy": "Attributes.Policy"}, kept={"Attributes.Policy": _NO_RIGHTS}
    ),
}
