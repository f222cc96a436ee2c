import pytest

from local_aws.planned.account import Account
from local_aws.planned.keys import create_alias, create_key


def test_a_key_rotates_where_that_is_planned(account: Account) -> None:
    create_key({"PlannedId": "a", "Rotated": True}, account)
    create_key({"PlannedId": "b"}, account)
    rotated = {
        planned: account.client("kms").get_key_rotation_status(KeyId=real)["KeyRotationEnabled"]
        for planned, real in account.real_ids.items()
    }
    assert rotated == {"a": True, "b": False}


def test_an_alias_names_the_stacks_key(account: Account) -> None:
    create_key({"PlannedId": "a"}, account)
    create_alias({"AliasName": "alias/data"}, account)
    assert account.client("kms").describe_key(KeyId="alias/data")["KeyMetadata"]["KeyId"] == account.real_ids["a"]


def test_with_two_keys_an_alias_does_not_guess(account: Account) -> None:
    account.real_ids |= {"a": "1", "b": "2"}
    with pytest.raises(ValueError, match="too many values"):
        create_alias({"AliasName": "alias/data"}, account)
