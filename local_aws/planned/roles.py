"""Roles and policies, as moto keeps them: it refuses a malformed policy, and asks none of them."""

from local_aws.planned.creator import Creator, call

_ASKED_ON_THE_PLAN = "nobody's rights are checked; tests/terraform ask the planned policies"

CREATORS = {
    "aws_iam_role": Creator(
        call("iam", "create_role"),
        {"name": "RoleName", "description": "Description", "assume_role_policy": "AssumeRolePolicyDocument"},
        kept={"AssumeRolePolicyDocument": _ASKED_ON_THE_PLAN},
    ),
    "aws_iam_role_policy": Creator(
        call("iam", "put_role_policy"),
        {"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        kept={"PolicyDocument": _ASKED_ON_THE_PLAN},
    ),
    "aws_iam_policy": Creator(
        call("iam", "create_policy"),
        {"name": "PolicyName", "description": "Description", "policy": "PolicyDocument"},
        kept={"PolicyDocument": _ASKED_ON_THE_PLAN},
    ),
    "aws_iam_role_policy_attachment": Creator(
        call("iam", "attach_role_policy"), {"role": "RoleName", "policy_arn": "PolicyArn"}
    ),
}
