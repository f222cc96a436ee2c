"""A run's output on its way to CloudWatch Logs."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger(__name__)

GROUP = "/aws-glue/jobs"
MAX_EVENT = 65_000  # characters of a message: at four bytes each within CloudWatch's 256 KiB for an event
MAX_BATCH_BYTES = 1_048_576
MAX_BATCH_EVENTS = 10_000
OVERHEAD = 26  # bytes that each event counts beyond its message


class LogStream:
    """Ships what is appended to a file as events of one stream; a line is shipped once it is whole."""

    def __init__(self, client: Any, group: str, stream: str, source: Path, now: Callable[[], datetime]) -> None:
        self._client, self._group, self._stream, self._source, self._now = client, group, stream, source, now
        self._offset = 0
        open_stream(client, group, stream)

    def ship(self, final: bool = False) -> None:
        """Sends the lines that are new; the last one too, whole or not, when ``final``."""
        with self._source.open("rb") as source:
            source.seek(self._offset)
            read = source.read()
        whole = len(read) if final else read.rfind(b"\n") + 1
        self._offset += whole
        stamp = int(accepted(self._now()).timestamp() * 1000)
        for batch in batches(messages(read[:whole])):
            self._put([{"timestamp": stamp, "message": message} for message in batch])

    def _put(self, events: list[dict[str, Any]]) -> None:
        try:
            self._client.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=events)
        except (BotoCoreError, ClientError) as error:  # a run does not fail because its log does
            log.warning("%d log events of %s were lost: %s", len(events), self._stream, error)


def open_stream(client: Any, group: str, stream: str) -> None:
    """Makes the stream, and its group only where that is missing: who logs into a planned group may make none."""
    try:
        ensure(client.create_log_stream, logGroupName=group, logStreamName=stream)
    except client.exceptions.ResourceNotFoundException:
        ensure(client.create_log_group, logGroupName=group)
        ensure(client.create_log_stream, logGroupName=group, logStreamName=stream)


def ensure(create: Callable[..., Any], **names: str) -> None:
    try:
        create(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise


def accepted(moment: datetime) -> datetime:
    """The moment, moved into what CloudWatch takes: real time less 14 days to real time plus 2 hours.

    Outside of that, where the local clock was moved, it would silently drop the events.
    """
    real = datetime.now(UTC)
    return min(max(moment, real - timedelta(days=13)), real + timedelta(minutes=110))


def messages(output: bytes) -> Iterator[str]:
    """Lines without their ends, cut to what an event holds; CloudWatch takes no empty one."""
    for line in output.splitlines():
        text = line.decode("utf-8", "replace")
        for start in range(0, len(text), MAX_EVENT):
            yield text[start : start + MAX_EVENT]


def batches(lines: Iterator[str]) -> Iterator[list[str]]:
    """Groups within CloudWatch's limits of one PutLogEvents."""
    batch: list[str] = []
    size = 0
    for line in lines:
        cost = len(line.encode()) + OVERHEAD
        if batch and (size + cost > MAX_BATCH_BYTES or len(batch) == MAX_BATCH_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += cost
    if batch:
        yield batch
