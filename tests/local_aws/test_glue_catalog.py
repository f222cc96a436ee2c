from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.clients import local_client
from local_aws.server import LocalAws

DATABASE = "clickstream_dev"
KEYS = [{"Name": "Year", "Type": "string"}, {"Name": "month", "Type": "string"}]


def table_input(**changes: Any) -> dict[str, Any]:
    columns = [{"Name": "Event_ID", "Type": "string"}]
    descriptor = {"Columns": columns, "Location": "s3://bucket/t/", "SerdeInfo": {"Name": "Keep-Me"}}
    return {"Name": "Events", "StorageDescriptor": descriptor, "PartitionKeys": KEYS, "Parameters": {}} | changes


@pytest.fixture
def glue(local_aws: LocalAws) -> Any:
    client = local_client("glue", local_aws.endpoint_url)
    client.create_database(DatabaseInput={"Name": "Clickstream_Dev"})
    client.create_table(DatabaseName=DATABASE, TableInput=table_input())
    return client


def get_table(glue: Any) -> dict[str, Any]:
    return dict(glue.get_table(DatabaseName=DATABASE, Name="events")["Table"])


def add_partitions(glue: Any, count: int) -> None:
    inputs = [{"Values": ["2024", f"{n:03}"], "StorageDescriptor": {"Columns": []}} for n in range(count)]
    for start in range(0, count, 100):
        batch = inputs[start : start + 100]
        glue.batch_create_partition(DatabaseName=DATABASE, TableName="events", PartitionInputList=batch)


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_update_with_the_current_version_moves_the_table(glue: Any) -> None:
    before = get_table(glue)["VersionId"]
    moved = table_input(StorageDescriptor={"Location": "s3://bucket/moved/", "Columns": []})
    glue.update_table(DatabaseName=DATABASE, TableInput=moved, VersionId=before)
    after = get_table(glue)
    assert after["StorageDescriptor"]["Location"] == "s3://bucket/moved/"
    assert after["VersionId"] != before


def test_update_with_an_old_version_is_refused_and_changes_nothing(glue: Any) -> None:
    old = get_table(glue)["VersionId"]
    glue.update_table(DatabaseName=DATABASE, TableInput=table_input(Description="first"), VersionId=old)
    with pytest.raises(ClientError, match="Update table failed due to concurrent modifications") as error:
        glue.update_table(DatabaseName=DATABASE, TableInput=table_input(Description="second"), VersionId=old)
    assert code_of(error) == "ConcurrentModificationException"
    assert isinstance(error.value, glue.exceptions.ConcurrentModificationException)
    assert get_table(glue)["Description"] == "first"


def test_update_without_a_version_needs_none(glue: Any) -> None:
    glue.update_table(DatabaseName=DATABASE, TableInput=table_input(Description="unconditional"))
    assert get_table(glue)["Description"] == "unconditional"


def test_of_32_updates_with_one_version_exactly_one_wins(glue: Any) -> None:
    version = get_table(glue)["VersionId"]

    def update(n: int) -> str:
        try:
            glue.update_table(DatabaseName=DATABASE, TableInput=table_input(Description=str(n)), VersionId=version)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return f"won {n}"

    with ThreadPoolExecutor(32) as pool:
        answers = sorted(pool.map(update, range(32)))
    assert answers[:31] == ["ConcurrentModificationException"] * 31
    assert answers[31] == f"won {get_table(glue)['Description']}"


@pytest.mark.parametrize(("skip", "kept"), [(True, 1), (False, 2)], ids=["skipped", "archived"])
def test_skip_archive_keeps_no_old_version_but_counts_on(glue: Any, skip: bool, kept: int) -> None:
    before = get_table(glue)["VersionId"]
    glue.update_table(DatabaseName=DATABASE, TableInput=table_input(), VersionId=before, SkipArchive=skip)
    versions = glue.get_table_versions(DatabaseName=DATABASE, TableName="events")["TableVersions"]
    assert len(versions) == kept
    assert get_table(glue)["VersionId"] == str(int(before) + 1)


def test_names_are_lower_case_and_what_is_no_name_is_kept(glue: Any) -> None:
    table = glue.get_table(DatabaseName="CLICKSTREAM_dev", Name="EVENTS")["Table"]
    assert (table["DatabaseName"], table["Name"]) == (DATABASE, "events")
    assert table["StorageDescriptor"]["Columns"][0]["Name"] == "event_id"
    assert [key["Name"] for key in table["PartitionKeys"]] == ["year", "month"]
    assert table["StorageDescriptor"]["SerdeInfo"]["Name"] == "Keep-Me"


def test_partitions_come_in_pages(glue: Any) -> None:
    add_partitions(glue, 250)
    first = glue.get_partitions(DatabaseName=DATABASE, TableName="events", MaxResults=100)
    assert len(first["Partitions"]) == 100
    pages = glue.get_paginator("get_partitions").paginate(
        DatabaseName=DATABASE, TableName="events", PaginationConfig={"PageSize": 100}
    )
    months = [partition["Values"][1] for page in pages for partition in page["Partitions"]]
    assert months == [f"{n:03}" for n in range(250)]


def test_partition_expression_is_evaluated(glue: Any) -> None:
    add_partitions(glue, 12)
    found = glue.get_partitions(DatabaseName=DATABASE, TableName="events", Expression="year='2024' AND month>='010'")
    assert [partition["Values"][1] for partition in found["Partitions"]] == ["010", "011"]


def test_partition_with_too_few_values_is_refused(glue: Any) -> None:
    with pytest.raises(ClientError, match="number of partition keys") as error:
        glue.create_partition(DatabaseName=DATABASE, TableName="events", PartitionInput={"Values": ["2024"]})
    assert code_of(error) == "InvalidInputException"


def test_batch_over_glues_limit_is_refused(glue: Any) -> None:
    inputs = [{"Values": ["2024", str(n)]} for n in range(101)]
    with pytest.raises(ClientError, match="less than or equal to 100") as error:
        glue.batch_create_partition(DatabaseName=DATABASE, TableName="events", PartitionInputList=inputs)
    assert code_of(error) == "ValidationException"


def test_missing_table_has_glues_error(glue: Any) -> None:
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName=DATABASE, Name="nowhere")


def test_parameter_without_effect_is_refused(glue: Any) -> None:
    segment = {"SegmentNumber": 0, "TotalSegments": 2}
    with pytest.raises(ClientError, match="Segment") as error:
        glue.get_partitions(DatabaseName=DATABASE, TableName="events", Segment=segment)
    assert code_of(error) == "UnsupportedOperationException"
