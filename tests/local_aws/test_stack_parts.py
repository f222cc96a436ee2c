"""Parts of the stack, for tests that need no more; and a stack of another environment beside it."""

from dataclasses import replace
from pathlib import Path

import pytest

from local_aws.planned.plan import PlanError, Resource
from local_aws.server import LocalAws
from local_aws.stack import Stack, local_settings


def deployed(local_aws: LocalAws, environment: str) -> Stack:
    stack = Stack(local_aws.endpoint_url, replace(local_settings(), environment=environment))
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    return stack


def test_buckets_catalog_and_workgroup_are_enough_to_ask_what_is_visible(local_aws: LocalAws) -> None:
    stack = deployed(local_aws, "local")
    assert stack.catalog.current_snapshot().lines == frozenset()
    assert stack.catalog.published_table()["PartitionKeys"] == []


def test_two_environments_share_nothing(local_aws: LocalAws) -> None:
    deployed(local_aws, "local")
    other = deployed(local_aws, "t1")
    assert other.catalog.published_table()["StorageDescriptor"]["Location"].startswith(
        f"s3://{other.name('work_bucket')}/"
    )
    buckets = [one["Name"] for one in other.client("s3").list_buckets()["Buckets"]]
    assert (len(buckets), sum("-t1-" in name for name in buckets)) == (10, 5)


def test_stream_and_crawler_can_be_made_alone(local_aws: LocalAws) -> None:
    stack = Stack(local_aws.endpoint_url)
    stack.create_stream()
    stack.create_crawler()
    assert stack.client("firehose").list_delivery_streams()["DeliveryStreamNames"] == [stack.name("stream")]
    assert stack.client("glue").list_crawlers()["CrawlerNames"] == [stack.name("crawler")]


def test_nothing_is_created_where_one_value_cannot_be_true(local_aws: LocalAws, tmp_path: Path) -> None:
    bucket = Resource("aws_s3_bucket.a", "aws_s3_bucket", {"bucket": "a-bucket", "region": "eu-west-1"})
    locked = Resource("aws_s3_bucket.b", "aws_s3_bucket", {"bucket": "b-bucket", "object_lock_enabled": True})
    stack = Stack(local_aws.endpoint_url, resources=[bucket, locked])
    with pytest.raises(PlanError, match="aws_s3_bucket.b: object_lock_enabled = True"):
        stack.create(tmp_path)
    assert stack.client("s3").list_buckets()["Buckets"] == []


def test_without_its_artifacts_the_stack_says_what_builds_them(local_aws: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="expected the artifact clickstream.zip .*scripts/build_artifacts.py"):
        Stack(local_aws.endpoint_url).create(tmp_path)
