from datetime import date

import pytest

from clickstream.catalog import PublicationRefused
from clickstream.runs import publishable, register_partition, require_partition
from clickstream.settings import table
from tests.dags.clickstream.test_publication import DAY, finished_run


def test_a_run_that_is_whole_has_its_ledger_returned(catalog):
    run = finished_run(catalog)
    assert publishable(catalog, DAY, run).run_id == run


def test_a_run_without_a_ledger_does_not_exist(catalog):
    with pytest.raises(PublicationRefused, match="2024-12-25-jr_9 has no ledger.*did not finish"):
        publishable(catalog, DAY, "2024-12-25-jr_9")


def test_a_ledger_that_does_not_balance_is_refused(catalog):
    run = finished_run(catalog, lines=11)
    with pytest.raises(PublicationRefused, match="does not balance: 11 records"):
        publishable(catalog, DAY, run)


def test_a_run_of_another_day_is_refused(catalog):
    run = finished_run(catalog)
    with pytest.raises(PublicationRefused, match="is not of arrival day 2024-12-26"):
        publishable(catalog, date(2024, 12, 26), run)


def test_a_partition_is_registered_as_the_crawler_would(catalog):
    with pytest.raises(PublicationRefused, match="is not registered"):
        require_partition(catalog, DAY)
    register_partition(catalog, DAY)
    require_partition(catalog, DAY)
    where = {"DatabaseName": catalog.settings.name("database")}
    made = catalog.glue.get_partition(
        **where, TableName=table("generations"), PartitionValues=["2024", "12", "25"]
    )["Partition"]["StorageDescriptor"]  # fmt: skip
    of_table = catalog.glue.get_table(**where, Name=table("generations"))["Table"]["StorageDescriptor"]
    assert made == of_table | {"Location": f"{catalog.settings.processed_uri}year=2024/month=12/day=25/"}


def test_a_partition_that_is_there_already_is_left_as_it_is(catalog):
    register_partition(catalog, DAY)
    register_partition(catalog, DAY)
