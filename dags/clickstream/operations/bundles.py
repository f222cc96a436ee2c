"""The check runs of a month in one object, so that a first look at a year opens a dozen objects instead of 365.

A bundle is a copy: who looks still lists the books, takes from a bundle what it holds of them, and opens the rest.
Books never change, so a bundle of any age is right; it may be deleted, and is then written again. The janitor writes
bundles, no run does.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.settings import limits, prefix

log = logging.getLogger(__name__)
MONTHS = 14  # a year, and the weeks before it that say what is usual


def write_bundles(catalog: Catalog, now: datetime) -> list[str]:
    """Brings the bundles of the last ``MONTHS`` months up to date; returns those (YYYY-MM) that were written.

    A month is bundled once no late object can start a run of its days by itself; runs of later are added next time.
    """
    last = (now - timedelta(days=limits().max_lateness_days + 1)).date().replace(day=1) - timedelta(days=1)
    first = (last - timedelta(days=30 * (MONTHS - 1))).replace(day=1)
    return [month for month in months(first, last) if _write(catalog, month)]


def read_bundle(catalog: Catalog, month: str) -> dict[str, Any]:
    """The check runs by key; empty where there is no bundle, or what lies there is none."""
    bucket = catalog.settings.name("work_bucket")
    try:
        body = catalog.s3.get_object(Bucket=bucket, Key=layout.bundle_key(month))["Body"].read()
        return dict(json.loads(body)["check_runs"])
    except catalog.s3.exceptions.NoSuchKey:
        return {}
    except (ValueError, TypeError, KeyError):
        log.exception("%s is no bundle of check runs", layout.bundle_key(month))
        return {}


def months(first: date, last: date) -> list[str]:
    """``YYYY-MM`` of each month from the first day's to the last's."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]


def keys_of_month(
    catalog: Catalog, role: str, month: str, run_of: Callable[[str], str | None]
) -> list[tuple[str, str]]:
    """Run and key of each object of a month, in key order; what is named otherwise is nobody's."""
    listed = catalog.list_objects("work_bucket", f"{prefix(role)}arrival_date={month}-")
    named = ((run_of(entry["Key"]), entry["Key"]) for entry in listed)
    return [(run, key) for run, key in named if run and _is_run(run)]


def _write(catalog: Catalog, month: str) -> bool:
    latest = dict(keys_of_month(catalog, "quality", month, layout.run_of_quality))
    before = read_bundle(catalog, month) if latest else {}
    if before.keys() >= set(latest.values()):
        return False
    documents = {key: before.get(key) or _document(catalog, key) for key in latest.values()}
    catalog.s3.put_object(
        Bucket=catalog.settings.name("work_bucket"),
        Key=layout.bundle_key(month),
        Body=json.dumps({"month": month, "check_runs": documents}, separators=(",", ":")).encode(),
    )
    return True


def _document(catalog: Catalog, key: str) -> Mapping[str, Any] | None:
    """None where it is no JSON, so that it is not looked at each hour."""
    body = catalog.s3.get_object(Bucket=catalog.settings.name("work_bucket"), Key=key)["Body"].read()
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        log.exception("%s is no check run", key)
        return None


def _is_run(name: str) -> bool:
    try:
        return bool(layout.arrival_day_of(name))
    except ValueError:
        return False
