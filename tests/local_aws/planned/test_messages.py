import json

import pytest

from local_aws.planned.account import Account
from local_aws.planned.creators import create_resources
from local_aws.planned.messages import CREATORS, as_text, set_queue_policy
from local_aws.planned.plan import planned_resources


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (60, "60"), ("x", "x")])
def test_an_attribute_is_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_each_queue_has_its_own_policy_and_takes_messages_with_it(account: Account) -> None:
    """The policy denies plain HTTP, and moto does not obey it; that would close the queues to everybody here."""
    create_resources([one for one in planned_resources() if one.type in CREATORS], account)
    sqs = account.client("sqs")
    urls = sqs.list_queues()["QueueUrls"]
    assert len(urls) == 2
    for url in urls:
        asked = ["Policy", "QueueArn"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        resources = {one["Resource"] for one in json.loads(attributes["Policy"])["Statement"]}
        assert resources == {attributes["QueueArn"]}
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "x"


def test_a_policy_of_two_queues_belongs_to_none() -> None:
    statements = [{"Resource": f"arn:aws:sqs:eu-west-1:123456789012:{name}"} for name in "ab"]
    with pytest.raises(ValueError, match="too many values"):
        set_queue_policy(
            {"Attributes": {"Policy": json.dumps({"Statement": statements})}}, Account("http://127.0.0.1:1")
        )
