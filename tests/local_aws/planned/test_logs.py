from local_aws.planned.account import Account
from local_aws.planned.logs import create_group


def test_a_group_without_a_retention_keeps_everything(account: Account) -> None:
    create_group({"logGroupName": "forever"}, account)
    create_group({"logGroupName": "week", "retentionInDays": 7}, account)
    groups = account.client("logs").describe_log_groups()["logGroups"]
    assert {one["logGroupName"]: one.get("retentionInDays") for one in groups} == {"forever": None, "week": 7}
