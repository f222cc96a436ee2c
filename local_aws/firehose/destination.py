"""An ``ExtendedS3DestinationConfiguration``, checked against what the local Firehose really does."""

import re
from dataclasses import dataclass
from typing import Any

from local_aws.errors import ServiceError, unsupported
from local_aws.firehose.prefix import complete_prefix
from local_aws.principals import ANYBODY, role_name

Json = dict[str, Any]

MIB = 1024 * 1024
DEFAULT_SIZE = 5  # MiB
DEFAULT_INTERVAL = 300  # seconds
BOUNDS = {"SizeInMBs": (1, 128), "IntervalInSeconds": (0, 900)}
EXTENSION = re.compile(r"^$|\.[0-9a-z!\-_.*'()]+")
BUCKET_ARN = re.compile(r"arn:[^:]*:s3:::([\w.\-]{1,255})")
# Present and on, each of these would change what is delivered.
REFUSED = {
    "DataFormatConversionConfiguration": "format conversion",
    "DynamicPartitioningConfiguration": "dynamic partitioning",
}
ESCAPES = {"\\n": "\n", "\\r\\n": "\r\n", "\\t": "\t"}


@dataclass(frozen=True)
class Destination:
    bucket: str
    prefix: str  # with its expressions; always holds a timestamp
    size: int  # bytes that close a buffer
    interval: int  # seconds that close a buffer
    gzip: bool
    delimiter: bytes
    extension: str
    kms_key: str | None
    role: str = ANYBODY  # who delivers


def destination_of(configuration: Json) -> Destination:
    """Raises InvalidArgumentException or UnsupportedOperationException."""
    refuse_unsupported(configuration)
    bucket = BUCKET_ARN.fullmatch(configuration.get("BucketARN", ""))
    if not bucket or not configuration.get("RoleARN"):
        raise invalid("expected a BucketARN (arn:aws:s3:::name) and a RoleARN")
    gzip = configuration.get("CompressionFormat", "UNCOMPRESSED") == "GZIP"
    hints = buffering_of(configuration)
    return Destination(
        bucket=bucket[1],
        prefix=prefix_of(configuration),
        size=hints["SizeInMBs"] * MIB,
        interval=hints["IntervalInSeconds"],
        gzip=gzip,
        delimiter=delimiter_of(configuration.get("ProcessingConfiguration") or {}),
        extension=extension_of(configuration, gzip),
        kms_key=(configuration.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig", {}).get("AWSKMSKeyARN"),
        role=role_name(configuration["RoleARN"]),
    )


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidArgumentException", message)


def refuse_unsupported(configuration: Json) -> None:
    for key, what in REFUSED.items():
        if (configuration.get(key) or {}).get("Enabled", bool(configuration.get(key))):
            raise unsupported("firehose", what)
    if configuration.get("S3BackupMode", "Disabled") != "Disabled":
        raise unsupported("firehose", "S3BackupMode")
    if configuration.get("CompressionFormat", "UNCOMPRESSED") not in ("UNCOMPRESSED", "GZIP"):
        raise unsupported("firehose", f"the compression {configuration['CompressionFormat']}")
    if configuration.get("CustomTimeZone", "UTC") not in ("", "UTC"):
        raise unsupported("firehose", f"the time zone {configuration['CustomTimeZone']}")


def buffering_of(configuration: Json) -> dict[str, int]:
    hints = {"SizeInMBs": DEFAULT_SIZE, "IntervalInSeconds": DEFAULT_INTERVAL}
    hints.update(configuration.get("BufferingHints") or {})
    for name, (low, high) in BOUNDS.items():
        if not low <= hints[name] <= high:
            raise invalid(f"expected BufferingHints.{name} between {low} and {high}, got {hints[name]}")
    return hints


def prefix_of(configuration: Json) -> str:
    try:
        return complete_prefix(configuration.get("Prefix") or "", configuration.get("ErrorOutputPrefix"))
    except ValueError as error:
        raise invalid(str(error)) from error


def delimiter_of(processing: Json) -> bytes:
    """What is put behind each record: nothing, unless a processor says so."""
    if not processing.get("Enabled"):
        return b""
    delimiter = ""
    for processor in processing.get("Processors") or []:
        if processor["Type"] != "AppendDelimiterToRecord":
            raise unsupported("firehose", f"the processor {processor['Type']}")
        values = {p["ParameterName"]: p["ParameterValue"] for p in processor.get("Parameters") or []}
        given = values.pop("Delimiter", "\\n")
        for other in sorted(values):
            raise unsupported("firehose", f"the parameter {other} of {processor['Type']}")
        delimiter = ESCAPES.get(given, given)
    return delimiter.encode()


def extension_of(configuration: Json, gzip: bool) -> str:
    """Firehose names compressed objects ``.gz``; FileExtension overrides that."""
    extension = str(configuration.get("FileExtension") or "")
    if not EXTENSION.fullmatch(extension):
        raise invalid(f"expected a FileExtension such as .json.gz, got {extension!r}")
    return extension or (".gz" if gzip else "")
