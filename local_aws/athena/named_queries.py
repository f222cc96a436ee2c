"""Saved queries. Supports: create, get, list, batch get, delete. Does not support: update, prepared statements."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from local_aws.athena.requests import invalid, next_page, required
from local_aws.athena.workgroups import PRIMARY, WorkGroups
from local_aws.engine import Operation, Reply

MAX_BATCH = 50


class NamedQueries:
    def __init__(self, workgroups: WorkGroups) -> None:
        self._workgroups = workgroups
        self._queries: dict[str, dict[str, Any]] = {}

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "CreateNamedQuery": self.create,
            "GetNamedQuery": lambda body: {"NamedQuery": self._find(required(body, "NamedQueryId"))},
            "BatchGetNamedQuery": self.batch_get,
            "ListNamedQueries": self.list_queries,
            "DeleteNamedQuery": self.delete,
        }

    def create(self, body: dict[str, Any]) -> Reply:
        workgroup = body.get("WorkGroup", PRIMARY)
        self._workgroups.find(workgroup)
        query = {name: required(body, name) for name in ("Name", "Database", "QueryString")}
        query |= {"Description": body.get("Description", ""), "WorkGroup": workgroup, "NamedQueryId": str(uuid4())}
        self._queries[query["NamedQueryId"]] = query
        return {"NamedQueryId": query["NamedQueryId"]}

    def _find(self, query_id: str) -> dict[str, Any]:
        if query_id not in self._queries:
            raise invalid(f"NamedQuery {query_id} does not exist")
        return self._queries[query_id]

    def batch_get(self, body: dict[str, Any]) -> Reply:
        ids = body.get("NamedQueryIds", [])
        if not 1 <= len(ids) <= MAX_BATCH:
            raise invalid(f"NamedQueryIds must have 1 to {MAX_BATCH} members, got {len(ids)}")
        missing = [{"NamedQueryId": i, "ErrorCode": "INVALID_INPUT"} for i in ids if i not in self._queries]
        found = [self._queries[query_id] for query_id in ids if query_id in self._queries]
        return {"NamedQueries": found, "UnprocessedNamedQueryIds": missing}

    def list_queries(self, body: dict[str, Any]) -> Reply:
        workgroup = body.get("WorkGroup", PRIMARY)
        self._workgroups.find(workgroup)
        ids = [query_id for query_id, query in self._queries.items() if query["WorkGroup"] == workgroup]
        return next_page(body, "NamedQueryIds", ids, MAX_BATCH)

    def delete(self, body: dict[str, Any]) -> Reply:
        self._find(required(body, "NamedQueryId"))
        del self._queries[body["NamedQueryId"]]
        return {}
