from local_aws.planned.account import Account


def test_an_id_of_the_plan_becomes_the_real_one_at_any_depth() -> None:
    account = Account("http://127.0.0.1:1")
    account.real_ids["planned-id"] = "real-id"
    value = {"Rules": [{"Key": "arn:aws:kms:eu-west-1:123456789012:key/planned-id", "Days": 3}], "On": True}
    assert account.as_created(value) == {
        "Rules": [{"Key": "arn:aws:kms:eu-west-1:123456789012:key/real-id", "Days": 3}],
        "On": True,
    }


def test_a_client_is_made_once_for_the_accounts_region() -> None:
    account = Account("http://127.0.0.1:1", "eu-central-1")
    assert account.client("sqs") is account.client("sqs")
    assert account.client("sqs").meta.region_name == "eu-central-1"
