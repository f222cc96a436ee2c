"""Serves an `Edge` on a port of this machine, in front of an endpoint: HTTP in, HTTP out, and connections are cut."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.promise.aws_calls import call_of
from tests.promise.faults import Edge, Reply

_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "date"})


@contextmanager
def serving(edge: Edge, endpoint_url: str) -> Iterator[str]:
    """The URL at which the edge answers while the context is open."""
    upstream = urlsplit(endpoint_url)
    handler = type("Handler", (_Handler,), {"edge": edge, "upstream": (upstream.hostname, upstream.port)})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="edge", daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Server(ThreadingHTTPServer):
    block_on_close = False  # connections of clients that idle

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what this is about; anything else must be seen."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    edge: Edge
    upstream: tuple[str, int]
    _connection: http.client.HTTPConnection | None = None

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = call_of(self.command, self.path, dict(self.headers), body)
        reply = self.edge.answer(call, lambda: self._forward(body))
        if reply is None:
            self._cut()
        else:
            self._send(reply)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # the names that http.server looks for

    def _forward(self, body: bytes) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self.upstream, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_CONNECTION}
        self._connection.request(self.command, self.path, body, headers)
        answer = self._connection.getresponse()
        kept = tuple(pair for pair in answer.getheaders() if self._is_kept(pair[0]))
        return Reply(answer.status, kept, answer.read())

    def _is_kept(self, header: str) -> bool:
        """HEAD says how long a body would be."""
        is_length = header.lower() == "content-length"
        return self.command == "HEAD" if is_length else header.lower() not in _OF_THE_CONNECTION

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        super().finish()
        if self._connection:
            self._connection.close()

    def log_message(self, *args: Any) -> None:
        """Nothing: the journal says what came."""
