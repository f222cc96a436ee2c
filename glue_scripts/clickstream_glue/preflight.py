"""The preflight: Python per object, never per row. Inflates, checks, counts lines, in memory that does not grow.

Spark alone would lose data here: told to ignore corrupt files it keeps their readable part silently, told not to it
fails the whole day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from clickstream.aws_errors import explaining
from clickstream.raw_objects import UnreadableObject, check_name, count_lines
from clickstream_glue.storage import StoredObject


@dataclass(frozen=True)
class Inspected:
    """``problem`` is None for an object that Spark may read; else ``lines`` is 1, for the reference to it."""

    object: StoredObject
    lines: int
    problem: str | None = None


def inspect_all(context: Any, bucket: str, objects: list[StoredObject], max_line_bytes: int) -> list[Inspected]:
    """The verdict on each object, worked out where Spark's executors run. ``context`` is the SparkContext."""
    if not objects:
        return []

    def inspect_partition(part: Iterable[StoredObject]) -> Iterator[Inspected]:
        import boto3

        s3 = explaining(boto3.client("s3"))
        return (inspect(s3, bucket, found, max_line_bytes) for found in part)

    slices = min(len(objects), 4 * context.defaultParallelism)
    return context.parallelize(objects, slices).mapPartitions(inspect_partition).collect()  # type: ignore[no-any-return]


def inspect(s3: Any, bucket: str, found: StoredObject, max_line_bytes: int) -> Inspected:
    """The verdict on one object; botocore's ClientError where it vanished or changed since it was listed."""
    body = s3.get_object(Bucket=bucket, Key=found.key, IfMatch=f'"{found.etag}"')["Body"]
    try:
        check_name(found.key)
        return Inspected(found, count_lines(body.read, max_line_bytes))
    except UnreadableObject as reason:
        return Inspected(found, 1, str(reason))
    finally:
        body.close()
