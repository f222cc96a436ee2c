"""The evaluator of policies decides as IAM's documentation says."""

import json
from typing import Any

import pytest

from tests.terraform.iam import Call, allowed, applies, conditions_hold, listed, statements

READ = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::b/events/*"}
DENY = {"Sid": "Deny", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}


def test_nothing_is_allowed_by_itself() -> None:
    assert not allowed(Call("s3:GetObject", "arn:aws:s3:::b/events/x"), [])


@pytest.mark.parametrize(
    ("action", "key", "expected"),
    [
        ("s3:GetObject", "events/x", True),
        ("S3:getobject", "events/x", True),
        ("s3:PutObject", "events/x", False),
        ("s3:GetObject", "errors/x", False),
    ],
    ids=["the action and prefix", "an action in other case", "another action", "another prefix"],
)
def test_an_allow_is_about_its_actions_and_resources(action: str, key: str, expected: bool) -> None:
    assert allowed(Call(action, f"arn:aws:s3:::b/{key}"), [READ]) is expected


def test_a_deny_of_either_policy_wins() -> None:
    call = Call("s3:GetObject", "arn:aws:s3:::b/events/x")
    assert not allowed(call, [READ, DENY])
    assert not allowed(call, [READ], [DENY])


@pytest.mark.parametrize(
    ("operator", "expected", "value", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", None, False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringLike", "events/*", "events/x", True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", "a", None, True),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("ArnLike", "arn:aws:x:*:1:y/*", "arn:aws:x:r:1:y/z", True),
        ("Bool", "false", "False", True),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericLessThan", "1.2", None, False),
    ],
)
def test_a_condition_holds_as_iam_documents(operator: str, expected: Any, value: str | None, holds: bool) -> None:
    context = {} if value is None else {"the:key": value}
    assert conditions_hold({operator: {"The:Key": expected}}, context) is holds


def test_every_condition_must_hold() -> None:
    both = {"StringEquals": {"a:a": "1", "b:b": "2"}}
    assert conditions_hold(both, {"a:a": "1", "b:b": "2"})
    assert not conditions_hold(both, {"a:a": "1", "b:b": "3"})


def test_what_it_does_not_understand_is_no_answer() -> None:
    with pytest.raises(NotImplementedError, match="NotAction"):
        applies({"Sid": "x", "NotAction": "s3:*", "Resource": "*"}, Call("s3:GetObject", "x"))
    with pytest.raises(KeyError):
        conditions_hold({"DateLessThan": {"a": "b"}}, {"a": "b"})


def test_one_statement_may_stand_alone() -> None:
    assert statements(json.dumps({"Statement": READ})) == [READ]
    assert (listed("a"), listed(["a"]), listed(None)) == (["a"], ["a"], [])
