"""A deployment of the pipeline without Spark and Airflow: buckets, catalog, workgroup, and what the crawler does."""

import gzip
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from clickstream import layout, runs
from clickstream.catalog import Catalog
from local_aws.server import LocalAws
from local_aws.stack import Stack, local_settings

_number = itertools.count()


@contextmanager
def deployed() -> Iterator[Catalog]:
    """A local AWS in this process with an empty deployment in it; a process runs one at a time."""
    with LocalAws() as aws:
        yield deploy(aws.endpoint_url)


def deploy(endpoint_url: str, environment: str = "local") -> Catalog:
    """An empty deployment; a local AWS has room for one of each environment."""
    stack = Stack(endpoint_url, replace(local_settings(), environment=environment))
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    return stack.catalog


def put_raw(catalog: Catalog, arrival_day: date, lines: Iterable[bytes], hour: int = 12, name: str = "") -> str:
    """Files lines under an arrival hour, as Firehose does; returns the object's key."""
    key = f"{layout.raw_prefix(arrival_day)}hour={hour:02d}/{name or f'{next(_number):06d}'}.gz"
    body = gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)
    catalog.s3.put_object(Bucket=catalog.settings.name("raw_bucket"), Key=key, Body=body)
    return key


def register_partition(catalog: Catalog, day: date) -> None:
    """Registers the day's partition where its folder holds an object, as the crawler does; safe to repeat."""
    if next(catalog.list_objects("processed_bucket", layout.partition_path(day)), None):
        runs.register_partition(catalog, day)
