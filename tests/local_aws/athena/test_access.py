"""Athena works with its caller's rights: each call that a query makes is its caller's."""

import time
from pathlib import Path
from typing import Any

import pytest

from local_aws.athena.access import AccessByCaller
from local_aws.clients import local_client
from local_aws.recording.recorder import read_recorded
from local_aws.server import LocalAws
from local_aws.stack import Stack


@pytest.fixture
def calls(tmp_path: Path) -> Any:
    """Who made which call of S3 and Glue, beyond the set-up: a query by `me`, whose result `other` fetches."""
    record = tmp_path / "calls"
    with LocalAws(record=record) as aws:
        stack = Stack(aws.endpoint_url)
        stack.create_buckets()
        stack.create_catalog()
        stack.create_workgroup()
        before = len(read_recorded(record))
        me, other = (local_client("athena", aws.endpoint_url, principal=name) for name in ("me", "other"))
        query = me.start_query_execution(
            QueryString="SELECT count(*) FROM clickstream_published",
            WorkGroup=stack.name("workgroup"),
            QueryExecutionContext={"Database": stack.name("database")},
        )["QueryExecutionId"]
        while me.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] != "SUCCEEDED":
            time.sleep(0.05)
        assert other.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1]
        return read_recorded(record)[before:]


def test_a_query_reads_and_writes_as_its_caller_and_a_result_is_read_by_who_asks(calls: Any) -> None:
    found = {(one.principal, one.operation) for one in calls if one.service in ("s3", "glue")}
    read = {("me", name) for name in ("GetTable", "ListObjectsV2", "GetObject")}
    assert found == {*read, ("me", "PutObject"), ("other", "GetObject")}


def test_nobody_reads_what_another_fetched(tmp_path: Path) -> None:
    access = AccessByCaller("http://127.0.0.1:1", tmp_path)
    assert access.of("me") is access.of("me")
    places = [access.of(name).store.directory for name in ("me", "other", "..")]
    assert len(set(places)) == 3
    assert {place.parent for place in places} == {tmp_path}
