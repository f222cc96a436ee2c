"""What arrives at an SNS topic of the local AWS: a queue that subscribes to it, as a person's mail would."""

import json
from dataclasses import dataclass
from typing import Any

from local_aws.clients import ACCOUNT_ID, REGION, local_client

TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:clickstream-alarms-local"  # Terraform's, in the local stack


@dataclass(frozen=True)
class Message:
    subject: str
    text: str


class Inbox:
    """Subscribes a queue of its own to the topic of the alarms, which is made where it is not there."""

    def __init__(self, endpoint_url: str, name: str) -> None:
        self._sqs: Any = local_client("sqs", endpoint_url)
        self._url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns: Any = local_client("sns", endpoint_url)
        sns.create_topic(Name=TOPIC_ARN.rpartition(":")[2])
        sns.subscribe(TopicArn=TOPIC_ARN, Protocol="sqs", Endpoint=arn)

    def messages(self) -> list[Message]:
        """What has arrived since the last call, oldest first."""
        found: list[Message] = []
        while batch := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []):
            for one in batch:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=one["ReceiptHandle"])
                body = json.loads(one["Body"])
                found.append(Message(body["Subject"], body["Message"]))
        return found
