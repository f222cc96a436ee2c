"""One WSGI application for the whole local AWS: control, engines, moto, or a refusal.

An engine answers the operations that moto only pretends to have; moto answers the services and operations that it has
truthfully, by name; everything else is refused. A call is told apart by ``X-Amz-Target`` and by the service in its
signature. A service that is neither an engine's nor in ``TRUTHFUL`` gets 501, never a made-up success.
"""

import json
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

from local_aws.engine import Engine, Operation, RestEngine
from local_aws.errors import ServiceError, unsupported
from local_aws.principals import answering

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

# Signing names of the services that moto has truthfully, as far as this project uses them.
TRUTHFUL = frozenset({"s3", "iam", "sts", "kms", "sns", "sqs", "logs", "monitoring"})
# moto's own pages: its reset button, and an instance's credentials that nobody should find here.
MOTO_PAGES = ("/moto-api", "/latest/meta-data", "/latest/api", "/latest/dynamic")
SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/aws4_request")
STATUS_TEXT = {200: "OK", 400: "Bad Request", 500: "Internal Server Error", 501: "Not Implemented"}

NO_SERVICES: Mapping[str, Wsgi] = MappingProxyType({})


class Gateway:
    """``rest``: who answers the services that have no targets, by signing name."""

    def __init__(
        self, engines: Sequence[Engine], moto: Wsgi, control: Wsgi, rest: Mapping[str, Wsgi] = NO_SERVICES
    ) -> None:
        self._rest = rest
        self._moto = moto
        self._control = control
        targets = [engine for engine in engines if not isinstance(engine, RestEngine)]
        self._operations = operations_of(targets)
        self._services = {engine.target_prefix.rstrip("."): engine.service for engine in targets}
        self._passes = frozenset(target_of(engine, name) for engine in targets for name in engine.passes_to_moto)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/_local/"):
            return self._control(environ, start_response)
        prefix, _, name = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        operation = self._operations.get(f"{prefix}.{name}")
        if operation:
            return answer(operation, environ, start_response)
        rest = self._rest.get(service_of(environ))
        if rest:
            return rest(environ, start_response)
        refusal = self._refusal(environ, prefix, name)
        if refusal:
            return reply_error(refusal, environ, start_response)
        return self._moto(environ, start_response)

    def _refusal(self, environ: Environ, prefix: str, name: str) -> ServiceError | None:
        """Why moto may not answer this call; None where it may."""
        if prefix in self._services:
            return None if f"{prefix}.{name}" in self._passes else unsupported(self._services[prefix], name)
        if environ["PATH_INFO"].startswith(MOTO_PAGES):
            return unsupported("moto", environ["PATH_INFO"])
        service = service_of(environ)
        return None if service in TRUTHFUL else unsupported(service, f"{environ['REQUEST_METHOD']} {name}".strip())


def operations_of(engines: Sequence[Engine]) -> dict[str, Operation]:
    """``{"AWSGlue.StartCrawler": method}``; ValueError where two engines answer the same operation."""
    table: dict[str, Operation] = {}
    for engine in engines:
        for name, operation in engine.operations.items():
            target = target_of(engine, name)
            if target in table:
                raise ValueError(f"expected one engine for {target}, got a second one: {type(engine).__name__}")
            table[target] = operation
    return table


def target_of(engine: Engine, name: str) -> str:
    """The ``X-Amz-Target`` of an operation; a prefix may be given with its dot or without."""
    return f"{engine.target_prefix.rstrip('.')}.{name}"


def service_of(environ: Environ) -> str:
    """The signing name in the request's signature; an unsigned request is S3's, as for AWS itself."""
    query = parse_qs(environ.get("QUERY_STRING", ""))
    signed_url = "".join(f"Credential={value}" for value in query.get("X-Amz-Credential", []))
    found = SCOPE.search(environ.get("HTTP_AUTHORIZATION", "") or signed_url)
    return found[1].lower() if found else "s3"


def answer(operation: Operation, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    def respond() -> Iterable[bytes]:
        reply = operation(json.loads(read_body(environ) or b"{}"))
        return send(start_response, 200, json.dumps(reply, default=as_epoch_seconds).encode())

    return guarded(respond, environ, start_response)


def guarded(respond: Callable[[], Iterable[bytes]], environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The response, or what became of it instead; ``respond`` may ask for the caller of the request."""
    try:
        with answering(environ):
            return respond()
    except ServiceError as error:
        return reply_error(error, environ, start_response)
    except json.JSONDecodeError as error:
        return reply_error(ServiceError("SerializationException", str(error)), environ, start_response)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        internal = ServiceError("InternalServiceException", f"{type(error).__name__}: {error}", status=500)
        return reply_error(internal, environ, start_response)


def read_body(environ: Environ) -> bytes:
    """The whole body; a chunked one has no length."""
    length = environ.get("CONTENT_LENGTH")
    body: bytes = environ["wsgi.input"].read(int(length)) if length else environ["wsgi.input"].read()
    return body


def as_epoch_seconds(value: Any) -> float:
    """AWS's JSON protocol writes a time as seconds since 1970; engines may hand over aware datetimes."""
    return float(value.timestamp())


def reply_error(error: ServiceError, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    headers = [("x-amzn-ErrorType", error.code)]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return send(start_response, error.status, query_error(error), headers, "text/xml")
    body = json.dumps({"__type": error.code, "message": error.message, **error.extra}).encode()
    return send(start_response, error.status, body, headers)


def query_error(error: ServiceError) -> bytes:
    """The error of the older services, which speak forms and XML."""
    from xml.sax.saxutils import escape  # only a refusal needs it

    text = f"<Type>Sender</Type><Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
    return f"<ErrorResponse><Error>{text}</Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>".encode()


def send(
    start_response: StartResponse,
    status: int,
    body: bytes,
    headers: Sequence[tuple[str, str]] = (),
    content_type: str = "application/x-amz-json-1.1",
) -> Iterable[bytes]:
    common = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    start_response(f"{status} {STATUS_TEXT.get(status, 'Error')}", [*common, *headers])
    return [body]
