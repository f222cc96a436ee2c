"""What S3 tells the function: which objects were created."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_plus


class RawObject(NamedTuple):
    bucket: str
    key: str


def raw_objects(event: Mapping[str, Any]) -> Iterator[RawObject]:
    """The objects of a notification; none in the test event with which S3 tries a new configuration."""
    for record in event.get("Records", ()):
        described = record["s3"]
        yield RawObject(described["bucket"]["name"], unquote_plus(described["object"]["key"]))
