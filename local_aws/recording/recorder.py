"""Writes down the calls that reach the local AWS: one line of JSON per kind of call.

    {"principal": "clickstream-crawler-local", "service": "s3", "operation": "ListObjectsV2",
     "parameters": {"Bucket": "b", "Prefix": "year=2024/"}}

A call that differs in nothing of this is written once; ``counted`` says how often each operation was called. Of its
parameters those are kept that name a resource, never content. Calls that fail count: they were asked for. Nobody's are
left out: what no credentials sign (the clock of the local AWS, its own protocol for a job's bookmark), and what an
engine asks moto directly.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from local_aws.principals import signer
from local_aws.recording.requests import Parameters, asked

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


@dataclass(frozen=True)
class Recorded:
    """One kind of call; ``parameters`` as botocore names them."""

    principal: str
    service: str
    operation: str
    parameters: Parameters

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


class Recorder:
    """Around a WSGI application. ``path`` is added to, so that local AWSs may share a file one after another.

    ``counted``: calls by service and operation, such as ``("s3", "PutObject")``.
    """

    def __init__(self, path: Path) -> None:
        self.counted = Counter[tuple[str, str]]()
        self._path = path
        self._lock = threading.Lock()
        self._written: set[str] = set()

    def __enter__(self) -> Self:
        self._file: TextIO = self._path.open("a", encoding="utf-8", buffering=1)  # a line is there once it is written
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def around(self, application: Wsgi) -> Wsgi:
        """The application, each of whose requests is written down before it is answered."""

        def recorded(environ: Environ, start_response: Any) -> Iterable[bytes]:
            if principal := signer(environ):
                self._write(Recorded(principal, *asked(environ)))
            return application(environ, start_response)

        return recorded

    def _write(self, call: Recorded) -> None:
        line = call.to_json()
        with self._lock:
            self.counted[call.service, call.operation] += 1
            if line not in self._written and not self._file.closed:
                self._written.add(line)
                self._file.write(f"{line}\n")


def read_recorded(path: Path) -> list[Recorded]:
    """What was written to a file; FileNotFoundError where nobody recorded."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Recorded(**json.loads(line)) for line in dict.fromkeys(lines)]
