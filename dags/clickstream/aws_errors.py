"""Which errors of boto3 pass by themselves, and what an error that does not says to who reads it.

botocore repeats a call first; what still arrives here was repeated.
"""

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
_WHAT = ("Bucket", "Key", "Prefix", "DatabaseName", "TableName", "Name", "JobName", "QueryExecutionId")  # of a call
_DENIED = "the role that runs this may not: terraform/policy_*.tf grant each role its calls"
_MISSING = "Terraform makes it: apply the stack, or correct clickstream.environment, which its name is made of"
_EXPIRED = "the credentials have run out: start again with new ones"
_ADVICE = {
    "AccessDenied": _DENIED, "AccessDeniedException": _DENIED, "403": _DENIED,
    "NoSuchBucket": _MISSING, "EntityNotFoundException": _MISSING,
    "ExpiredToken": _EXPIRED, "ExpiredTokenException": _EXPIRED,
}  # fmt: skip
_PASSES = "this passes by itself: do it again later"


def error_code(error: Exception) -> str:
    """The code of a ClientError, such as ``NoSuchKey``; empty where the error is another."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    code: str = response.get("Error", {}).get("Code", "")
    return code


def is_transient(error: Exception) -> bool:
    """Whether the same call may succeed a moment later: throttled, a fault of the service, no connection."""
    from botocore.exceptions import ConnectionError as NotConnected
    from botocore.exceptions import HTTPClientError, IncompleteReadError

    if isinstance(error, (HTTPClientError, NotConnected, IncompleteReadError)):
        return True
    return _passes(getattr(error, "response", None) or {})


def explaining(client: Any) -> Any:
    """The boto3 client, whose errors from now on name what was called for, and what to do."""
    client.meta.events.register("before-parameter-build", _note)
    client.meta.events.register("after-call", _explain)
    return client


def _note(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["clickstream_call"] = ", ".join(f"{name} {params[name]}" for name in _WHAT if name in params)


def _explain(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """botocore makes the error's text of this message, after this event."""
    error = parsed.get("Error")
    if error:
        advice = _ADVICE.get(error.get("Code", ""), _PASSES if _passes(parsed) else "")
        about = "; ".join(filter(None, (context.get("clickstream_call", ""), advice)))
        error["Message"] = f"{error.get('Message', '')} [{about}]"


def _passes(response: dict[str, Any]) -> bool:
    code = response.get("Error", {}).get("Code", "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code in THROTTLED | ANSWER_UNKNOWN or status >= 500
