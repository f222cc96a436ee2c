import pytest

from clickstream import layout
from clickstream.aws_errors import RETRIES
from clickstream.catalog import PublicationRefused, connect
from tests.dags.clickstream.test_publication import finished_run


@pytest.mark.slow
def test_more_than_a_thousand_objects_are_listed(catalog):
    bucket = catalog.settings.name("work_bucket")
    for number in range(1001):
        catalog.s3.put_object(Bucket=bucket, Key=f"candidates/{number:04d}", Body=b"")
    assert len([entry["Key"] for entry in catalog.list_objects("work_bucket", "candidates/")]) == 1001


def test_nothing_under_a_prefix_is_an_empty_listing(catalog):
    assert list(catalog.list_objects("work_bucket", "nothing/")) == []


def test_a_ledger_is_fetched_once(catalog):
    run = finished_run(catalog)
    first = catalog.read_ledger(run)
    catalog.s3.delete_object(Bucket=catalog.settings.name("work_bucket"), Key=layout.ledger_key(run))
    assert catalog.read_ledger(run) is first


def test_a_ledger_that_is_only_looked_at_is_not_kept(catalog):
    run = finished_run(catalog)
    assert catalog.fetch_ledger(run) is not catalog.fetch_ledger(run)


def test_a_missing_ledger_is_named_with_its_place(catalog):
    with pytest.raises(PublicationRefused, match="ledgers/arrival_date=2024-12-25/2024-12-25-jr_9.json"):
        catalog.read_ledger("2024-12-25-jr_9")


def test_boto3s_own_clients_repeat_what_is_throttled(catalog, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    made = connect(catalog.settings)
    for client in (made.glue, made.s3, made.athena):
        assert client.meta.config.retries.items() >= RETRIES.items()
        assert client.meta.region_name == catalog.settings.region
