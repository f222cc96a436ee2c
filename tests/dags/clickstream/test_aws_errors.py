import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from clickstream.aws_errors import error_code, is_transient


def client_error(code, status=400):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Call")


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("SlowDown", 503),
        client_error("InternalError", 500),
        client_error("ConditionalRequestConflict", 409),
        client_error("Whatever", 502),
        ReadTimeoutError(endpoint_url="x"),
        EndpointConnectionError(endpoint_url="x"),
    ],
    ids=lambda error: error_code(error) or type(error).__name__,
)
def test_what_passes_by_itself_may_be_repeated(error):
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [client_error("AccessDenied", 403), client_error("NoSuchKey", 404), ValueError("x")],
    ids=lambda error: error_code(error) or type(error).__name__,
)
def test_what_stays_wrong_is_not_repeated(error):
    assert not is_transient(error)
