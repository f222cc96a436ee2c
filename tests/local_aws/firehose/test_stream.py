from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.firehose.destination import Destination
from local_aws.firehose.stream import Stream

NOON = datetime(2024, 12, 25, 12, tzinfo=UTC)


def stream(**changes: Any) -> Stream:
    default: dict[str, Any] = {
        "bucket": "raw",
        "prefix": "hour=!{timestamp:HH}/",
        "size": 10,
        "interval": 60,
        "gzip": False,
        "delimiter": b"",
        "extension": "",
        "kms_key": None,
    }
    return Stream("clicks", {"VersionId": "1"}, Destination(**default | changes))


@pytest.mark.parametrize(("seconds", "closed"), [(59, 0), (60, 1)])
def test_buffer_closes_when_its_interval_is_over(seconds: int, closed: int) -> None:
    clicks = stream()
    clicks.put([b"x"], NOON)
    clicks.close_if_due(NOON + timedelta(seconds=seconds))
    assert len(clicks.closed) == closed


@pytest.mark.parametrize(("size", "closed"), [(9, 0), (10, 1)])
def test_buffer_closes_when_it_holds_its_size(size: int, closed: int) -> None:
    clicks = stream()
    clicks.put([b"x" * size], NOON)
    assert len(clicks.closed) == closed


def test_order_of_records_is_kept_across_buffers() -> None:
    clicks = stream(size=2)
    clicks.put([b"1", b"2", b"3", b"4", b"5"], NOON)
    clicks.close_buffer()
    assert [clicks.object_of(buffer)["Body"] for buffer in clicks.closed] == [b"12", b"34", b"5"]


def test_random_string_alone_does_not_split_a_buffer() -> None:
    clicks = stream(prefix="!{firehose:random-string}/!{timestamp:HH}/")
    clicks.put([b"1"], NOON)
    clicks.put([b"2"], NOON)
    assert not clicks.closed


def test_kms_key_goes_to_the_object() -> None:
    clicks = stream(kms_key="arn:aws:kms:eu-west-1:123456789012:key/k")
    clicks.put([b"1"], NOON)
    clicks.close_buffer()
    assert clicks.object_of(clicks.closed[0])["ServerSideEncryption"] == "aws:kms"
