"""What the check of a day in containers says, without containers."""

from datetime import date

import pytest

from clickstream import live_rows
from scripts.verify_compose_day import await_live_rows
from tests.promise.deployment import deploy

DAY = date(2024, 12, 25)


def test_a_function_that_wrote_nothing_is_told(local_aws, capsys):
    catalog = deploy(local_aws.endpoint_url)
    with pytest.raises(SystemExit, match="the function has written no rows of 2024-12-25 after 0 s"):
        await_live_rows(catalog, DAY, patience=0)
    key = live_rows.live_key(DAY, "events/year=2024/month=12/day=25/hour=23/x.gz")
    catalog.s3.put_object(Bucket=catalog.settings.name("processed_bucket"), Key=key, Body=b"")
    await_live_rows(catalog, DAY, patience=0)
    assert "live rows of 2024-12-25: there" in capsys.readouterr().out
