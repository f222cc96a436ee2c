from typing import Any

import pytest

from local_aws.errors import ServiceError
from local_aws.firehose.destination import MIB, destination_of

ROLE = "arn:aws:iam::123456789012:role/firehose"
DELIMITER = {"ParameterName": "Delimiter"}


def configuration(**changes: Any) -> dict[str, Any]:
    return {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::raw-events"} | changes


def appended(**parameter: str) -> dict[str, Any]:
    parameters = [DELIMITER | parameter] if parameter else []
    return {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord", "Parameters": parameters}]}


def test_defaults_are_firehoses() -> None:
    found = destination_of(configuration())
    assert (found.size, found.interval, found.gzip, found.delimiter, found.extension) == (5 * MIB, 300, False, b"", "")
    assert found.prefix == "!{timestamp:yyyy/MM/dd/HH/}"


@pytest.mark.parametrize(
    ("processing", "delimiter"),
    [
        (appended(ParameterValue="\\n"), b"\n"),
        (appended(), b"\n"),
        (appended(ParameterValue="|"), b"|"),
        ({**appended(), "Enabled": False}, b""),
    ],
    ids=["newline", "default", "other", "not enabled"],
)
def test_delimiter_is_what_the_processor_appends(processing: dict[str, Any], delimiter: bytes) -> None:
    assert destination_of(configuration(ProcessingConfiguration=processing)).delimiter == delimiter


@pytest.mark.parametrize("hints", [(1, 0), (128, 900)], ids=["least", "most"])
def test_buffering_bounds_are_included(hints: tuple[int, int]) -> None:
    found = destination_of(configuration(BufferingHints={"SizeInMBs": hints[0], "IntervalInSeconds": hints[1]}))
    assert (found.size, found.interval) == (hints[0] * MIB, hints[1])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"CompressionFormat": "Snappy"}, "UnsupportedOperationException"),
        ({"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "Lambda"}]}}, "Unsupported"),
        ({"ProcessingConfiguration": appended(ParameterName="Other", ParameterValue="|")}, "Unsupported"),
        ({"DynamicPartitioningConfiguration": {"Enabled": True}}, "UnsupportedOperationException"),
        ({"DataFormatConversionConfiguration": {"Enabled": True}}, "UnsupportedOperationException"),
        ({"S3BackupMode": "Enabled"}, "UnsupportedOperationException"),
        ({"CustomTimeZone": "Asia/Tokyo"}, "UnsupportedOperationException"),
        ({"BufferingHints": {"SizeInMBs": 0, "IntervalInSeconds": 60}}, "InvalidArgumentException"),
        ({"BufferingHints": {"SizeInMBs": 129, "IntervalInSeconds": 60}}, "InvalidArgumentException"),
        ({"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 901}}, "InvalidArgumentException"),
        ({"Prefix": "!{timestamp:yyyy}/"}, "InvalidArgumentException"),
        ({"Prefix": "!{timestamp:YYYY}/"}, "InvalidArgumentException"),
        ({"FileExtension": "gz"}, "InvalidArgumentException"),
        ({"BucketARN": "raw-events"}, "InvalidArgumentException"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_configuration_without_its_effect_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ServiceError) as error:
        destination_of(configuration(**changes))
    assert error.value.code.startswith(code)
