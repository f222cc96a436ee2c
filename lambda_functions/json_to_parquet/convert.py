"""One raw object to one Parquet file of live rows, shown to readers."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clickstream import layout, live_rows
from clickstream.aws_errors import error_code
from clickstream.catalog import Catalog
from clickstream.raw_objects import UnreadableObject, check_name, line_blocks
from clickstream.settings import limits
from clickstream.snapshots import is_decided, live_generation
from json_to_parquet.columns import Counts, ObjectEvents
from json_to_parquet.notification import RawObject

GONE, DECIDED, WRITTEN, EMPTY = "gone", "day already published", "written", "no rows of its day"


@dataclass(frozen=True)
class Outcome:
    """``counts`` is None where the object was not read."""

    what: str
    counts: Counts | None = None


def convert(catalog: Catalog, found: RawObject, memory_mib: int) -> Outcome:
    """Safe to repeat, in any order. UnreadableObject where it never will succeed; botocore's errors where it may."""
    if found.bucket != catalog.settings.name("raw_bucket"):
        raise UnreadableObject(f"of bucket {found.bucket}, expected one of {catalog.settings.name('raw_bucket')}")
    check_name(found.key)
    hour = layout.arrival_hour(found.key)
    assert hour is not None  # noqa: S101  check_name saw to it
    if is_decided(catalog.current_snapshot(), hour.date()):
        return Outcome(DECIDED)
    read = _open(catalog, found)
    return Outcome(GONE) if read is None else _write(catalog, found, hour, read, memory_mib)


def _open(catalog: Catalog, found: RawObject) -> Callable[[int], bytes] | None:
    """Reads the object's bytes; None where it was deleted meanwhile."""
    try:
        read: Callable[[int], bytes] = catalog.s3.get_object(Bucket=found.bucket, Key=found.key)["Body"].read
    except catalog.s3.exceptions.ClientError as error:
        if error_code(error) not in ("NoSuchKey", "404"):
            raise
        return None
    return read


def _write(
    catalog: Catalog, found: RawObject, hour: datetime, read: Callable[[int], bytes], memory_mib: int
) -> Outcome:
    day = hour.date()
    with tempfile.TemporaryDirectory() as folder, ObjectEvents(hour, memory_mib, Path(folder) / "spilled") as events:
        for lines in line_blocks(read, limits().max_object_line_bytes):
            events.add(lines)
        counts = events.finish()
        if not counts.rows:
            return Outcome(EMPTY, counts)
        path = Path(folder) / "rows.parquet"
        events.write(path, f"s3://{found.bucket}/{found.key}", live_generation(day))
        with path.open("rb") as body:
            catalog.s3.put_object(
                Bucket=catalog.settings.name("processed_bucket"), Key=live_rows.live_key(day, found.key), Body=body
            )
    live_rows.ensure_shown(catalog, day)
    return Outcome(WRITTEN, counts)
