"""Firehose: buffers what producers put and delivers it to S3.

Supports: DirectPut to one ExtendedS3Destination; PutRecord and PutRecordBatch with the service's limits (500 records,
1,000 KiB a record, 4 MiB a batch); buffering by size and interval on the local clock; GZIP or no compression;
prefix expressions (see ``prefix.py``) by the arrival of a buffer's first record; object names as Firehose makes them;
FileExtension; AppendDelimiterToRecord; a KMS key on the objects; tags. A delivery that fails is tried again and
reported on stderr; what is buffered is delivered before the clock is set, when a stream is deleted, and at the end.
Different from AWS: a buffer never mixes two prefixes (Firehose may file late records of a buffer under the earlier
hour); a stream is ACTIVE at once; no throughput quota; stream encryption is remembered and has no effect.
Does not support: other sources and destinations, Lambda and other processors, dynamic partitioning, format conversion,
backup, other compressions, time zones, UpdateDestination. All of these are refused.
"""

import sys
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clients import ACCOUNT_ID, local_client
from local_aws.clock import Clock
from local_aws.engine import Engine, Operation, Reply
from local_aws.errors import ServiceError
from local_aws.firehose.destination import destination_of
from local_aws.firehose.requests import check_create, description_of, encryption_status, records_of
from local_aws.firehose.stream import Stream

Json = dict[str, Any]

POLL = 0.2  # seconds of real time between two looks at the clock, which may be moved at any moment
RETRY = 1.0  # seconds of real time between two tries of a delivery
UNAVAILABLE = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}


