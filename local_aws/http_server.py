"""The HTTP server in front of the gateway: HTTP/1.1 with keep-alive, on one port of 127.0.0.1 (or of its container).

uvicorn parses, a2wsgi carries each request to a thread: connections that idle cost nothing, and moto's code, which
blocks, still runs in parallel. moto's own server (werkzeug) closes every connection after one answer: measured with
boto3, 300 small puts took 2.4 s instead of 1.2 s; 50 parallel puts of 5 MB took 1.5 s in both.
"""

import errno
import socket
import threading
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware

from local_aws.clients import container_name

HOST = "127.0.0.1"
# In a container of docker-compose.yaml, whose network is its own, and which publishes the port on 127.0.0.1.
CONTAINER_HOST = "0.0.0.0"  # noqa: S104
# Engines call S3 through this same port while they answer: many more threads than calls, or they wait for each other.
MAX_THREADS = 256
BACKLOG = 1024  # connections that Spark's and boto3's pools may open at once


class PortTakenError(OSError):
    def __init__(self, port: int, host: str) -> None:
        super().__init__(f"port {port} of {host} is taken: stop what listens there, or choose another with --port")


def listen(port: int) -> socket.socket:
    """A bound socket; port 0 lets the system choose. Raises :class:`PortTakenError`."""
    host = CONTAINER_HOST if container_name() else HOST
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
        # Callers may connect from now on; they wait until the server takes them.
        server.listen(BACKLOG)
    except OSError as error:
        server.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(port, host) from error
        raise
    return server


class HttpServer:
    """Serves one WSGI application on a bound socket from a thread, from ``start`` to ``stop``."""

    def __init__(self, listener: socket.socket) -> None:
        self._socket = listener
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, application: Any) -> None:
        config = uvicorn.Config(
            WSGIMiddleware(at_the_edge(application), workers=MAX_THREADS),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=60,  # seconds: S3A keeps its pool of connections for that long
            timeout_graceful_shutdown=2,  # seconds
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="local-aws", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends open requests within two seconds; does nothing when the server was never started."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()


def at_the_edge(application: Any) -> Any:
    """Tells WSGI what ASGI knows: the path as it was sent (S3 keys hold encoded slashes) and where the body ends."""

    def edge(environ: dict[str, Any], start_response: Any) -> Any:
        query = environ["QUERY_STRING"]
        environ["RAW_URI"] = environ["asgi.scope"]["raw_path"].decode("latin1") + (f"?{query}" if query else "")
        environ["wsgi.input_terminated"] = True
        return application(environ, start_response)

    return edge
