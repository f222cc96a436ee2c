from typing import Any

import pytest

from local_aws.athena.views import parse_view
from local_aws.stack import Stack


@pytest.fixture
def tables(local_aws: Any) -> dict[str, dict[str, Any]]:
    stack = Stack(local_aws.endpoint_url)
    stack.create_catalog()
    found = stack.client("glue").get_tables(DatabaseName=stack.name("database"))["TableList"]
    return {one["Name"]: one for one in found}


def test_a_table_without_partition_keys_has_an_empty_list_of_them(tables: dict[str, dict[str, Any]]) -> None:
    assert {name for name, one in tables.items() if one["PartitionKeys"] == []} == {
        "clickstream_published",
        "clickstream_events",
        "clickstream_quarantine",
    }


@pytest.mark.parametrize("name", ["clickstream_events", "clickstream_quarantine"])
def test_a_planned_view_is_one_that_athena_can_read(tables: dict[str, dict[str, Any]], name: str) -> None:
    view = parse_view(tables[name], "clickstream_local")
    assert view.schema == "clickstream_local"
    assert "FROM clickstream_published" in view.sql
