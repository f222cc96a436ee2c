"""What producers send, checked against Firehose's limits, and what callers are told about a stream."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any

from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.errors import ServiceError, unsupported
from local_aws.firehose.destination import DEFAULT_INTERVAL, DEFAULT_SIZE, invalid

Json = dict[str, Any]

MAX_RECORDS = 500
MAX_RECORD_BYTES = 1_024_000  # 1,000 KiB, before base64
MAX_BATCH_BYTES = 4 * 1024 * 1024
STREAM_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
CREATE_PARAMETERS = frozenset(
    {
        "DeliveryStreamName",
        "DeliveryStreamType",
        "ExtendedS3DestinationConfiguration",
        "DeliveryStreamEncryptionConfigurationInput",
        "Tags",
    }
)


def records_of(batch: list[Json]) -> list[bytes]:
    """The decoded records; ValidationException or InvalidArgumentException where the batch breaks a limit."""
    if not 1 <= len(batch) <= MAX_RECORDS:
        raise too_long("records", MAX_RECORDS)
    records = [decoded(record) for record in batch]
    if sum(map(len, records)) > MAX_BATCH_BYTES:
        raise invalid("Records size exceeds 4 MB limit")
    return records


def decoded(record: Json) -> bytes:
    try:
        data = base64.b64decode(record["Data"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise ServiceError("SerializationException", f"expected Data in base64: {error}") from error
    if len(data) > MAX_RECORD_BYTES:
        raise too_long("records.member.data", MAX_RECORD_BYTES)
    return data


def too_long(where: str, limit: int) -> ServiceError:
    message = (
        f"1 validation error detected: Value at '{where}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {limit} and not be empty"
    )
    return ServiceError("ValidationException", message)


def check_create(body: Json) -> None:
    """Refuses every source but DirectPut and every destination but extended S3."""
    if not STREAM_NAME.fullmatch(body["DeliveryStreamName"]):
        raise invalid(f"expected a stream name of {STREAM_NAME.pattern}, got {body['DeliveryStreamName']!r}")
    if body.get("DeliveryStreamType", "DirectPut") != "DirectPut":
        raise unsupported("firehose", f"the source {body['DeliveryStreamType']}")
    for other in sorted(set(body) - CREATE_PARAMETERS):
        raise unsupported("firehose", other)
    if not body.get("ExtendedS3DestinationConfiguration"):
        raise invalid("expected an ExtendedS3DestinationConfiguration")


def description_of(body: Json, now: datetime) -> Json:
    """The ``DeliveryStreamDescription`` of a new stream."""
    name = body["DeliveryStreamName"]
    encryption = body.get("DeliveryStreamEncryptionConfigurationInput")
    return {
        "DeliveryStreamName": name,
        "DeliveryStreamARN": f"arn:aws:firehose:{REGION}:{ACCOUNT_ID}:deliverystream/{name}",
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "DirectPut",
        "DeliveryStreamEncryptionConfiguration": encryption_status(encryption),
        "VersionId": "1",
        "CreateTimestamp": now.timestamp(),
        "Destinations": [
            {
                "DestinationId": "destinationId-000000000001",
                "ExtendedS3DestinationDescription": with_defaults(body["ExtendedS3DestinationConfiguration"]),
            }
        ],
        "HasMoreDestinations": False,
    }


def encryption_status(configuration: Json | None) -> Json:
    return {**configuration, "Status": "ENABLED"} if configuration else {"Status": "DISABLED"}


def with_defaults(configuration: Json) -> Json:
    hints = {"SizeInMBs": DEFAULT_SIZE, "IntervalInSeconds": DEFAULT_INTERVAL}
    return {
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "S3BackupMode": "Disabled",
        **configuration,
        "BufferingHints": {**hints, **(configuration.get("BufferingHints") or {})},
    }
