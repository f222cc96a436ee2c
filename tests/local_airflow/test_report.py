import json

import pytest

from clickstream import layout
from clickstream.checks import Check, Result
from local_airflow.report import last_results, published_days
from local_aws.stack import Stack
from tests.dags.clickstream.test_publication import DAY, finished_run, publish


@pytest.fixture
def catalog(local_aws):
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_catalog()
    return stack.catalog


def record(catalog, run, hour, value):
    from datetime import UTC, datetime

    check = Result(Check("rows", "count(*)", "fail", "d", 1, None), value)
    key = layout.quality_key(run, datetime(2024, 12, 26, hour, tzinfo=UTC))
    body = json.dumps({"checks": [check.to_dict()]}).encode()
    catalog.s3.put_object(Bucket=catalog.settings.name("work_bucket"), Key=key, Body=body)


def test_a_published_day_has_its_ledger_and_the_results_of_its_last_audit(catalog):
    run = finished_run(catalog)
    record(catalog, run, 1, value=0)
    record(catalog, run, 2, value=8)
    publish(catalog, {DAY: run})
    (day,) = published_days(catalog)
    assert (day.day, day.ledger.run_id) == (DAY, run)
    assert [(result.value, result.verdict) for result in day.results] == [(8, "pass")]


def test_a_run_that_was_never_audited_has_no_results(catalog):
    assert last_results(catalog, finished_run(catalog)) == []
