"""Events near midnight through every worker that knows a clock, in this process's time zone: `TZ=... python -m`.

Producers, Firehose, the Airflow task that names the day, the Glue job on Spark, the publication, the view. Prints what
each made of them, as JSON. `test_time_zones.py` runs it.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import generate_events
import import_access_log

from clickstream import layout, publication
from clickstream.catalog import Catalog
from local_aws import spark as local_spark
from local_aws.server import LocalAws
from local_aws.stack import Stack
from tests.promise.deployment import deploy, register_partition

SPANS = ((date(2024, 2, 28), 3), (date(2024, 12, 31), 2))  # a leap day, a year's end
DAYS = [first + timedelta(number) for first, days in SPANS for number in range(days)]
RECORDS_A_DAY, SEED = 80, 5
# Combined log format: the same instants in other offsets, one line on each side of midnight UTC.
LOG = b"".join(
    b'203.0.113.%d - - [%s] "GET /%d HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n' % (number, when, number)
    for number, when in enumerate(
        [
            b"29/Feb/2024:23:59:59 +0000",
            b"01/Mar/2024:05:44:59 +0545",  # 29 February, 23:59:59 UTC
            b"29/Feb/2024:19:00:00 -0500",  # 1 March, 00:00 UTC
            b"01/Jan/2025:05:44:59 +0545",  # 31 December, 23:59:59 UTC
            b"31/Dec/2024:19:00:00 -0500",  # 1 January, 00:00 UTC
        ]
    )
)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, LocalAws() as aws, redirect_stdout(sys.stderr):
        found = observed(aws, Path(scratch))
    print(json.dumps(found))


def observed(aws: LocalAws, scratch: Path) -> dict[str, Any]:
    catalog = deploy(aws.endpoint_url)
    Stack(aws.endpoint_url).create_stream()
    produce(aws.endpoint_url, catalog.settings.name("stream"), scratch)
    runs = build(aws.endpoint_url, catalog, scratch)
    publication.publish(catalog, runs)
    raw_days = {layout.arrival_day_of_raw(one["Key"]) for one in catalog.list_objects("raw_bucket", "events/")}
    return {
        "offset": time.localtime(0).tm_gmtoff,
        "tasks": tasks(),
        "raw_days": sorted(map(str, raw_days)),
        "ledgers": {str(day): numbers(catalog, run) for day, run in runs.items()},
        "view": shown(catalog),
    }


def produce(endpoint_url: str, stream: str, scratch: Path) -> None:
    """Made-up days and a log, each record in the hour in which it arrives."""
    target = ["--stream-name", stream, "--arrival", "replay", "--endpoint-url", endpoint_url]
    for first, days in SPANS:
        plan = ["--date", str(first), "--days", str(days), "--count", str(days * RECORDS_A_DAY), "--seed", str(SEED)]
        assert generate_events.main([*plan, *target]) == 0
    log = scratch / "access.log"
    log.write_bytes(LOG)
    assert import_access_log.main([str(log), *target]) == 0


def build(endpoint_url: str, catalog: Catalog, scratch: Path) -> dict[date, str]:
    """A run of each day by the Glue job's own code."""
    from clickstream_glue.arguments import parse_arguments
    from clickstream_glue.run import Run, run_day

    buckets = {
        f"{role}_uri": f"s3://{catalog.settings.name(f'{role}_bucket')}/" for role in ("raw", "processed", "work")
    }
    given = buckets | {"JOB_RUN_ID": "jr_1", "max_quarantined_share": "1"}
    with spark_session(endpoint_url, scratch) as spark:
        for day in DAYS:
            run_day(Run(spark, catalog.s3, parse_arguments(given | {"arrival_date": str(day)}), print))
            register_partition(catalog, day)
    return {day: layout.run_id(day, "jr_1") for day in DAYS}


@contextmanager
def spark_session(endpoint_url: str, scratch: Path) -> Iterator[Any]:
    """A session whose JVM is in this process's zone, too: only what the job itself sets can hold it to UTC."""
    properties = local_spark.spark_properties(endpoint_url, scratch, cores=1)
    del properties["spark.sql.session.timeZone"]
    options = properties["spark.driver.extraJavaOptions"].replace("-Duser.timezone=UTC", "")
    properties["spark.driver.extraJavaOptions"] = options
    os.environ.update(local_spark.spark_environment(properties, scratch))
    os.environ.update(AWS_ENDPOINT_URL=endpoint_url, AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    zone = session.sparkContext._jvm.java.util.TimeZone.getDefault().getID()
    assert zone == os.environ["TZ"], f"expected the JVM in {os.environ['TZ']}, it is in {zone}"
    try:
        yield session
    finally:
        session.stop()


def numbers(catalog: Catalog, run: str) -> dict[str, Any]:
    ledger = catalog.read_ledger(run)
    return {
        "lines": ledger.lines,
        "accepted": ledger.accepted,
        "quarantined": dict(ledger.quarantined),
        "rows_per_event_day": dict(ledger.rows_per_event_day),
    }


def shown(catalog: Catalog) -> dict[str, int]:
    """Rows of the view by partition. Every row lies in the partition of its own time."""
    rows = catalog.ask(
        "SELECT concat(year, '-', month, '-', day) AS partition, date_format(event_timestamp, '%Y-%m-%d') AS happened, "
        "count(*) AS n FROM clickstream_events GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert all(row["partition"] == row["happened"] for row in rows), rows
    return {row["partition"]: int(row["n"]) for row in rows}


def tasks() -> dict[str, Any]:
    """What Airflow makes of a backfill's range, and the DAG's first task of each partition key."""
    from airflow.serialization.encoders import coerce_to_core_timetable
    from clickstream_daily import clickstream_daily

    from clickstream_airflow.arrival_day import AwaitDayClosedOperator

    timetable = coerce_to_core_timetable(clickstream_daily.timetable)
    wait = AwaitDayClosedOperator(task_id="wait")
    found = {}
    for first, days in SPANS:
        midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
        span = {"earliest": midnight, "latest": midnight + timedelta(days - 1)}
        for info in timetable.iter_partition_dagrun_infos(**span):
            run = SimpleNamespace(partition_key=info.partition_key)
            day = wait.execute({"dag_run": run, "params": {}, "ti": MagicMock()})
            found[day] = layout.closes_at(layout.parse_day(day)).isoformat()
    return found


if __name__ == "__main__":
    main()
