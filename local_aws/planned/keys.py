"""The key and its alias. moto encrypts nothing with it: objects of Firehose and Athena, queues and logs say its ARN."""

from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.creator import Creator, Json


def create_key(arguments: Json, account: Account) -> Any:
    planned, rotated = arguments.pop("PlannedId"), arguments.pop("Rotated", False)
    key_id = account.client("kms").create_key(**arguments)["KeyMetadata"]["KeyId"]
    account.real_ids[planned] = key_id  # which AWS chooses, so the plan only says some id
    if rotated:
        account.client("kms").enable_key_rotation(KeyId=key_id)


def create_alias(arguments: Json, account: Account) -> Any:
    """The plan knows the alias' key at apply only; the stack has one key."""
    (key_id,) = account.real_ids.values()
    account.client("kms").create_alias(**{"TargetKeyId": key_id, **arguments})


CREATORS = {
    "aws_kms_key": Creator(
        create_key,
        {
            "id": "PlannedId",
            "description": "Description",
            "policy": "Policy",
            "enable_key_rotation": "Rotated",
        },
        ignored={"deletion_window_in_days": "when the key goes after `terraform destroy`"},
        kept={"Policy": "nobody's rights are checked; tests/terraform do that on the plan"},
    ),
    "aws_kms_alias": Creator(create_alias, {"name": "AliasName", "target_key_id": "TargetKeyId"}),
}
