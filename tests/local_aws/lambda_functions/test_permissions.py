import json

import pytest

from local_aws.errors import ServiceError
from local_aws.lambda_functions.permissions import Policy

REQUEST = {
    "FunctionName": "f",
    "StatementId": "S3",
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
    "SourceArn": "arn:aws:s3:::raw",
    "SourceAccount": "123456789012",
}
ASKED = ("s3.amazonaws.com", "arn:aws:s3:::raw", "123456789012")


@pytest.fixture
def policy() -> Policy:
    made = Policy()
    made.add(REQUEST, "arn-of-f")
    return made


def test_who_is_named_may_invoke(policy: Policy) -> None:
    assert policy.allows(*ASKED)
    (statement,) = json.loads(policy.text() or "")["Statement"]
    assert (statement["Sid"], statement["Resource"]) == ("S3", "arn-of-f")


@pytest.mark.parametrize("number", range(3), ids=["another service", "another bucket", "another account"])
def test_nobody_else_may_invoke(policy: Policy, number: int) -> None:
    assert not policy.allows(*[value + "x" * (n == number) for n, value in enumerate(ASKED)])


def test_an_empty_policy_allows_nobody() -> None:
    assert not Policy().allows(*ASKED)
    assert Policy().text() is None


def test_a_statement_id_is_taken_once(policy: Policy) -> None:
    with pytest.raises(ServiceError, match="already exists"):
        policy.add(REQUEST, "arn-of-f")


@pytest.mark.parametrize(
    "change",
    [{"Action": "lambda:*"}, {"Principal": "123456789012"}, {"Principal": "*"}, {"Qualifier": "1"}],
    ids=["more than invoke", "an account", "everybody", "a version"],
)
def test_what_nobody_here_asks_about_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ServiceError) as error:
        Policy().add({**REQUEST, **change}, "arn-of-f")
    assert error.value.code == "UnsupportedOperationException"
