"""The runtime in an execution environment: imports the handler, then answers one event after the other.

    python -I -S worker.py REQUESTS REPLIES CODE_FOLDER RUNTIME_FOLDER

REQUESTS and REPLIES are numbers of pipes with one JSON object per line. The first reply says how the import ended. When
REQUESTS closes, the local AWS is gone, and this process group ends. Standard library only, nothing of the project: the
function must find just what Lambda would give it. Without ``site``, no package of this machine is on the path.
"""

import importlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any

Json = dict[str, Any]
Handler = Callable[[Any, "Context"], Any]

OURS = (__file__, importlib.__file__, "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")


class Context:
    """The second argument of a handler."""

    identity = None
    client_context = None

    def __init__(self, request: Json) -> None:
        self.aws_request_id = request["request_id"]
        self.invoked_function_arn = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = time.monotonic() + request["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        return max(int((self._deadline - time.monotonic()) * 1000), 0)


class Fault(Exception):
    """What the runtime, not the function's code, says of a function that cannot be loaded."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class JsonFormatter(logging.Formatter):
    """A record of ``logging`` as Lambda writes it under the log format JSON."""

    def format(self, record: logging.LogRecord) -> str:
        entry: Json = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": STATE["request_id"],
        }
        if record.exc_info:
            _, error, frames = record.exc_info
            entry |= {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": stack(frames)}
        return json.dumps(entry, ensure_ascii=False)


STATE = {"request_id": ""}


def load(handler: str) -> Handler:
    """The handler, ``package.module.function``; Fault where it is not there."""
    module_name, dot, name = handler.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{handler}': expected module.function")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    if not hasattr(module, name):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module_name}'")
    found: Handler = getattr(module, name)
    return found


def stack(frames: TracebackType | None) -> list[str]:
    """The function's own frames, as text."""
    return traceback.format_list([entry for entry in traceback.extract_tb(frames) if entry.filename not in OURS])


def error_of(error: Exception, request_id: str) -> Json:
    """The payload of a failed invocation; it is logged, too."""
    if isinstance(error, Fault):
        told = {"errorMessage": str(error), "errorType": error.kind, "requestId": request_id, "stackTrace": []}
    else:
        kind = type(error).__name__
        frames = stack(error.__traceback__)
        told = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": frames}
    print(json.dumps({"timestamp": datetime.now(UTC).isoformat(), "level": "ERROR", **told}), flush=True)
    return {"failed": True, "payload": json.dumps(told)}


def answer(handle: Handler, request: Json) -> Json:
    STATE["request_id"] = request["request_id"]
    try:
        return {"failed": False, "payload": marshal(handle(json.loads(request["payload"]), Context(request)))}
    except Exception as error:
        return error_of(error, request["request_id"])


def marshal(result: Any) -> str:
    try:
        return json.dumps(result)
    except (TypeError, ValueError) as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def read_requests(pipe: IO[str]) -> "queue.SimpleQueue[Json]":
    """A queue that a thread fills, so that the end of the local AWS ends a handler that is at work."""
    requests: queue.SimpleQueue[Json] = queue.SimpleQueue()

    def read() -> None:
        for line in pipe:
            requests.put(json.loads(line))
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=read, name="requests", daemon=True).start()
    return requests


def set_up_logging() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)


def main() -> None:
    requests_fd, replies_fd, code, runtime = sys.argv[1:]
    sys.path[:] = [code, *sys.path, runtime]
    sys.argv = [code]
    requests = read_requests(os.fdopen(int(requests_fd), encoding="utf-8"))
    replies = os.fdopen(int(replies_fd), "w", encoding="utf-8")

    def reply(message: Json) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        replies.write(json.dumps(message) + "\n")
        replies.flush()

    set_up_logging()
    try:
        handle = load(os.environ["_HANDLER"])
    except Exception as error:
        reply(error_of(error, ""))
        sys.exit(1)
    reply({"failed": False, "payload": "null"})
    while True:
        reply(answer(handle, requests.get()))


if __name__ == "__main__":
    main()
