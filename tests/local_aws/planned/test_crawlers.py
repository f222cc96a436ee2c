import pytest

from local_aws.planned.account import Account
from local_aws.planned.creators import prepared_arguments
from local_aws.planned.plan import PlanError, Resource, planned_resources


@pytest.mark.parametrize("more", [{"schedule": "cron(0 1 * * ? *)"}, {"s3_target": [{"path": "s3://b/"}]}])
def test_a_crawler_that_would_do_more_fails(more: dict[str, object]) -> None:
    (crawler,) = [one for one in planned_resources() if one.type == "aws_glue_crawler"]
    other = Resource(crawler.address, crawler.type, {**crawler.values, **more})
    with pytest.raises(PlanError, match=next(iter(more))):
        prepared_arguments(other, Account("http://127.0.0.1:1"))
