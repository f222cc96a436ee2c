"""What the operations share: required fields, errors in Athena's form, pages."""

from collections.abc import Sequence
from typing import Any

from local_aws.engine import Reply
from local_aws.errors import ServiceError


class InvalidRequest(ServiceError):
    """InvalidRequestException, which has an AthenaErrorCode of its own."""

    def __init__(self, message: str, athena_code: str) -> None:
        super().__init__("InvalidRequestException", message)
        self.athena_code = athena_code
        self.extra = {"AthenaErrorCode": athena_code}


def invalid(message: str, athena_code: str = "INVALID_INPUT") -> InvalidRequest:
    return InvalidRequest(message, athena_code)


def required(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    if not value:
        raise invalid(f"expected {field}, which is missing or empty")
    return str(value)


def next_page(body: dict[str, Any], field: str, items: Sequence[Any], most: int) -> Reply:
    """``most`` is the operation's own limit; NextToken is the place to go on from."""
    start, size = token(body), int(body.get("MaxResults", most))
    if not 1 <= size <= most:
        raise invalid(f"MaxResults must be between 1 and {most}, got {size}")
    reply: Reply = {field: list(items[start : start + size])}
    return reply | ({"NextToken": str(start + size)} if start + size < len(items) else {})


def token(body: dict[str, Any]) -> int:
    text = str(body.get("NextToken", "0"))
    if not text.isdigit():
        raise invalid(f"NextToken is none of ours: {text[:40]!r}")
    return int(text)
