"""The calls of a running job to what runs it. Real Glue has a service of its own for them, as its error names show."""

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

from py4j.protocol import Py4JError  # type: ignore[import-untyped]

TOKEN = "LOCAL_AWS_RUN_TOKEN"  # noqa: S105  the variable's name; the engine gives each run's process its own token
TIMEOUT = 60  # seconds
PAUSES = (0.1, 0.4, 1.6)  # seconds before each further try, as the SDKs make them
BUSY = frozenset({429, 500, 502, 503, 504})  # not 501: what the local AWS does not support
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class JobExecutorError(Py4JError):  # type: ignore[misc]
    """A refused call. On Glue it is a ``Py4JJavaError``, a ``Py4JError`` too, with the same text in it."""


class BusyError(JobExecutorError):
    """The service was throttled or broken: another try may help."""


def call(operation: str, **members: Any) -> dict[str, Any]:
    """One call on behalf of this run; JobExecutorError with the service's own error and text."""
    if TOKEN not in os.environ:
        raise RuntimeError(f"bookmarks need a job run of the local AWS, which sets {TOKEN}: it is not set here")
    request = urllib.request.Request(  # noqa: S310  the engine's own address
        os.environ["AWS_ENDPOINT_URL"],
        json.dumps({"Token": os.environ[TOKEN], **members}).encode(),
        {"X-Amz-Target": f"AWSGlue.{operation}", "Content-Type": "application/x-amz-json-1.1"},
    )
    for pause in PAUSES:
        try:
            return sent(request)
        except BusyError:
            time.sleep(pause)
    return sent(request)


def sent(request: urllib.request.Request) -> dict[str, Any]:
    """One try."""
    try:
        with NO_PROXY.open(request, timeout=TIMEOUT) as answer:
            reply: dict[str, Any] = json.load(answer)
            return reply
    except urllib.error.HTTPError as refused:
        kind = BusyError if refused.code in BUSY else JobExecutorError
        raise kind(told(refused.read().decode())) from None


def told(body: str) -> str:
    """An error reply in the form in which Glue's jobs see it; another body as it is."""
    try:
        error = json.loads(body)
        return f"com.amazonaws.services.gluejobexecutor.model.{error['__type']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return body
