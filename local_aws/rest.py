"""The REST services before their engines: botocore's own model says where each member of a call and a reply stands.

Supports the protocol rest-json: members in the path, the query, headers, the JSON body, or the body itself (payload).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from local_aws.engine import Reply, RestEngine
from local_aws.errors import ServiceError, unsupported
from local_aws.gateway import Environ, StartResponse, Wsgi, guarded, read_body, send

Json = dict[str, Any]


@dataclass(frozen=True)
class Route:
    method: str
    path: re.Pattern[str]
    operation: OperationModel


def rest_application(engine: RestEngine) -> Wsgi:
    """The WSGI application of one engine."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return guarded(lambda: respond(engine, environ, start_response), environ, start_response)

    return application


def respond(engine: RestEngine, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    operation, members = decode(engine.service, environ)
    answer = engine.operations.get(operation.name)
    if answer is None:
        raise unsupported(engine.service, operation.name)
    status, headers, body = encode(operation, answer(members))
    return send(start_response, status, body, headers, "application/json")


def decode(service: str, environ: Environ) -> tuple[OperationModel, Json]:
    """The operation and its members; UnsupportedOperationException where the model has no such call."""
    for route in routes(service):
        found = route.path.fullmatch(environ["PATH_INFO"])
        if found and route.method == environ["REQUEST_METHOD"]:
            return route.operation, members_of(route.operation, found.groupdict(), environ)
    raise unsupported(service, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")


@cache
def routes(service: str) -> tuple[Route, ...]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    operations = [model.operation_model(name) for name in model.operation_names]
    return tuple(Route(one.http["method"], pattern(one.http["requestUri"]), one) for one in operations)


def pattern(uri: str) -> re.Pattern[str]:
    """``/functions/{FunctionName}/code`` as an expression with a group per member; a greedy one holds slashes."""
    parts = re.split(r"\{(\w+\+?)\}", uri.partition("?")[0].rstrip("/"))
    path = [re.escape(part) if number % 2 == 0 else group(part) for number, part in enumerate(parts)]
    return re.compile("".join(path) + "/?")


def group(name: str) -> str:
    return f"(?P<{name.rstrip('+')}>{'.+' if name.endswith('+') else '[^/]+'})"


def members_of(operation: OperationModel, in_path: Mapping[str, str], environ: Environ) -> Json:
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    body = read_body(environ)
    found: Json = {}
    payload = operation.input_shape.serialization.get("payload")
    for name, shape in operation.input_shape.members.items():
        where = shape.serialization.get("location")
        wire_name = shape.serialization.get("name", name)
        if where == "uri":
            found[name] = in_path[wire_name]
        elif where == "querystring" and wire_name in query:
            found[name] = query[wire_name][0]
        elif where == "header" and (header := environ.get("HTTP_" + wire_name.upper().replace("-", "_"))) is not None:
            found[name] = header
    if payload:
        return {**found, payload: body}
    return {**json_body(body), **found}


def json_body(body: bytes) -> Json:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError("InvalidRequestContentException", f"expected JSON: {error}") from error
    return dict(parsed)


def encode(operation: OperationModel, reply: Reply) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of a reply."""
    status = int(operation.http.get("responseCode", 200))
    shape = operation.output_shape
    if shape is None:
        return status, [], b""
    status = next((int(reply[name]) for name in located(shape, "statusCode") if name in reply), status)
    headers = [
        (shape.members[name].serialization.get("name", name), str(reply[name]))
        for name in located(shape, "header")
        if name in reply
    ]
    payload = shape.serialization.get("payload")
    if payload:
        return status, headers, str(reply[payload]).encode()
    outside = {*located(shape, "header"), *located(shape, "statusCode")}
    body = {name: value for name, value in reply.items() if name not in outside}
    return status, headers, json.dumps(body).encode()


def located(shape: Shape, where: str) -> Iterator[str]:
    return (name for name, member in shape.members.items() if member.serialization.get("location") == where)
