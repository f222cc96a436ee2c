"""A deployment whose state can be put back: what lies in the buckets, which partitions are registered, what is out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clickstream.catalog import Catalog
from clickstream.settings import prefix, table
from local_aws.athena.engine import AthenaEngine
from local_aws.athena.executions import FINAL
from local_aws.crawler.engine import CrawlerEngine
from local_aws.server import LocalAws
from local_aws.stack import Stack
from tests.promise.deployment import deploy

CANDIDATES = prefix("candidates")
ROLES = ("raw_bucket", "processed_bucket", "work_bucket")


@dataclass(frozen=True)
class State:
    """Objects by (bucket role, key, ETag), registered partitions by their values, the published table's location."""

    objects: Mapping[tuple[str, str, str], Mapping[str, Any]]
    partitions: frozenset[tuple[str, ...]]
    location: str


class Lake:
    """``catalog`` talks to the local AWS itself, past every fault."""

    def __init__(self, aws: LocalAws) -> None:
        self.catalog: Catalog = deploy(aws.endpoint_url)
        Stack(aws.endpoint_url).create_crawler()
        aws.engine(CrawlerEngine).min_duration = 0.05  # seconds
        self._athena = aws.engine(AthenaEngine)

    @property
    def _partitioned(self) -> dict[str, str]:
        return {"DatabaseName": self.catalog.settings.name("database"), "TableName": table("generations")}

    def state(self) -> State:
        location = self.catalog.published_table()["StorageDescriptor"]["Location"]
        return State({one: self._object(*one) for one in self._objects()}, self._partitions(), location)

    def restore(self, state: State) -> None:
        """Puts back what was there; first waits for what a client that died had begun."""
        self.await_quiet()
        self._point_at(state.location)
        there = self._objects()
        for role, key, _ in there - state.objects.keys():
            self.catalog.s3.delete_object(Bucket=self.catalog.settings.name(role), Key=key)
        for one in state.objects.keys() - there:
            self.catalog.s3.put_object(Bucket=self.catalog.settings.name(one[0]), Key=one[1], **state.objects[one])
        for values in self._partitions() - state.partitions:
            self.catalog.glue.delete_partition(**self._partitioned, PartitionValues=list(values))

    def await_quiet(self) -> None:
        """Until no query runs, and no crawl."""
        crawler = self.catalog.settings.name("crawler")
        while any(query.state not in FINAL for query in list(self._athena._executions.values())):
            time.sleep(0.01)
        while self.catalog.glue.get_crawler(Name=crawler)["Crawler"]["State"] != "READY":
            time.sleep(0.01)

    def rows_left(self) -> frozenset[str]:
        """The keys of all files of main, late and candidate rows."""
        rows = self.catalog.list_objects("processed_bucket", ""), self.catalog.list_objects("work_bucket", CANDIDATES)
        return frozenset(entry["Key"] for listed in rows for entry in listed)

    def _objects(self) -> set[tuple[str, str, str]]:
        return {(role, x["Key"], x["ETag"]) for role in ROLES for x in self.catalog.list_objects(role, "")}

    def _object(self, role: str, key: str, etag: str) -> dict[str, Any]:
        found = self.catalog.s3.get_object(Bucket=self.catalog.settings.name(role), Key=key, IfMatch=etag)
        return {"Body": found["Body"].read(), "Metadata": found["Metadata"]}

    def _partitions(self) -> frozenset[tuple[str, ...]]:
        pages = self.catalog.glue.get_paginator("get_partitions").paginate(**self._partitioned)
        return frozenset(tuple(one["Values"]) for page in pages for one in page["Partitions"])

    def _point_at(self, location: str) -> None:
        found = self.catalog.published_table()
        descriptor = {**found["StorageDescriptor"], "Location": location}
        kept = {name: found[name] for name in ("Name", "PartitionKeys", "TableType", "Parameters") if name in found}
        self.catalog.glue.update_table(
            DatabaseName=self.catalog.settings.name("database"),
            TableInput={**kept, "StorageDescriptor": descriptor},
            SkipArchive=True,
        )
