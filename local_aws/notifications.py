"""S3 tells functions of new objects.

Supports: bucket notification configurations with Lambda functions, ``s3:ObjectCreated:*`` or its kinds (Put, Post,
Copy, CompleteMultipartUpload), prefix and suffix filters; a configuration is refused where its function is missing or
does not permit S3 to invoke it on behalf of the bucket; one asynchronous event per object, as ``event_of`` writes it.
Different from AWS: a configuration holds from now on, not after minutes; each event is delivered once, where S3 says
"at least once": tests deliver again what they have seen.
Does not support: queues, topics, EventBridge, other kinds of events. All of these are refused.
moto keeps the configuration and knows which event matches it; it calls ``deliver`` when an object is complete.
"""

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote_plus
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.errors import ServiceError, unsupported
from local_aws.gateway import Environ, StartResponse, Wsgi, read_body, send
from local_aws.lambda_functions.engine import LambdaEngine

Json = dict[str, Any]

S3 = "s3.amazonaws.com"
CREATED = frozenset(
    {f"s3:ObjectCreated:{kind}" for kind in ("*", "Put", "Post", "Copy", "CompleteMultipartUpload")}
)  # fmt: skip
FIRST_SEQUENCER = 0x0055AED6DCD90281E5  # of a number that only grows; what it starts with means nothing


class Notifications:
    def __init__(self, functions: LambdaEngine, now: Callable[[], datetime]) -> None:
        self._functions = functions
        self._now = now
        self._numbers = itertools.count(FIRST_SEQUENCER)

    def around(self, moto: Wsgi) -> Wsgi:
        """moto, which is asked to keep a configuration only where S3 and the local AWS would accept it."""

        def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            if not is_configuration(environ):
                return moto(environ, start_response)
            body = read_body(environ)
            try:
                self._check(environ["PATH_INFO"].strip("/"), body)
            except ServiceError as error:
                return send(start_response, error.status, error_xml(error), content_type="application/xml")
            return moto({**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}, start_response)

        return application

    def deliver(self, account_id: str, kind: str, bucket: Any, key: Any) -> None:
        """Submits an event for each function that is to know; ``bucket`` and ``key`` are moto's."""
        configured = bucket.notification_configuration
        for one in configured.cloud_function if configured else ():
            if one.matches(kind, key.name):
                self._submit(one.arn, event_of(kind, one.id, bucket.name, key, self._now(), next(self._numbers)))

    def _submit(self, arn: str, event: Json) -> None:
        bucket = event["Records"][0]["s3"]["bucket"]["arn"]
        try:
            if not self._functions.may_be_invoked(arn, S3, bucket):
                raise ServiceError("AccessDenied", f"{arn} does not permit S3 to invoke it for {bucket}")
            self._functions.submit(arn, event)
        except ServiceError as error:  # the permission or the function went after the configuration came
            print(f"local s3: a notification is lost: {error}", file=sys.stderr, flush=True)

    def _check(self, bucket: str, body: bytes) -> None:
        for arn in function_arns(body):
            try:
                permitted = self._functions.may_be_invoked(arn, S3, f"arn:aws:s3:::{bucket}")
            except ServiceError:
                permitted = False
            if not permitted:
                message = f"Unable to validate the following destination configurations: {arn}, bucket {bucket}"
                raise ServiceError("InvalidArgument", message)


def is_configuration(environ: Environ) -> bool:
    query = environ.get("QUERY_STRING", "").split("&")
    return environ["REQUEST_METHOD"] == "PUT" and bool({"notification", "notification="} & set(query))


def function_arns(body: bytes) -> list[str]:
    """The functions of a configuration; ServiceError for what else it holds."""
    arns = []
    for destination in ElementTree.fromstring(body):  # noqa: S314  from this machine's own clients
        if bare(destination.tag) != "CloudFunctionConfiguration":
            raise unsupported("s3", f"{bare(destination.tag)} of a notification configuration")
        texts = list(members(destination))
        for name, text in texts:
            if name == "Event" and text not in CREATED:
                raise unsupported("s3", f"notifications of {text}")
        arns += [text for name, text in texts if name == "CloudFunction"]
    return arns


def members(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    return ((bare(member.tag), (member.text or "").strip()) for member in element)


def bare(tag: str) -> str:
    """Without the namespace."""
    return tag.rpartition("}")[2]


def error_xml(error: ServiceError) -> bytes:
    return f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>".encode()


def event_of(kind: str, configuration: str, bucket: str, key: Any, now: datetime, number: int) -> Json:
    """The event as S3 writes it, version 2.1: the key as in a form, but for its slashes; the ETag without quotes."""
    versioned = {} if key.version_id in (None, "null") else {"versionId": key.version_id}
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
                "eventName": kind.removeprefix("s3:"),
                "userIdentity": {"principalId": f"AWS:{ACCOUNT_ID}"},
                "requestParameters": {"sourceIPAddress": "127.0.0.1"},
                "responseElements": {"x-amz-request-id": f"{number:016X}", "x-amz-id-2": "local"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": configuration,
                    "bucket": {
                        "name": bucket,
                        "ownerIdentity": {"principalId": ACCOUNT_ID},
                        "arn": f"arn:aws:s3:::{bucket}",
                    },
                    "object": {
                        "key": quote_plus(key.name, safe="/"),
                        "size": key.size,
                        "eTag": key.etag.strip('"'),
                        **versioned,
                        "sequencer": f"{number:018X}",
                    },
                },
            }
        ]
    }
