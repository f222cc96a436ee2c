"""One crawl: Hive-style folders below a table's location become partitions of the table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
Values = tuple[str, ...]

BATCH = 100  # partitions that BatchCreatePartition takes


class CrawlCancelledError(Exception):
    """StopCrawler was called."""


@dataclass
class Findings:
    """What a crawl did, for its log, its metrics and its history."""

    added: dict[str, list[str]] = field(default_factory=dict)  # table: folders that became partitions
    mismatched: list[str] = field(default_factory=list)  # folders that do not fit the table's partition keys


@dataclass(frozen=True)
class Crawl:
    s3: Any
    glue: Any
    cancelled: Callable[[], bool]

    def table(self, database: str, name: str, findings: Findings) -> None:
        """Adds the missing partitions of one table; never touches a schema."""
        table = self.glue.get_table(DatabaseName=database, Name=name)["Table"]
        location = table["StorageDescriptor"]["Location"].rstrip("/") + "/"
        folders = self._partition_folders(table, location, findings)
        for values in self._registered(database, name) if folders else ():
            folders.pop(values, None)
        for batch in batched(folders.items(), BATCH):
            self._register(table, [partition_input(table, location + folder, values) for values, folder in batch])
        if folders:
            findings.added[name] = list(folders.values())

    def _partition_folders(self, table: Json, location: str, findings: Findings) -> dict[Values, str]:
        keys = [key["Name"] for key in table.get("PartitionKeys") or []]
        folders: dict[Values, str] = {}
        seen: set[str] = set()
        for path in self._data_objects(location) if keys else ():
            folder = path.rpartition("/")[0]
            if folder in seen:
                continue
            seen.add(folder)
            values = partition_values(folder, keys)
            if values is None:
                findings.mismatched.append(location + folder)
            else:
                folders[values] = folder + "/"
        return folders

    def _data_objects(self, location: str) -> Iterator[str]:
        """Paths below the location of objects that hold data: no folder marker, nothing hidden (``_``, ``.``)."""
        parts = urlsplit(location)
        prefix = parts.path.lstrip("/")
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=prefix)
        for page in pages:
            if self.cancelled():
                raise CrawlCancelledError
            paths = (item["Key"].removeprefix(prefix) for item in page.get("Contents", []))
            yield from (path for path in paths if path and not path.endswith("/") and not is_hidden(path))

    def _registered(self, database: str, name: str) -> Iterator[Values]:
        pages = self.glue.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=name)
        return (tuple(partition["Values"]) for page in pages for partition in page["Partitions"])

    def _register(self, table: Json, inputs: list[Json]) -> None:
        reply = self.glue.batch_create_partition(
            DatabaseName=table["DatabaseName"], TableName=table["Name"], PartitionInputList=inputs
        )
        # Another writer may have been faster: then the partition is there, which is all that was wanted.
        errors = [e for e in reply.get("Errors", []) if e["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
        if errors:
            raise RuntimeError(f"partitions of {table['Name']} could not be added: {errors}")


def is_hidden(path: str) -> bool:
    return any(part.startswith(("_", ".")) for part in path.split("/"))


def partition_values(folder: str, keys: list[str]) -> Values | None:
    """The values in ``year=2024/month=12``; None unless the folder names exactly the keys, in their order."""
    parts = [part.partition("=") for part in folder.split("/")]
    names = [name.lower() for name, _, _ in parts]
    values = tuple(value for _, _, value in parts)
    return values if names == keys and all(values) else None


def partition_input(table: Json, location: str, values: Values) -> Json:
    """InheritFromTable: the table's own storage descriptor, at the partition's location."""
    return {"Values": list(values), "StorageDescriptor": {**table["StorageDescriptor"], "Location": location}}
