"""Which errors of boto3 pass by themselves. botocore repeats them first; what still arrives here was repeated."""

from typing import Any

THROTTLED = frozenset(
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestLimitExceeded",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "SlowDown", "BandwidthLimitExceeded",
    }
)  # fmt: skip
# The answer says nothing about whether the call was carried out.
ANSWER_UNKNOWN = frozenset(
    {
        "InternalServiceException", "InternalServerException", "InternalServerError", "InternalError",
        "InternalFailure", "OperationTimeoutException", "RequestTimeout", "RequestTimeoutException",
        "ServiceUnavailable", "ServiceUnavailableException", "500", "502", "503", "504",
        "ConditionalRequestConflict",  # S3: another write of this key is under way, such as our own first try
    }
)  # fmt: skip
# Repeats of one call by botocore, with its growing, random pauses: about a minute until an error arrives here.
RETRIES = {"mode": "standard", "total_max_attempts": 8}


def error_code(error: Exception) -> str:
    """The code of a ClientError, such as ``NoSuchKey``; empty where the error is another."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    code: str = response.get("Error", {}).get("Code", "")
    return code


def is_transient(error: Exception) -> bool:
    """Whether the same call may succeed a moment later: throttled, a fault of the service, no connection."""
    from botocore.exceptions import ConnectionError as NotConnected
    from botocore.exceptions import HTTPClientError

    if isinstance(error, (HTTPClientError, NotConnected)):
        return True
    response: dict[str, Any] = getattr(error, "response", None) or {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in THROTTLED | ANSWER_UNKNOWN or status >= 500
