from typing import Any

import pytest

from local_aws.planned.creator import Creator, Json, arguments_of, call
from local_aws.planned.plan import PlanError, Resource

RULES = Creator(
    call("s3", "put_rules"),
    {
        "name": "Name",
        "owner.id": "Owner.ID",
        "rule[].id": "Rules[].ID",
        "rule[].step[].days": "Rules[].Steps[].Days",
        "logging.target": "Logging[].Target",
    },
    only={"kind": "plain"},
    ignored={"note": "says nothing"},
)


def arguments(**values: Any) -> Json:
    return arguments_of(Resource("aws_rules.a", "aws_rules", values), RULES, "eu-west-1", "local_aws/planned/rules.py")


def test_a_value_goes_where_its_field_says() -> None:
    assert arguments(name="n", owner=[{"id": "o"}]) == {"Name": "n", "Owner": {"ID": "o"}}


def test_values_that_say_no_are_carried_too() -> None:
    assert arguments(name="", owner=[{"id": False}]) == {"Name": "", "Owner": {"ID": False}}


def test_repeated_blocks_stay_apart_and_in_order() -> None:
    rules = [{"id": "a", "step": [{"days": 1}, {"days": 2}]}, {"id": "b", "step": [{"days": 3}]}]
    assert arguments(rule=rules) == {
        "Rules": [{"ID": "a", "Steps": [{"Days": 1}, {"Days": 2}]}, {"ID": "b", "Steps": [{"Days": 3}]}]
    }


def test_a_block_that_comes_once_may_be_the_first_of_a_list() -> None:
    assert arguments(logging=[{"target": "t"}]) == {"Logging": [{"Target": "t"}]}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"size": 3},
            r"aws_rules\.a: size = 3 is planned, and the local AWS does not carry it: do so in local_aws/plan",
        ),
        ({"rule": [{"id": "a"}, {"id": "b", "days": 1}]}, r"aws_rules\.a: rule\[1\]\.days = 1 is planned"),
        ({"rule": [{}]}, r"aws_rules\.a: rule\[0\] = {} is planned"),
        ({"owner": [{"id": "a"}, {"id": "b"}]}, r"owner\[1\]\.id = 1 is planned, and the local AWS carries owner once"),
        (
            {"kind": "fancy"},
            "kind = 'fancy' is planned, and the local AWS supports 'plain' only; see local_aws/planned",
        ),
        ({"region": "us-east-1"}, "region = 'us-east-1' is planned, and the local AWS supports 'eu-west-1' only"),
    ],
    ids=["unknown", "unknown in a block", "empty block", "block twice", "one value only", "another region"],
)
def test_a_value_that_cannot_be_true_here_fails(values: Json, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        arguments(**values)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(PlanError) as refusal:
        arguments(size="x" * 10_000)
    assert len(str(refusal.value)) < 500


def test_what_may_be_ignored_is() -> None:
    ignored = {"note": "x", "tags": {"a": "b"}, "arn": "arn:aws:x", "id": "x", "kind": "plain", "region": "eu-west-1"}
    assert arguments(**ignored) == {}


def test_a_call_has_its_constants_and_the_arguments() -> None:
    class Account:
        def client(self, service: str) -> Any:
            return self

        def put_rules(self, **arguments: Any) -> None:
            self.asked = arguments

    account: Any = Account()
    call("s3", "put_rules", Kind="x")({"Name": "n"}, account)
    assert account.asked == {"Kind": "x", "Name": "n"}
