"""A server on this machine that takes records as Firehose does and has a clock to set; it notes what it is asked."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeFirehose:
    """``calls``: ("clock", iso or None), ("flush",) and ("put", stream, [records]), in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.headers: list[dict[str, str]] = []
        self.on_clock = threading.Event()
        self.hold = threading.Event()  # cleared: puts wait
        self.hold.set()
        self.url = ""

    @property
    def records(self) -> list[bytes]:
        return [record for call in self.calls if call[0] == "put" for record in call[2]]

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == "/_local/clock":
            self.calls.append(("clock", body["now"]))
            self.on_clock.set()
            return {"now": body["now"]}
        if path == "/_local/firehose/flush":
            self.calls.append(("flush",))
            return {"delivered": 0}
        self.hold.wait(20)
        records = [base64.b64decode(record["Data"]) for record in body["Records"]]
        self.calls.append(("put", body["DeliveryStreamName"], records))
        return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"} for _ in records]}


@contextmanager
def fake_firehose() -> Iterator[FakeFirehose]:
    fake = FakeFirehose()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fake.headers.append(dict(self.headers))
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = json.dumps(fake.answer(self.path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_PUT = do_POST

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
