"""Sends records to a Firehose stream, retries exactly those that failed, and counts what was delivered.

Records are sent *without* a newline: the stream's newline delimiter is on (`AppendDelimiterToRecord`), and a second
newline would make a blank line of every record. Batches go one after the other: one connection already exceeds what
a stream takes by default (1 to 5 MiB/s), and the order of arrival stays the order of sending.

Needs boto3 only when it sends, and Python 3.10.
"""

import json
import os
import random
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

Hour = tuple[datetime, list[bytes]]  # the UTC hour of arrival (aware), and its records in the order of arrival

# Firehose's own limits of one PutRecordBatch call and of one record
BATCH_RECORDS, BATCH_BYTES, RECORD_BYTES = 500, 4 * 1024 * 1024, 1000 * 1024
ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds; doubled with every attempt, then a random part of it
THROTTLED = frozenset(
    {
        "InternalFailure",
        "LimitExceededException",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
    }
)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LOCAL_REGION = "eu-west-1"  # of the local AWS, where nothing else is said
# botocore's (configuration key, environment variable, default, conversion) for what must not be read from this machine
_NO_PROFILE = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class DeliveryError(Exception):
    """The stream takes nothing more, or cannot be reached; the message says why."""


@dataclass
class Delivery:
    """Counts of records, and the bytes of those that were delivered. Firehose may deliver one more than once."""

    sent: int = 0
    delivered: int = 0
    retried: int = 0
    bytes: int = 0

    @property
    def failed(self) -> int:
        return self.sent - self.delivered

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("sent", "delivered", "retried", "failed", "bytes")}


def send(
    client: Any,
    stream_name: str,
    records: Iterable[bytes],
    delivery: Delivery | None = None,
    *,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
) -> Delivery:
    """Sends every record once, failed ones up to ``attempts`` times; adds to ``delivery`` and returns it.

    DeliveryError when a whole batch came back that often. A refusal that no retry heals (no such stream, no
    permission) is boto3's own exception. In both cases ``delivery`` holds what was delivered so far.
    """
    delivery = Delivery() if delivery is None else delivery
    for batch in batches(records):
        delivery.sent += len(batch)
        left = _deliverable(batch)
        for attempt in range(attempts):
            if not left:
                break
            if attempt:
                sleep(pause(attempt))
                delivery.retried += len(left)
            tried, left = left, _put(client, stream_name, left)
            delivery.delivered += len(tried) - len(left)
            delivery.bytes += _size(tried) - _size(left)
        if left and len(left) == len(batch):
            raise DeliveryError(f"stream {stream_name} took none of {len(batch)} records in {attempts} attempts")
    return delivery


def batches(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lists of at most 500 records and 4 MiB."""
    batch: list[bytes] = []
    size = 0
    for record in records:
        if batch and (len(batch) == BATCH_RECORDS or size + len(record) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record)
    if batch:
        yield batch


def pause(attempt: int) -> float:
    """Seconds before the attempt (1 is the second one): exponential, with full jitter."""
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))


def _size(records: Iterable[bytes]) -> int:
    return sum(map(len, records))


def _deliverable(batch: list[bytes]) -> list[bytes]:
    """Without records that Firehose never takes: one of them would make it refuse the whole batch."""
    fitting = [record for record in batch if len(record) <= RECORD_BYTES]
    if len(fitting) < len(batch):
        print(f"{len(batch) - len(fitting)} records over {RECORD_BYTES} bytes are not sent", file=sys.stderr)
    return fitting


def _put(client: Any, stream_name: str, records: list[bytes]) -> list[bytes]:
    """Those of the records that Firehose did not take this time."""
    from botocore import exceptions

    try:
        reply = client.put_record_batch(DeliveryStreamName=stream_name, Records=[{"Data": data} for data in records])
    except exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in THROTTLED:
            raise
        return records
    except (exceptions.ConnectionError, exceptions.HTTPClientError):
        return records
    answers = zip(records, reply["RequestResponses"], strict=True)
    return [record for record, answer in answers if answer.get("ErrorCode")]


def endpoint(given: str | None) -> str | None:
    """The endpoint asked for, on the command line or in the environment; None is AWS itself."""
    return given or os.environ.get("AWS_ENDPOINT_URL_FIREHOSE") or os.environ.get("AWS_ENDPOINT_URL") or None


def is_loopback(endpoint_url: str | None) -> bool:
    return endpoint_url is not None and urlsplit(endpoint_url).hostname in LOOPBACK


def firehose_client(region: str | None, endpoint_url: str | None) -> Any:
    """A Firehose client; for an endpoint on this machine one that knows neither your credentials nor a proxy."""
    try:
        import boto3
        import botocore.session
        from botocore.config import Config
    except ImportError as error:
        raise DeliveryError("boto3 is missing: pip install -r scripts/requirements.txt") from error
    once = {"total_max_attempts": 1}  # retries are send's business
    if not is_loopback(endpoint_url):
        return boto3.session.Session(region_name=region).client(
            "firehose", endpoint_url=endpoint_url, config=Config(retries=once)
        )
    core = botocore.session.Session(session_vars=_NO_PROFILE)
    session = boto3.session.Session("local", "local", region_name=region or LOCAL_REGION, botocore_session=core)
    return session.client("firehose", endpoint_url=endpoint_url, config=Config(retries=once, proxies={}))


def replay(endpoint_url: str | None, hours: Iterable[Hour], deliver: Callable[[list[bytes]], object]) -> None:
    """Delivers each hour's records while the local AWS's clock shows that hour; real time again at the end.

    ValueError for any endpoint that is not on this machine: only the local AWS has a clock to set.
    """
    if not is_loopback(endpoint_url):
        raise ValueError(f"--arrival replay needs the local AWS (an endpoint on 127.0.0.1), got {endpoint_url}")
    try:
        for hour, records in hours:
            _control(endpoint_url, "PUT", "clock", {"now": hour.isoformat()})
            deliver(records)
        _control(endpoint_url, "POST", "firehose/flush")
    finally:
        _control(endpoint_url, "PUT", "clock", {"now": None})


def _control(endpoint_url: str | None, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    url = f"{endpoint_url}".rstrip("/") + f"/_local/{path}"
    data = json.dumps(body or {}).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy
    with opener.open(request, timeout=120):
        pass


def write(path: str, hours: Iterable[Hour], delivery: Delivery) -> None:
    """The records as NDJSON into a file, ``-`` for standard output."""
    if path == "-":
        _write_to(sys.stdout.buffer, hours, delivery)
    else:
        with Path(path).open("wb") as out:
            _write_to(out, hours, delivery)


def _write_to(out: BinaryIO, hours: Iterable[Hour], delivery: Delivery) -> None:
    for _, records in hours:
        if records:
            out.write(b"\n".join(records) + b"\n")
        delivery.sent += len(records)
        delivery.delivered += len(records)
        delivery.bytes += _size(records)
    out.flush()


def deliver(
    hours: Iterable[Hour], delivery: Delivery, *, stream_name: str, region: str | None, endpoint_url: str | None
) -> None:
    """Everything now, in order."""
    client = firehose_client(region, endpoint_url)
    send(client, stream_name, chain.from_iterable(records for _, records in hours), delivery)


def deliver_replayed(
    hours: Iterable[Hour], delivery: Delivery, *, stream_name: str, region: str | None, endpoint_url: str | None
) -> None:
    """Everything in its own hour of arrival (local AWS only)."""
    client = firehose_client(region, endpoint_url)
    replay(endpoint_url, hours, lambda records: send(client, stream_name, records, delivery))
