import pytest

from local_aws.errors import ServiceError
from local_aws.rest import decode, encode, pattern, routes
from tests.local_aws.lambda_functions.conftest import Lab, lab

__all__ = ["lab"]


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        return self._content


def request(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> dict[str, object]:
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": Body(body), **headers}


def test_members_come_from_path_query_headers_and_body() -> None:
    asked = request(
        "POST", "/2015-03-31/functions/f/invocations", "Qualifier=1", b"{}", HTTP_X_AMZ_INVOCATION_TYPE="Event"
    )
    operation, members = decode("lambda", asked)
    assert operation.name == "Invoke"
    assert members == {"FunctionName": "f", "Qualifier": "1", "InvocationType": "Event", "Payload": b"{}"}


def test_members_come_from_a_json_body() -> None:
    asked = request("PUT", "/2017-10-31/functions/f/concurrency", body=b'{"ReservedConcurrentExecutions": 2}')
    operation, members = decode("lambda", asked)
    assert operation.name == "PutFunctionConcurrency"
    assert members == {"FunctionName": "f", "ReservedConcurrentExecutions": 2}


def test_a_body_that_is_no_json_is_refused() -> None:
    with pytest.raises(ServiceError, match="expected JSON"):
        decode("lambda", request("PUT", "/2017-10-31/functions/f/concurrency", body=b"{"))


@pytest.mark.parametrize("asked", [("GET", "/nowhere"), ("PATCH", "/2015-03-31/functions")])
def test_a_call_that_the_service_does_not_have_is_refused(asked: tuple[str, str]) -> None:
    with pytest.raises(ServiceError, match="does not support"):
        decode("lambda", request(*asked))


def test_a_reply_goes_into_status_headers_and_body() -> None:
    invoke = next(route.operation for route in routes("lambda") if route.operation.name == "Invoke")
    reply = {"StatusCode": 202, "FunctionError": "Unhandled", "Payload": '{"a": 1}'}
    assert encode(invoke, reply) == (202, [("X-Amz-Function-Error", "Unhandled")], b'{"a": 1}')


def test_a_reply_without_a_shape_is_empty() -> None:
    delete = next(route.operation for route in routes("lambda") if route.operation.name == "RemovePermission")
    assert encode(delete, {}) == (204, [], b"")


def test_a_greedy_member_holds_slashes() -> None:
    assert pattern("/tags/{Resource+}").fullmatch("/tags/a/b")
    assert not pattern("/tags/{Resource}").fullmatch("/tags/a/b")


def test_a_crash_of_an_engine_is_an_internal_error(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.engine.function = lambda name: 1 / 0  # type: ignore[method-assign, assignment]
    with pytest.raises(Exception, match="InternalServiceException.*ZeroDivisionError"):
        lab.invoke("f")
    assert "ZeroDivisionError" in capsys.readouterr().err
