import json
import os
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.clients import local_client
from local_aws.crawler.engine import CrawlerEngine
from local_aws.safety import local_environment
from local_aws.server import LocalAws

INHERIT = '{"Version":1.0,"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}'
DAY = "year=2024/month=12/day=25/"


def crawler(**changes: Any) -> dict[str, Any]:
    default = {
        "Name": "clickstream-dev-events",
        "Role": "crawler",
        "Targets": {"CatalogTargets": [{"DatabaseName": "clickstream_dev", "Tables": ["events"]}]},
        "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
        "Configuration": INHERIT,
    }
    return default | changes


class Lake:
    """A table over ``s3://processed/`` and its crawler."""

    def __init__(self, aws: LocalAws) -> None:
        self.engine = aws.engine(CrawlerEngine)
        self.glue = local_client("glue", aws.endpoint_url)
        self.s3 = local_client("s3", aws.endpoint_url)
        self.logs = local_client("logs", aws.endpoint_url)
        self.s3.create_bucket(Bucket="processed", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.glue.create_database(DatabaseInput={"Name": "clickstream_dev"})
        self.create_table("events", "s3://processed/")

    def create_table(self, name: str, location: str) -> None:
        keys = [{"Name": key, "Type": "string"} for key in ("year", "month", "day")]
        columns = [{"Name": "event_id", "Type": "string"}]
        descriptor = {"Location": location, "Columns": columns, "InputFormat": "parquet"}
        table = {"Name": name, "PartitionKeys": keys, "StorageDescriptor": descriptor}
        self.glue.create_table(DatabaseName="clickstream_dev", TableInput=table)

    def put(self, *keys: str) -> None:
        for key in keys:
            self.s3.put_object(Bucket="processed", Key=key, Body=b"")

    def create(self, **changes: Any) -> None:
        self.glue.create_crawler(**crawler(**changes))

    def start(self) -> None:
        self.glue.start_crawler(Name=crawler()["Name"])

    def delete(self) -> None:
        self.glue.delete_crawler(Name=crawler()["Name"])

    def get(self) -> dict[str, Any]:
        return dict(self.glue.get_crawler(Name=crawler()["Name"])["Crawler"])

    def crawl(self) -> dict[str, Any]:
        """LastCrawl of a crawl that was started here."""
        self.start()
        deadline = time.monotonic() + 10
        while self.get()["State"] != "READY":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return dict(self.get()["LastCrawl"])

    def partitions(self, table: str = "events") -> dict[tuple[str, ...], dict[str, Any]]:
        pages = self.glue.get_paginator("get_partitions").paginate(DatabaseName="clickstream_dev", TableName=table)
        return {tuple(p["Values"]): p["StorageDescriptor"] for page in pages for p in page["Partitions"]}


@pytest.fixture
def lake(local_aws: LocalAws) -> Lake:
    made = Lake(local_aws)
    made.engine.min_duration = 0.2
    return made


def test_folders_with_data_become_partitions_with_the_tables_schema(lake: Lake) -> None:
    lake.create()
    lake.put(f"{DAY}part-0.parquet", f"{DAY}part-1.parquet", "year=2024/month=12/day=26/part-0.parquet")
    assert lake.crawl()["Status"] == "SUCCEEDED"
    found = lake.partitions()
    assert sorted(found) == [("2024", "12", "25"), ("2024", "12", "26")]
    descriptor = found["2024", "12", "25"]
    assert descriptor["Location"] == f"s3://processed/{DAY}"
    assert (descriptor["Columns"], descriptor["InputFormat"]) == ([{"Name": "event_id", "Type": "string"}], "parquet")


def test_second_crawl_adds_only_what_is_missing(lake: Lake) -> None:
    lake.create()
    lake.put(f"{DAY}a.parquet")
    lake.crawl()
    lake.put("year=2024/month=12/day=27/a.parquet")
    lake.crawl()
    crawls = lake.glue.list_crawls(CrawlerName=crawler()["Name"])["Crawls"]
    assert [json.loads(crawl["Summary"]) for crawl in crawls] == [{"events": {"partitions_added": 1}}] * 2
    assert [crawl["State"] for crawl in crawls] == ["COMPLETED", "COMPLETED"]
    assert crawls[0]["StartTime"] >= crawls[1]["EndTime"]


@pytest.mark.slow
def test_crawl_of_more_than_a_page_and_a_batch_finds_all(lake: Lake) -> None:
    lake.create()
    lake.put(*(f"year=2024/month={n // 10:02}/day={n % 10:02}/{f}" for n in range(105) for f in "abcdefghij"))
    lake.crawl()
    assert len(lake.partitions()) == 105


def test_schema_is_never_touched(lake: Lake) -> None:
    before = lake.glue.get_table(DatabaseName="clickstream_dev", Name="events")["Table"]
    lake.create()
    lake.put(f"{DAY}part-0.csv")
    lake.crawl()
    assert lake.glue.get_table(DatabaseName="clickstream_dev", Name="events")["Table"] == before


def test_several_tables_are_crawled_each_in_its_own_location(lake: Lake) -> None:
    lake.create_table("late", "s3://processed/late/")
    lake.create(Targets={"CatalogTargets": [{"DatabaseName": "clickstream_dev", "Tables": ["late"]}]})
    lake.put(f"late/{DAY}a.parquet", "year=2020/month=01/day=01/a.parquet")
    lake.crawl()
    assert lake.partitions("late")["2024", "12", "25"]["Location"] == f"s3://processed/late/{DAY}"
    assert lake.partitions() == {}


def test_busy_crawler_refuses_a_second_start_an_update_and_its_deletion(lake: Lake) -> None:
    lake.engine.min_duration = 1
    lake.create()
    lake.start()
    assert lake.get()["State"] == "RUNNING"
    for call in (lake.start, lambda: lake.glue.update_crawler(**crawler()), lake.delete):
        with pytest.raises(lake.glue.exceptions.CrawlerRunningException):
            call()


def test_stopped_crawl_is_cancelled(lake: Lake) -> None:
    lake.engine.min_duration = 30
    lake.create()
    lake.start()
    lake.glue.stop_crawler(Name=crawler()["Name"])
    deadline = time.monotonic() + 5
    while lake.get()["State"] != "READY" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert lake.get()["LastCrawl"]["Status"] == "CANCELLED"
    with pytest.raises(lake.glue.exceptions.CrawlerNotRunningException):
        lake.glue.stop_crawler(Name=crawler()["Name"])


def test_missing_table_fails_the_crawl_with_its_name(lake: Lake) -> None:
    lake.create(Targets={"CatalogTargets": [{"DatabaseName": "clickstream_dev", "Tables": ["nowhere"]}]})
    last = lake.crawl()
    assert last["Status"] == "FAILED"
    assert "nowhere" in last["ErrorMessage"]


def test_missing_bucket_fails_the_crawl(lake: Lake) -> None:
    lake.create_table("lost", "s3://no-such-bucket/")
    lake.create(Targets={"CatalogTargets": [{"DatabaseName": "clickstream_dev", "Tables": ["lost"]}]})
    last = lake.crawl()
    assert (last["Status"], "NoSuchBucket" in last["ErrorMessage"]) == ("FAILED", True)


def test_log_names_every_partition_that_was_added(lake: Lake) -> None:
    lake.create()
    lake.put(f"{DAY}part-0.parquet")
    last = lake.crawl()
    events = lake.logs.get_log_events(logGroupName=last["LogGroup"], logStreamName=last["LogStream"])["events"]
    assert any(f"events: added {DAY}" in event["message"] for event in events)


def test_metrics_are_what_happened(lake: Lake) -> None:
    lake.create()
    lake.put(f"{DAY}part-0.parquet")
    lake.crawl()
    [metrics] = lake.glue.get_crawler_metrics(CrawlerNameList=[crawler()["Name"]])["CrawlerMetricsList"]
    assert (metrics["TablesCreated"], metrics["TablesUpdated"], metrics["TablesDeleted"]) == (0, 1, 0)
    assert metrics["LastRuntimeSeconds"] >= 0.2


def test_crawler_that_is_missing_or_exists_has_glues_error(lake: Lake) -> None:
    with pytest.raises(lake.glue.exceptions.EntityNotFoundException):
        lake.start()
    lake.create()
    with pytest.raises(lake.glue.exceptions.AlreadyExistsException):
        lake.create()


def test_update_keeps_what_it_does_not_name_and_counts_the_version(lake: Lake) -> None:
    lake.create(Description="first")
    lake.glue.update_crawler(Name=crawler()["Name"], Role="another")
    found = lake.get()
    assert (found["Role"], found["Description"], found["Version"]) == ("another", "first", 2)
    lake.delete()
    assert lake.glue.get_crawlers()["Crawlers"] == []


def test_tags_of_a_crawler_are_found_by_its_arn(lake: Lake) -> None:
    lake.create(Tags={"project": "clickstream"})
    arn = f"arn:aws:glue:eu-west-1:123456789012:crawler/{crawler()['Name']}"
    assert lake.glue.get_tags(ResourceArn=arn)["Tags"] == {"project": "clickstream"}


def test_airflows_operator_and_sensor_work_with_it(
    lake: Lake, local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.providers.amazon.aws.operators.glue_crawler import GlueCrawlerRunOperator
    from airflow.providers.amazon.aws.sensors.glue_crawler import GlueCrawlerSensor

    for name, value in local_environment(local_aws.endpoint_url, os.environ).items():
        monkeypatch.setenv(name, value)
    lake.create()
    lake.put(f"{DAY}part-0.parquet")
    name = crawler()["Name"]
    common = {"aws_conn_id": None, "region_name": "eu-west-1"}
    operator = GlueCrawlerRunOperator(task_id="crawl", crawler_name=name, poll_interval=1, **common)
    assert operator.execute({}) == name
    assert list(lake.partitions()) == [("2024", "12", "25")]
    assert GlueCrawlerSensor(task_id="await", crawler_name=name, **common).poke({}) is True


def test_hidden_objects_and_folder_markers_make_no_partition(lake: Lake) -> None:
    lake.create()
    lake.put(f"{DAY}_SUCCESS", f"{DAY}.part-0.crc", "_temporary/0/part-0.parquet", DAY)
    last = lake.crawl()
    assert (last["Status"], last.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert lake.partitions() == {}


def test_folder_that_does_not_match_the_keys_is_reported_and_makes_nothing(lake: Lake) -> None:
    lake.create()
    lake.put("rubbish/part-0.parquet", f"{DAY}part-0.parquet")
    last = lake.crawl()
    assert "s3://processed/rubbish" in last["ErrorMessage"]
    assert list(lake.partitions()) == [("2024", "12", "25")]
    assert len(lake.glue.get_tables(DatabaseName="clickstream_dev")["TableList"]) == 1


def test_definition_without_its_effect_makes_no_crawler(lake: Lake) -> None:
    with pytest.raises(ClientError, match="S3Targets") as error:
        lake.create(Targets={"S3Targets": [{"Path": "s3://processed/"}]})
    assert error.value.response["Error"]["Code"] == "UnsupportedOperationException"
    assert lake.glue.list_crawlers()["CrawlerNames"] == []
