"""boto3 straight to the local AWS of this process, without a socket: the same requests, a third less CPU.

Hypothesis makes tens of thousands of calls here. Requests are built, signed and parsed as ever, and the gateway, the
engines and moto answer them; only HTTP's parsing and a change of threads are left out, by botocore's `before-send`.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from urllib3 import HTTPHeaderDict, HTTPResponse

from local_aws import moto_app
from local_aws.clients import REGION, session
from local_aws.gateway import Gateway
from local_aws.server import LocalAws


@contextmanager
def local_aws_straight() -> Iterator[LocalAws]:
    """A local AWS whose clients, its engines' own included, need no socket. They are made within this context."""
    gateways: list[Gateway] = []

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        return _answer(gateways[0], request) if gateways else None

    events = session(REGION).events
    events.register("before-send", send)
    try:
        with LocalAws() as aws:
            gateways.append(Gateway(aws.engines, moto_app.application(), _no_control))
            yield aws
            gateways.clear()
    finally:
        events.unregister("before-send", send)


def _no_control(*_: Any) -> Any:
    raise NotImplementedError("the local AWS is not controlled from here")


def _answer(gateway: Gateway, request: AWSPreparedRequest) -> AWSResponse:
    head: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        head.update(status=int(status.split()[0]), headers=HTTPHeaderDict(headers))

    content = b"".join(gateway(_environ(request), start_response))
    body = io.BytesIO(b"" if request.method == "HEAD" else content)
    raw = HTTPResponse(body, **head, preload_content=False, request_method=request.method)
    return AWSResponse(request.url, head["status"], head["headers"], raw)


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url, body = urlsplit(request.url), _body(request)
    headers = {name: value.decode("latin1") if isinstance(value, bytes) else value for name, value in _sent(request)}
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path, "latin1"),
        "RAW_URI": url.path + (f"?{url.query}" if url.query else ""),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": url.hostname,
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "HTTP_HOST": url.netloc,
        **headers,
        "CONTENT_LENGTH": str(len(body)),
    }


def _sent(request: AWSPreparedRequest) -> Iterator[tuple[str, str | bytes]]:
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        yield (key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"), value


def _body(request: AWSPreparedRequest) -> bytes:
    body = request.body.read() if hasattr(request.body, "read") else request.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)
