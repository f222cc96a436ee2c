"""What a run of the pipeline came to, read back from where it stands: snapshot, ledgers, quality history."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clickstream import layout
from clickstream.checks import Result
from clickstream.ledger import Ledger
from clickstream.publication import Catalog
from clickstream.settings import prefix
from clickstream.snapshots import MAIN


@dataclass(frozen=True)
class DayReport:
    """A published day: the ledger of its run and the results of the run's last audit."""

    day: date
    ledger: Ledger
    results: list[Result]


def published_days(catalog: Catalog) -> Iterator[DayReport]:
    """The published days, oldest first."""
    mains = [line for line in catalog.current_snapshot().lines if line.kind == MAIN]
    for line in sorted(mains):
        yield DayReport(
            date.fromisoformat(line.day), catalog.read_ledger(line.run_id), last_results(catalog, line.run_id)
        )


def last_results(catalog: Catalog, run: str) -> list[Result]:
    """The results of a run's last audit; empty where it never had one."""
    bucket = catalog.settings.name("work_bucket")
    folder = f"{prefix('quality')}arrival_date={layout.arrival_day_of(run)}/{run}-"
    pages = catalog.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    keys = sorted(found["Key"] for page in pages for found in page.get("Contents", []))
    if not keys:
        return []
    document = json.loads(catalog.s3.get_object(Bucket=bucket, Key=keys[-1])["Body"].read())
    return [Result.from_dict(entry) for entry in document["checks"]]