class FirehoseEngine(Engine):
    service = "firehose"
    target_prefix = "Firehose_20150804"

    def __init__(self, endpoint_url: str, clock: Clock, data_dir: Path) -> None:
        self._endpoint_url = endpoint_url
        self._clock = clock
        self._streams: dict[str, Stream] = {}
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # streams and their open buffers
        self._delivering = threading.Lock()  # one delivery at a time keeps the order
        self._wake = threading.Event()
        self._closed = False
        self._failing = 0
        clock.before_set(self.flush)
        self._thread = threading.Thread(target=self._deliver_what_is_due, name="firehose", daemon=True)
        self._thread.start()

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "CreateDeliveryStream": self._create,
            "DescribeDeliveryStream": self._describe,
            "ListDeliveryStreams": self._list,
            "DeleteDeliveryStream": self._delete,
            "PutRecord": self._put_record,
            "PutRecordBatch": self._put_record_batch,
            "TagDeliveryStream": self._tag,
            "UntagDeliveryStream": self._untag,
            "ListTagsForDeliveryStream": self._list_tags,
            "StartDeliveryStreamEncryption": self._start_encryption,
            "StopDeliveryStreamEncryption": self._stop_encryption,
        }

    def fail_next_records(self, count: int) -> None:
        """For tests of producers: the next ``count`` records are refused as Firehose refuses them under load."""
        self._failing = count

    def flush(self) -> int:
        """Delivers every buffer now; the number of objects written."""
        with self._lock:
            for stream in self._streams.values():
                stream.close_buffer()
        return self._deliver()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._wake.set()
        self._thread.join()
        self.flush()
        for stream in self._streams.values():
            if stream.closed:
                report(stream, f"{len(stream.closed)} buffers were never delivered and are lost at shutdown")

    def _create(self, body: Json) -> Reply:
        check_create(body)
        name = body["DeliveryStreamName"]
        destination = destination_of(body["ExtendedS3DestinationConfiguration"])
        description = description_of(body, self._clock.now())
        tags = {tag["Key"]: tag.get("Value", "") for tag in body.get("Tags") or []}
        with self._lock:
            if name in self._streams:
                raise ServiceError("ResourceInUseException", f"Firehose {name} under accountId {ACCOUNT_ID} exists.")
            self._streams[name] = Stream(name, description, destination, tags)
        return {"DeliveryStreamARN": description["DeliveryStreamARN"]}

    def _stream(self, body: Json) -> Stream:
        name = body["DeliveryStreamName"]
        if name not in self._streams:
            message = f"Firehose {name} under account {ACCOUNT_ID} not found."
            raise ServiceError("ResourceNotFoundException", message)
        return self._streams[name]

    def _describe(self, body: Json) -> Reply:
        return {"DeliveryStreamDescription": self._stream(body).description}

    def _list(self, body: Json) -> Reply:
        after = body.get("ExclusiveStartDeliveryStreamName", "")
        names = sorted(name for name in self._streams if name > after)
        limit = body.get("Limit", 10)
        return {"DeliveryStreamNames": names[:limit], "HasMoreDeliveryStreams": len(names) > limit}

    def _delete(self, body: Json) -> Reply:
        stream = self._stream(body)
        self.flush()
        if stream.closed:
            raise ServiceError("ResourceInUseException", f"{stream.name} holds records that could not be delivered")
        with self._lock:
            self._streams.pop(stream.name, None)
        return {}

    def _put_record(self, body: Json) -> Reply:
        response = self._put(body, [body["Record"]])[0]
        if "ErrorCode" in response:
            raise ServiceError(response["ErrorCode"], response["ErrorMessage"], status=503)
        return {**response, "Encrypted": False}

    def _put_record_batch(self, body: Json) -> Reply:
        responses = self._put(body, body["Records"])
        failed = sum("ErrorCode" in response for response in responses)
        return {"FailedPutCount": failed, "Encrypted": False, "RequestResponses": responses}

    def _put(self, body: Json, batch: list[Json]) -> list[Json]:
        """One response per record, in order; the records that fail are the first ones."""
        stream = self._stream(body)
        records = records_of(batch)
        with self._lock:
            if self._closed:
                raise ServiceError("ServiceUnavailableException", "the local AWS is stopping", status=503)
            failed = min(self._failing, len(records))
            self._failing -= failed
            stream.put(records[failed:], self._clock.now())
        if stream.closed or stream.destination.interval == 0:
            self._wake.set()
        accepted = [{"RecordId": uuid.uuid4().hex} for _ in records[failed:]]
        return [UNAVAILABLE] * failed + accepted

    def _tag(self, body: Json) -> Reply:
        self._stream(body).tags.update({tag["Key"]: tag.get("Value", "") for tag in body["Tags"]})
        return {}

    def _untag(self, body: Json) -> Reply:
        tags = self._stream(body).tags
        for key in body["TagKeys"]:
            tags.pop(key, None)
        return {}

    def _list_tags(self, body: Json) -> Reply:
        tags = self._stream(body).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()], "HasMoreTags": False}

    def _start_encryption(self, body: Json) -> Reply:
        configuration = body.get("DeliveryStreamEncryptionConfigurationInput") or {"KeyType": "AWS_OWNED_CMK"}
        self._stream(body).description["DeliveryStreamEncryptionConfiguration"] = encryption_status(configuration)
        return {}

    def _stop_encryption(self, body: Json) -> Reply:
        self._stream(body).description["DeliveryStreamEncryptionConfiguration"] = encryption_status(None)
        return {}

    def _s3(self, role: str) -> Any:
        """As the stream's role: with ``_delivering`` held."""
        if role not in self._clients:
            self._clients[role] = local_client("s3", self._endpoint_url, principal=role)
        return self._clients[role]

    def _deliver_what_is_due(self) -> None:
        while not self._closed:
            with self._lock:
                for stream in self._streams.values():
                    stream.close_if_due(self._clock.now())
            self._deliver()
            waiting = any(stream.closed for stream in self._streams.copy().values())
            self._wake.wait(RETRY if waiting else POLL)
            self._wake.clear()

    def _deliver(self) -> int:
        with self._delivering:
            return sum(self._deliver_stream(stream) for stream in list(self._streams.values()))

    def _deliver_stream(self, stream: Stream) -> int:
        """Delivers in order and stops at the first failure: nothing is lost, it is tried again."""
        delivered = 0
        while stream.closed:
            try:
                self._s3(stream.destination.role).put_object(**stream.object_of(stream.closed[0]))
            except (BotoCoreError, ClientError) as error:
                report(stream, f"delivery to {stream.destination.bucket} failed and will be tried again: {error}")
                break
            stream.closed.popleft()
            delivered += 1
        return delivered


def report(stream: Stream, message: str) -> None:
    print(f"local firehose {stream.name}: {message}", file=sys.stderr, flush=True)
