"""Every protocol that boto3 speaks to the local AWS."""

import io
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest

from local_aws.clients import local_client
from local_aws.recording.requests import asked

TABLE = {"DatabaseName": "d", "TableInput": {"Name": "t", "Description": "not a name"}}


def sent(service: str, call: str, **arguments: Any) -> dict[str, Any]:
    """The WSGI environment of a request that boto3 would send; nothing is sent."""
    client = local_client(service, "http://127.0.0.1:1", principal="me")
    taken: list[AWSRequest] = []

    def take(request: Any, **_: Any) -> Any:
        taken.append(request)
        raise InterruptedError

    client.meta.events.register("before-send", take)
    with pytest.raises(InterruptedError):
        getattr(client, call)(**arguments)
    request: Any = taken[0]
    text = {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in request.headers.items()}
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    path, _, query = request.url.removeprefix("http://127.0.0.1:1").partition("?")
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in text.items()}
    return {
        **headers,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": text.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }


@pytest.mark.parametrize(
    ("service", "call", "arguments", "expected"),
    [
        ("glue", "update_table", TABLE, ("glue", "UpdateTable", {"DatabaseName": "d", "TableInput.Name": "t"})),
        ("glue", "start_job_run", {"JobName": "j"}, ("glue", "StartJobRun", {"JobName": "j"})),
        (
            "cloudwatch",
            "put_metric_data",
            {"Namespace": "Clickstream", "MetricData": [{"MetricName": "m", "Value": 1}]},
            ("monitoring", "PutMetricData", {"Namespace": "Clickstream"}),
        ),
        ("sns", "publish", {"TopicArn": "t", "Message": "secret"}, ("sns", "Publish", {"TopicArn": "t"})),
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}, ("s3", "GetObject", {"Bucket": "b", "Key": "k"})),
    ],
    ids=["JSON, a structure", "JSON", "CBOR", "form", "REST"],
)
def test_the_call_is_read_in_each_protocol(service: str, call: str, arguments: Any, expected: Any) -> None:
    assert asked(sent(service, call, **arguments)) == expected


@pytest.mark.parametrize("service", ["glue", "sns", "cloudwatch"])
def test_the_body_is_put_back(service: str) -> None:
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "glue": ("get_job", {"JobName": "j"}),
        "sns": ("list_topics", {}),
        "cloudwatch": ("list_metrics", {}),
    }
    environ = sent(service, calls[service][0], **calls[service][1])
    before = environ["wsgi.input"].getvalue()
    asked(environ)
    assert environ["wsgi.input"].read() == before
    assert environ["CONTENT_LENGTH"] == str(len(before))
