"""Athena works with its caller's rights: what a query reads and writes, it reads and writes as who started it."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.athena.objects import ObjectStore
from local_aws.clients import local_client


@dataclass(frozen=True)
class Access:
    """The catalog and S3 as one principal; its cached objects are its own, so that nobody reads by another's rights."""

    glue: Any
    store: ObjectStore


class AccessByCaller:
    """``of(principal)``: made at a principal's first query, then kept. Thread-safe."""

    def __init__(self, endpoint_url: str, directory: Path) -> None:
        self._endpoint_url = endpoint_url
        self._directory = directory
        self._made: dict[str, Access] = {}
        self._lock = threading.Lock()

    def of(self, principal: str) -> Access:
        with self._lock:
            if principal not in self._made:
                glue, s3 = (local_client(name, self._endpoint_url, principal=principal) for name in ("glue", "s3"))
                self._made[principal] = Access(glue, ObjectStore(s3, self._directory / f"of-{principal}"))
            return self._made[principal]
