import base64
from typing import Any

import pytest

from local_aws.errors import ServiceError
from local_aws.firehose.requests import check_create, records_of


def batch(*records: bytes) -> list[dict[str, Any]]:
    return [{"Data": base64.b64encode(record).decode()} for record in records]


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([b"x"] * 501, "ValidationException"),
        ([b"x" * 1_024_001], "ValidationException"),
        ([b"x" * 1_000_000] * 4 + [b"x" * 200_000], "InvalidArgumentException"),
    ],
    ids=["501 records", "a record over 1,000 KiB", "over 4 MiB in all"],
)
def test_batch_over_a_limit_is_refused(records: list[bytes], code: str) -> None:
    with pytest.raises(ServiceError) as error:
        records_of(batch(*records))
    assert error.value.code == code


@pytest.mark.parametrize(
    "records",
    [[b"x"] * 500, [b"x" * 1_024_000], [b"x" * 1_000_000] * 4 + [b"x" * 194_304]],
    ids=["500 records", "a record of 1,000 KiB", "4 MiB in all"],
)
def test_batch_at_a_limit_is_taken(records: list[bytes]) -> None:
    assert records_of(batch(*records)) == records


@pytest.mark.parametrize("record", [{}, {"Data": "no base64!"}], ids=["no data", "no base64"])
def test_record_that_is_not_base64_is_refused(record: dict[str, str]) -> None:
    with pytest.raises(ServiceError, match="base64"):
        records_of([record])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"DeliveryStreamType": "KinesisStreamAsSource"}, "KinesisStreamAsSource"),
        ({"S3DestinationConfiguration": {}}, "S3DestinationConfiguration"),
        ({"DeliveryStreamName": "with space"}, "stream name"),
        ({"ExtendedS3DestinationConfiguration": {}}, "ExtendedS3DestinationConfiguration"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_other_sources_and_destinations_are_refused(changes: dict[str, Any], message: str) -> None:
    stream = {"DeliveryStreamName": "clicks", "ExtendedS3DestinationConfiguration": {"RoleARN": "r"}}
    with pytest.raises(ServiceError, match=message):
        check_create(stream | changes)
