"""One local AWS per file, with a queue for dead letters, and functions made of a few lines."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from local_aws.clients import ACCOUNT_ID, local_client
from local_aws.lambda_functions.engine import LambdaEngine
from local_aws.server import LocalAws

DEAD_LETTERS = f"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:dead-letters"
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/toy"


def package(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def function(name: str, source: str = "def handle(event, context): return event", **settings: Any) -> dict[str, Any]:
    """A request that creates ``toy.handle``."""
    return {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Role": ROLE,
        "Handler": "toy.handle",
        "Timeout": 60,
        "MemorySize": 512,
        "LoggingConfig": {"LogFormat": "JSON"},
        "Code": {"ZipFile": package({"toy.py": source})},
        **settings,
    }


@dataclass(frozen=True)
class Lab:
    aws: LocalAws

    @cached_property
    def lambdas(self) -> Any:
        return self.client("lambda")

    @property
    def engine(self) -> LambdaEngine:
        return self.aws.engine(LambdaEngine)

    def client(self, service: str) -> Any:
        return local_client(service, self.aws.endpoint_url)

    def create(self, name: str, *source: str, **settings: Any) -> Any:
        return self.lambdas.create_function(**function(name, *source, **settings))

    def invoke(self, name: str, event: Any = None) -> Any:
        """What the function answered, or the error that it ended with."""
        reply = self.lambdas.invoke(FunctionName=name, Payload=json.dumps(event))
        answer = json.loads(reply["Payload"].read())
        assert reply["StatusCode"] == 200
        assert ("FunctionError" in reply) == (isinstance(answer, dict) and "errorType" in answer)
        return answer

    def send(self, name: str, event: Any) -> None:
        """Asynchronously."""
        reply = self.lambdas.invoke(FunctionName=name, Payload=json.dumps(event), InvocationType="Event")
        assert reply["StatusCode"] == 202

    def log(self, name: str) -> list[str]:
        """Every message of the function's log group, stream after stream."""
        logs, group = self.client("logs"), f"/aws/lambda/{name}"
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        events = [logs.get_log_events(logGroupName=group, logStreamName=one["logStreamName"]) for one in streams]
        return [event["message"] for one in events for event in one["events"]]

    def dead_letters(self) -> list[Any]:
        """Takes what is in the queue."""
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName="dead-letters")["QueueUrl"]
        found: list[Any] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
            "Messages"
        ):
            found += messages
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with LocalAws() as aws:
        made = Lab(aws)
        made.engine.events.second = 0.001  # of waiting: a retry comes after 0.06 and 0.12 seconds
        made.client("sqs").create_queue(QueueName="dead-letters")
        yield made
