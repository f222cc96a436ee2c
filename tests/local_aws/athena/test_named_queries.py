"""Saved queries."""

from typing import Any

import pytest

from local_aws.errors import ServiceError


def test_named_queries_are_created_listed_read_and_deleted(athena: Any) -> None:
    query = {"Name": "total", "Database": athena.database, "QueryString": "SELECT 1", "Description": "d"}
    query_id = athena.call("CreateNamedQuery", **query)["NamedQueryId"]
    assert athena.call("GetNamedQuery", NamedQueryId=query_id)["NamedQuery"].items() >= query.items()
    assert query_id in athena.call("ListNamedQueries")["NamedQueryIds"]
    batch = athena.call("BatchGetNamedQuery", NamedQueryIds=[query_id, "nowhere"])
    assert [found["Name"] for found in batch["NamedQueries"]] == ["total"]
    assert batch["UnprocessedNamedQueryIds"][0]["NamedQueryId"] == "nowhere"
    athena.call("DeleteNamedQuery", NamedQueryId=query_id)
    with pytest.raises(ServiceError, match="does not exist"):
        athena.call("GetNamedQuery", NamedQueryId=query_id)


@pytest.mark.parametrize("missing", ["Name", "Database", "QueryString"])
def test_a_named_query_needs_all_its_fields(athena: Any, missing: str) -> None:
    query = {"Name": "total", "Database": "d", "QueryString": "SELECT 1"} | {missing: ""}
    with pytest.raises(ServiceError, match=f"expected {missing}"):
        athena.call("CreateNamedQuery", **query)
