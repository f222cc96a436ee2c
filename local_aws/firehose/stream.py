"""One delivery stream: a buffer that is open, and closed buffers that wait for delivery."""

import gzip
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local_aws.firehose.destination import Destination
from local_aws.firehose.prefix import at_time, with_random

# The producer waits for nothing here, but two cores are shared with Spark: fast beats small.
GZIP_LEVEL = 3


@dataclass
class Buffer:
    """Records that become one object. Its key is fixed when it opens, so that a repeated delivery overwrites itself."""

    first_arrival: datetime
    prefix: str  # with its timestamps evaluated
    key: str
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0  # bytes, as sent by the producer


@dataclass
class Stream:
    name: str
    description: dict[str, Any]
    destination: Destination
    tags: dict[str, str] = field(default_factory=dict)
    open: Buffer | None = None
    closed: deque[Buffer] = field(default_factory=deque)

    def put(self, records: Sequence[bytes], now: datetime) -> None:
        """Appends records that arrive ``now``. A buffer never mixes two prefixes."""
        prefix = at_time(self.destination.prefix, now)
        if self.open and self.open.prefix != prefix:
            self.close_buffer()
        for record in records:
            if self.open is None:
                self.open = Buffer(now, prefix, with_random(prefix) + self._object_name(now))
            self.open.chunks += (record, self.destination.delimiter)
            self.open.size += len(record)
            if self.open.size >= self.destination.size:
                self.close_buffer()

    def close_buffer(self) -> None:
        if self.open:
            self.closed.append(self.open)
            self.open = None

    def close_if_due(self, now: datetime) -> None:
        if self.open and now >= self.open.first_arrival + timedelta(seconds=self.destination.interval):
            self.close_buffer()

    def _object_name(self, now: datetime) -> str:
        version = self.description["VersionId"]
        return f"{self.name}-{version}-{now:%Y-%m-%d-%H-%M-%S}-{uuid.uuid4()}{self.destination.extension}"

    def object_of(self, buffer: Buffer) -> dict[str, Any]:
        """The arguments of S3's PutObject."""
        body = b"".join(buffer.chunks)
        request: dict[str, Any] = {
            "Bucket": self.destination.bucket,
            "Key": buffer.key,
            "Body": gzip.compress(body, GZIP_LEVEL) if self.destination.gzip else body,
        }
        if self.destination.kms_key:
            request |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.destination.kms_key}
        return request
