import pytest
from botocore.exceptions import ClientError

from local_aws.planned.account import Account
from local_aws.planned.creators import create_resources
from local_aws.planned.plan import Resource

BROKEN = '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Perhaps","Action":"s3:GetObject","Resource":"*"}]}'
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"x"}}]}'
)


@pytest.mark.parametrize(
    "policy",
    [
        Resource("aws_iam_policy.p", "aws_iam_policy", {"name": "p", "policy": BROKEN}),
        Resource("aws_iam_role_policy.p", "aws_iam_role_policy", {"name": "p", "role": "r", "policy": BROKEN}),
    ],
    ids=["managed", "inline"],
)
def test_a_policy_that_is_not_well_formed_is_refused(account: Account, policy: Resource) -> None:
    role = Resource("aws_iam_role.r", "aws_iam_role", {"name": "r", "assume_role_policy": TRUST})
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        create_resources([policy, role], account)
