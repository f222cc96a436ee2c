"""One local AWS and one Spark session for the Glue job's tests, and a day of raw objects to run the job on."""

import gzip
import io
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clickstream import layout
from clickstream.ledger import Ledger
from local_aws import spark as local_spark
from local_aws.clients import REGION, local_client
from local_aws.process import LocalAwsProcess
from tests.corpus import ARRIVAL_DAY
from tests.spark import spark_session

ROOT = Path(__file__).parents[2]
_number = itertools.count()


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A local AWS in a process of its own: it needs Python 3.12, the job's tests run under Glue's 3.11 too."""
    python = os.environ.get("CLICKSTREAM_LOCAL_AWS_PYTHON", sys.executable)
    with LocalAwsProcess(tmp_path_factory.mktemp("local-aws"), python=python) as aws:
        yield aws.endpoint_url


@pytest.fixture(scope="session")
def spark(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from clickstream_glue.transform import SESSION

    work = tmp_path_factory.mktemp("spark")
    properties = local_spark.spark_properties(endpoint, work, cores=2)
    environment = local_spark.spark_environment(properties, work) | {
        "PYTHONPATH": os.pathsep.join(str(ROOT / folder) for folder in ("dags", "glue_scripts")),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }
    with spark_session(environment) as session:
        for option, value in SESSION.items():
            session.conf.set(option, value)
        yield session


@dataclass
class Day:
    """Buckets of its own, raw objects in them, and runs of the job on them."""

    spark: Any
    s3: Any
    name: str
    logged: list[str] = field(default_factory=list)
    runs: int = 0

    def bucket(self, role: str) -> str:
        return f"{role}-{self.name}"

    def put(self, data: bytes, name: str = "a.gz", hour: int = 10) -> str:
        key = f"{layout.raw_prefix(ARRIVAL_DAY)}hour={hour:02d}/{name}"
        self.s3.put_object(Bucket=self.bucket("raw"), Key=key, Body=data)
        return key

    def put_lines(self, *lines: bytes, name: str = "a.gz", hour: int = 10) -> str:
        return self.put(gzip.compress(b"".join(line + b"\n" for line in lines)), name, hour)

    def run(self, s3: Any = None, **options: str) -> Ledger:
        from clickstream_glue.arguments import parse_arguments
        from clickstream_glue.run import Run, run_day

        self.runs += 1
        given = {"arrival_date": str(ARRIVAL_DAY), "JOB_RUN_ID": f"jr_{self.runs}"} | options
        buckets = {f"{role}_uri": f"s3://{self.bucket(role)}/" for role in ("raw", "processed", "work")}
        return run_day(Run(self.spark, s3 or self.s3, parse_arguments(given | buckets), self.logged.append))

    def keys(self, role: str, prefix: str = "") -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket(role), Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]

    def body(self, role: str, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket(role), Key=key)["Body"].read()
        return body

    def rows(self, ledger: Ledger) -> list[dict[str, Any]]:
        """The rows of a run, wherever their day put them."""
        return [
            row
            for file in ledger.files
            for row in pq.read_table(
                io.BytesIO(self.body("processed" if file.key.startswith("year=") else "work", file.key))
            ).to_pylist()
        ]

    def quarantined(self, ledger: Ledger) -> list[dict[str, Any]]:
        keys = self.keys("raw", layout.quarantine_prefix(ledger.run_id))
        return [json.loads(text) for key in keys for text in gzip.decompress(self.body("raw", key)).splitlines()]


@pytest.fixture(scope="session")
def new_day(spark: Any, endpoint: str) -> Callable[[], Day]:
    def make() -> Day:
        day = Day(spark, local_client("s3", endpoint), f"test-{next(_number)}")
        for role in ("raw", "processed", "work"):
            day.s3.create_bucket(Bucket=day.bucket(role), CreateBucketConfiguration={"LocationConstraint": REGION})
        return day

    return make


@pytest.fixture
def day(new_day: Callable[[], Day]) -> Day:
    return new_day()
