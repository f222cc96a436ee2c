import pytest

from local_aws.crawler.crawl import is_hidden, partition_input, partition_values

KEYS = ["year", "month", "day"]
DAY = "year=2024/month=12/day=25"


@pytest.mark.parametrize("folder", [DAY, "Year=2024/MONTH=12/day=25"])
def test_folder_of_the_keys_in_their_order_is_a_partition(folder: str) -> None:
    assert partition_values(folder, KEYS) == ("2024", "12", "25")


@pytest.mark.parametrize(
    "folder",
    ["", "rubbish", "year=2024/month=12", "month=12/year=2024/day=25", f"{DAY}/hour=10", "year=2024/month=/day=25"],
)
def test_any_other_folder_is_none(folder: str) -> None:
    assert partition_values(folder, KEYS) is None


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        (f"{DAY}/part-0.parquet", False),
        (f"{DAY}/_SUCCESS", True),
        (f"{DAY}/.part-0.crc", True),
        (f"{DAY}/_staging/part-0.parquet", True),
        (f".hidden/{DAY}/part-0.parquet", True),
        (f"{DAY}/part_0.v1.parquet", False),
    ],
)
def test_what_begins_with_an_underscore_or_a_dot_is_hidden(path: str, hidden: bool) -> None:
    assert is_hidden(path) is hidden


def test_partition_inherits_the_tables_descriptor_but_its_location() -> None:
    table = {"StorageDescriptor": {"Location": "s3://b/", "Columns": [{"Name": "event_id"}]}}
    made = partition_input(table, f"s3://b/{DAY}/", ("2024", "12", "25"))
    assert made == {
        "Values": ["2024", "12", "25"],
        "StorageDescriptor": {"Location": f"s3://b/{DAY}/", "Columns": [{"Name": "event_id"}]},
    }
