"""An AWS as far away as a region: answers come after some milliseconds, and cost no processor but the caller's.

A process of its own between a client and the local AWS. What it was asked once it answers from memory, so that a
benchmark measures the client and the distance, and no emulator. For calls that change nothing.

    python -m benchmarks.distant PORT
"""

import asyncio
import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

LATENCY = 0.015  # seconds; S3's first byte of a small object, as its users measure it
Asked = tuple[str, bytes, str]  # method and target, body, what is called


class Distance:
    """One keep-alive connection after the other; ``answers`` are whole HTTP responses by what was asked."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._answers: dict[Asked, bytes] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (head := await _head(reader)) is not None:
            line, headers = head
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            asked = (line, body, headers.get("x-amz-target", ""))
            if asked not in self._answers:
                self._answers[asked] = await asyncio.to_thread(_forward, self._port, line, headers, body)
            await asyncio.sleep(LATENCY)
            writer.write(self._answers[asked])
        writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    """Method and target, and the headers by lower-case name; None at the end of the connection."""
    try:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    headers = (line.partition(": ") for line in lines)
    return first.rpartition(" ")[0], {name.lower(): value for name, _, value in headers}


def _forward(port: int, line: str, headers: dict[str, str], body: bytes) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(*line.split(" "), body, headers)
    answer = connection.getresponse()
    content = answer.read()
    kept = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders()
                   if name.lower() not in ("content-length", "transfer-encoding", "connection"))  # fmt: skip
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{kept}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


async def _main(port: int) -> None:
    server = await asyncio.start_server(Distance(port).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def distant(endpoint_url: str) -> Iterator[str]:
    """The address of the AWS at ``endpoint_url``, ``LATENCY`` away."""
    command = [sys.executable, "-m", "benchmarks.distant", str(urlsplit(endpoint_url).port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  our own command
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
