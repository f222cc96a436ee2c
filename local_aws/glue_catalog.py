"""The Glue catalog: moto's, with what moto leaves out.

Supports: databases, tables, table versions and partitions with their batch calls and partition expressions (moto's);
``UpdateTable`` with ``VersionId`` (ConcurrentModificationException unless it is the current one) and ``SkipArchive``;
paging by ``MaxResults`` and ``NextToken``; ``ExcludeColumnSchema``; names of databases, tables, columns and partition
keys in lower case; the limits of the batch calls; as many partition values as partition keys; tags; security
configurations, which are remembered and have no effect.
Does not support: several regions or catalogs, partition indexes, ``Segment``, ``TransactionId``, ``QueryAsOfTime``,
Lake Formation, statistics, connections, schema registry. A table's first version is 1 (Glue's is 0).
Whatever is not named here is refused.
"""

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from local_aws import moto_app
from local_aws.clock import Clock
from local_aws.engine import Engine, Operation, Reply
from local_aws.errors import ServiceError, unsupported

Body = dict[str, Any]

PLAIN = (
    *("CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase"),
    *("CreateTable", "GetTable", "DeleteTable", "BatchDeleteTable", "GetTableVersion", "DeleteTableVersion"),
    *("GetPartition", "BatchGetPartition", "UpdatePartition", "BatchUpdatePartition"),
    *("DeletePartition", "BatchDeletePartition"),
)
PAGED = {  # operation: (the list in its reply, largest page)
    "GetDatabases": ("DatabaseList", 100),
    "GetTables": ("TableList", 100),
    "GetTableVersions": ("TableVersions", 100),
    "GetPartitions": ("Partitions", 1000),
}
BATCH_LIMITS = {
    "PartitionInputList": 100,
    "PartitionsToGet": 1000,
    "PartitionsToDelete": 25,
    "Entries": 100,
    "TablesToDelete": 100,
}
REFUSED_PARAMETERS = ("Segment", "TransactionId", "QueryAsOfTime")
NAMES = frozenset({"Name", "DatabaseName", "TableName"})
# Below these a "Name" is the user's own text, not a name of the catalog.
VERBATIM = frozenset({"Parameters", "SerdeInfo", "Tags"})


class GlueCatalogEngine(Engine):
    service = "glue"
    target_prefix = "AWSGlue"
    passes_to_moto = frozenset(
        {
            *("GetTags", "TagResource", "UntagResource"),
            *("CreateSecurityConfiguration", "GetSecurityConfiguration", "GetSecurityConfigurations"),
            "DeleteSecurityConfiguration",
        }
    )

    def __init__(self, endpoint_url: str, clock: Clock, data_dir: Path) -> None:
        # moto's catalog is not thread-safe, and a compare-and-set must be one step.
        self._lock = threading.RLock()

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            **{name: partial(self._moto, name) for name in PLAIN},
            **{name: partial(self._page, name) for name in PAGED},
            "CreatePartition": partial(self._create_partitions, "CreatePartition"),
            "BatchCreatePartition": partial(self._create_partitions, "BatchCreatePartition"),
            "UpdateTable": self._update_table,
        }

    def _moto(self, name: str, body: Body) -> Reply:
        check_request(name, body)
        with self._lock:
            return moto_app.call("glue", f"AWSGlue.{name}", in_lower_case(body))

    def _update_table(self, body: Body) -> Reply:
        expected, skip_archive = body.pop("VersionId", None), body.pop("SkipArchive", False)
        table = {"DatabaseName": body["DatabaseName"], "Name": body["TableInput"]["Name"]}
        with self._lock:
            current = self._moto("GetTable", table)["Table"]["VersionId"]
            if expected not in (None, current):
                raise ServiceError(
                    "ConcurrentModificationException", "Update table failed due to concurrent modifications."
                )
            reply = self._moto("UpdateTable", body)
            if skip_archive:
                archived = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"], "VersionId": current}
                self._moto("DeleteTableVersion", archived)
        return reply

    def _create_partitions(self, name: str, body: Body) -> Reply:
        inputs = body.get("PartitionInputList") or [body.get("PartitionInput", {})]
        with self._lock:
            table = self._moto("GetTable", {"DatabaseName": body["DatabaseName"], "Name": body["TableName"]})["Table"]
            keys = len(table.get("PartitionKeys", []))
            if any(len(partition.get("Values", [])) != keys for partition in inputs):
                message = "The number of partition keys do not match the number of partition values"
                raise ServiceError("InvalidInputException", message)
            return self._moto(name, body)

    def _page(self, name: str, body: Body) -> Reply:
        key, largest = PAGED[name]
        size = min(body.pop("MaxResults", None) or largest, largest)
        start = offset_of(body.pop("NextToken", None))
        bare = body.pop("ExcludeColumnSchema", False)
        found = self._moto(name, body)[key]
        page = found[start : start + size]
        reply: Reply = {key: [without_columns(item) for item in page] if bare else page}
        if start + size < len(found):
            reply["NextToken"] = str(start + size)
        return reply


def check_request(name: str, body: Body) -> None:
    """Raises what Glue raises for a batch over its limit, and refuses parameters without an effect here."""
    for parameter in REFUSED_PARAMETERS:
        if body.get(parameter):
            raise unsupported("glue", f"the parameter {parameter} of {name}")
    for parameter, limit in BATCH_LIMITS.items():
        if len(body.get(parameter) or ()) > limit:
            message = (
                f"1 validation error detected: Value at '{parameter[0].lower()}{parameter[1:]}' failed to satisfy "
                f"constraint: Member must have length less than or equal to {limit}"
            )
            raise ServiceError("ValidationException", message)


def in_lower_case(value: Any) -> Any:
    """The request with every name of the catalog folded, as Glue stores them."""
    if isinstance(value, list):
        return [in_lower_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: folded(key, item) for key, item in value.items()}


def folded(key: str, value: Any) -> Any:
    if key in VERBATIM:
        return value
    if key == "TablesToDelete":
        return [name.lower() for name in value]
    return value.lower() if key in NAMES and isinstance(value, str) else in_lower_case(value)


def offset_of(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise ServiceError("InvalidInputException", f"expected a NextToken of an earlier reply, got {token!r}")
    return int(token)


def without_columns(partition: Body) -> Body:
    descriptor = {k: v for k, v in partition.get("StorageDescriptor", {}).items() if k != "Columns"}
    return {**partition, "StorageDescriptor": descriptor}
