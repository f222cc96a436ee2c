"""`read_published` with a Spark that only writes down what it is asked, then with a real one in its own process."""

import json
import os
import subprocess
import sys

import pytest

from clickstream import layout
from clickstream.publication import publish, read_published
from local_aws import spark as local_spark
from local_aws.clients import REGION
from local_aws.stack import local_settings
from tests.dags.clickstream.test_late_rows import FIFTH, FOURTH, THIRD, run_of


class Asked:
    """What Spark was asked; the row filter is kept as the list of generations."""

    def __init__(self):
        self.paths, self.options, self.generations, self.is_empty = (), {}, (), False
        self.read = self

    def schema(self, _):
        return self

    def option(self, name, value):
        self.options[name] = value
        return self

    def parquet(self, *paths):
        self.paths = paths
        return self

    def __getitem__(self, _):
        return self

    def isin(self, generations):
        self.generations = generations

    def where(self, _):
        return self

    def createDataFrame(self, rows, schema):
        self.is_empty = not rows
        return self


@pytest.fixture
def published(catalog):
    """The 3rd and 5th published, with a late row; a run of the 3rd that is not; returns the two published runs."""
    third = run_of(catalog, THIRD, {THIRD: ["a"]})
    fifth = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    publish(catalog, {THIRD: third, FIFTH: fifth})
    run_of(catalog, THIRD, {THIRD: ["a", "unpublished"]}, "jr_2")
    return third, fifth


def test_files_of_runs_that_are_not_published_are_not_opened(catalog, published):
    asked = read_published(Asked(), catalog)
    assert any(path.endswith(layout.main_key(published[0], 0)) for path in asked.paths)
    assert not any("jr_2" in path for path in asked.paths)
    assert {*published} < set(asked.generations)


def test_only_the_days_that_are_asked_for_are_listed(catalog, published):
    asked = read_published(Asked(), catalog, [FIFTH])
    assert [path.split("/", 3)[3] for path in asked.paths] == [layout.main_key(published[1], 0)]
    assert asked.generations == [published[1]]


def test_a_day_that_shows_nothing_is_an_empty_table_with_columns(catalog, published):
    assert read_published(Asked(), catalog, [FOURTH]).is_empty


@pytest.mark.slow
def test_a_day_of_more_than_a_thousand_files_is_read_whole(catalog, published):
    bucket = catalog.settings.name("processed_bucket")
    for number in range(1100):
        catalog.s3.put_object(Bucket=bucket, Key=layout.main_key(published[1], number + 1), Body=b"x")
    assert len(read_published(Asked(), catalog, [FIFTH]).paths) == 1101


SCRIPT = """
import datetime, json
from pyspark.sql import SparkSession
from clickstream.catalog import connect
from clickstream.publication import read_published
from clickstream.settings import read_settings
spark = SparkSession.builder.getOrCreate()
catalog = connect(read_settings())
rows = read_published(spark, catalog)
empty = read_published(spark, catalog, [datetime.date(2024, 12, 4)])
fields = ("event_id", "year", "month", "day")
print(json.dumps({
    "rows": sorted([row[name] for name in fields] for row in rows.collect()),
    "timestamps": sorted({str(row.event_timestamp) for row in rows.collect()}),
    "empty": empty.count(), "same_columns": rows.dtypes == empty.dtypes,
}))
"""


@pytest.mark.slow
def test_spark_reads_what_the_view_shows(local_aws, catalog, published, tmp_path):
    settings = local_settings()
    environment = {
        **os.environ,
        **local_spark.spark_environment(local_spark.spark_properties(local_aws.endpoint_url, tmp_path, 1), tmp_path),
        "PYTHONPATH": "dags",
        "AWS_ENDPOINT_URL": local_aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AIRFLOW__CLICKSTREAM__ENVIRONMENT": settings.environment,
        "AIRFLOW__CLICKSTREAM__ACCOUNT_ID": settings.account_id,
        "AIRFLOW__CLICKSTREAM__REGION": settings.region,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] == [
        ["a", "2024", "12", "03"],
        ["b", "2024", "12", "05"],
        ["late", "2024", "12", "03"],
    ]
    assert found["timestamps"] == ["2024-12-03 12:00:00", "2024-12-05 12:00:00"]
    assert (found["empty"], found["same_columns"]) == (0, True)
