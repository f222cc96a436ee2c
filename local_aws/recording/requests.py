"""What an HTTP request asks of AWS: service, operation and the names of resources, in each protocol spoken here.

S3 has its own (``s3``). Otherwise JSON with the operation in ``X-Amz-Target``, forms with it in ``Action``, and CBOR
with it in the path. A body that had to be read is put back.
"""

import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from botocore.parsers import RpcV2CBORParser

from local_aws.gateway import read_body, service_of
from local_aws.recording.s3 import s3_call

Parameters = dict[str, Any]
Environ = dict[str, Any]

# Members that name a resource: at the top, or in the structure before the dot.
NAMING = (
    *("DatabaseName", "Name", "TableName", "TableInput.Name", "JobName", "CrawlerName", "WorkGroup", "FunctionName"),
    *("DeliveryStreamName", "logGroupName", "Namespace", "TopicArn", "TargetArn", "QueueUrl", "KeyId"),
)
CBOR_PATH = "/operation/"


def asked(environ: Environ) -> tuple[str, str, Parameters]:
    """(signing name of the service, operation, naming parameters)."""
    service = service_of(environ)
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return service, target.rpartition(".")[2], naming(json.loads(taken_body(environ) or b"{}"))
    if CBOR_PATH in environ["PATH_INFO"]:
        return service, environ["PATH_INFO"].rpartition("/")[2], naming(cbor(taken_body(environ)))
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded") and service != "s3":
        form = dict(parse_qsl(taken_body(environ).decode()))
        return service, form.get("Action", ""), naming(form)
    if service == "s3":
        return service, *s3_call(environ, lambda: taken_body(environ))
    return service, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", {}  # REST: lambda's


def naming(body: Mapping[str, Any]) -> Parameters:
    found = {name: member(body, name.split(".")) for name in NAMING}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def member(body: Any, path: list[str]) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def cbor(body: bytes) -> Mapping[str, Any]:
    parser = RpcV2CBORParser()
    found = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body)) if body else {}
    return found if isinstance(found, dict) else {}


def taken_body(environ: Environ) -> bytes:
    """The body, which whoever answers finds as it was."""
    body = read_body(environ)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body
