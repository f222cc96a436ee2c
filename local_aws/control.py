"""What the local AWS has and AWS has not: its clock, a flush, and a way to see that it is ready.

    GET  /_local/health            200 {"status": "ready"}
    GET  /_local/clock             200 {"now": "2024-12-25T10:00:00+00:00"}
    PUT  /_local/clock             {"now": "2024-12-25T10:00:00+00:00"} time goes on from there; null: real time
    POST /_local/firehose/flush    200 {"delivered": 3}: every buffer is delivered now
    GET  /_local/lambda/events     200 {"waiting": 3}: asynchronous events that are neither done nor dead letters

Setting the clock first delivers what Firehose holds, under the hour in which it arrived.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from local_aws.clients import require_loopback
from local_aws.clock import Clock

Json = dict[str, Any]


def control_application(clock: Clock, flush: Callable[[], int], waiting: Callable[[], int]) -> Any:
    """The WSGI application behind ``/_local/``."""

    def set_clock(body: Json) -> Json:
        clock.set(moment_of(body))
        return {"now": clock.now().isoformat()}

    routes: dict[str, Callable[[Json], Json]] = {
        "GET /_local/health": lambda _: {"status": "ready"},
        "GET /_local/clock": lambda _: {"now": clock.now().isoformat()},
        "PUT /_local/clock": set_clock,
        "POST /_local/firehose/flush": lambda _: {"delivered": flush()},
        "GET /_local/lambda/events": lambda _: {"waiting": waiting()},
    }

    def application(environ: Json, start_response: Any) -> Iterable[bytes]:
        status, reply = respond(routes, environ)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(reply).encode()]

    return application


def respond(routes: dict[str, Callable[[Json], Json]], environ: Json) -> tuple[str, Json]:
    asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    route = routes.get(asked)
    if route is None:
        return "404 Not Found", {"error": f"expected one of {sorted(routes)}, got {asked}"}
    try:
        return "200 OK", route(json.loads(environ["wsgi.input"].read() or b"{}"))
    except ValueError as error:
        return "400 Bad Request", {"error": str(error)}


def moment_of(body: Json) -> datetime | None:
    """The time asked for; ValueError unless it is an ISO 8601 time with its offset, or null."""
    now = body.get("now", "")
    if now is None:
        return None
    moment = datetime.fromisoformat(now) if isinstance(now, str) and now else None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f'expected {{"now": "2024-12-25T10:00:00+00:00"}} or {{"now": null}}, got {body!r}')
    return moment


class LocalControl:
    """The other side: for tests, the demo and imports. Never through a proxy, never off this machine."""

    def __init__(self, endpoint_url: str) -> None:
        self._url = require_loopback(endpoint_url).rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def now(self) -> datetime:
        return datetime.fromisoformat(self._send("GET", "clock")["now"])

    def set_clock(self, moment: datetime | None) -> None:
        """Time goes on from ``moment`` (aware); None: real time."""
        self._send("PUT", "clock", {"now": moment.isoformat() if moment else None})

    def flush(self) -> int:
        """Delivers every Firehose buffer now; the number of objects written."""
        return int(self._send("POST", "firehose/flush")["delivered"])

    def await_functions(self, timeout: float = 600) -> None:
        """Returns when no function has an event to come; TimeoutError after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while waiting := int(self._send("GET", "lambda/events")["waiting"]):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{waiting} events of functions still wait after {timeout} s")
            time.sleep(0.1)

    def wait_ready(self, timeout: float = 30) -> None:
        """Returns when the local AWS answers; TimeoutError after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self._send("GET", "health")
            except OSError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no local AWS at {self._url} after {timeout} s: {error}") from error
                time.sleep(0.05)
            else:
                return

    def _send(self, method: str, path: str, body: Json | None = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/_local/{path}", data, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=60) as response:
                reply: Json = json.load(response)
                return reply
        except urllib.error.HTTPError as error:
            raise ValueError(f"{method} {request.full_url}: {error.read().decode()}") from error
