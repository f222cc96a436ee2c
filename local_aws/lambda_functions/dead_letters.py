"""An event that failed for good, as Lambda sends it to the function's dead-letter queue."""

import json
from dataclasses import dataclass
from typing import Any

from local_aws.lambda_functions.sandbox import Event, Outcome

MAX_MESSAGE = 1024  # bytes of the error's text


@dataclass(frozen=True)
class Reason:
    """``code``: the HTTP status of the last attempt, which is 200 where the function itself failed."""

    code: int
    message: str


def reason_of(outcome: Outcome) -> Reason:
    return Reason(200, str(json.loads(outcome.payload).get("errorMessage", "")))


def message(event: Event, reason: Reason) -> dict[str, Any]:
    """Arguments of SendMessage: the event as it came, and why it failed as attributes."""
    text = reason.message.encode()[:MAX_MESSAGE].decode(errors="ignore")
    return {
        "MessageBody": event.payload,
        "MessageAttributes": {
            "RequestID": {"DataType": "String", "StringValue": event.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": str(reason.code)},
            "ErrorMessage": {"DataType": "String", "StringValue": text or "Unknown"},
        },
    }
