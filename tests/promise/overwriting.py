"""The negative control: a day written in place, old files out, new ones in, as pipelines without a protocol do it."""

from datetime import date

from clickstream import layout
from clickstream.catalog import Catalog


def overwrite_day(catalog: Catalog, day: str, staged: str) -> None:
    """Replaces what lies in the day's partition by the objects under ``staged`` (a prefix of the work bucket)."""
    folder = layout.partition_path(date.fromisoformat(day))
    processed, work = catalog.settings.name("processed_bucket"), catalog.settings.name("work_bucket")
    for entry in list(catalog.list_objects("processed_bucket", folder)):
        catalog.s3.delete_object(Bucket=processed, Key=entry["Key"])
    for entry in list(catalog.list_objects("work_bucket", staged)):
        target = folder + entry["Key"].removeprefix(staged)
        catalog.s3.copy_object(Bucket=processed, Key=target, CopySource={"Bucket": work, "Key": entry["Key"]})
