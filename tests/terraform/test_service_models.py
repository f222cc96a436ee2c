"""Every enumeration, pattern and bound that AWS's service models know holds for what is planned."""

from collections.abc import Callable, Mapping

import pytest
from terraform_tree import Planned

from tests.terraform.guards import PLANS
from tests.terraform.service_models import Checked, input_of, is_bounded, snake_case
from tests.terraform.service_operations import MODELS, UNBOUNDED

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", list(MODELS))
def test_the_service_would_take_what_is_planned(kind: str, planned: Callable[[str], Planned]) -> None:
    """In every plan: prod's numbers are others than dev's."""
    service, operation, member, aliases, expected = MODELS[kind]
    checked = Checked(aliases)
    shape = input_of(service, operation, member)
    resources = [one for name in PLANS for one in planned(name).of_type(kind).items()]
    problems = [x for where, values in resources for x in checked.problems(shape, values, where)]
    assert problems == []
    assert expected <= checked.members, f"not compared: {sorted(expected - checked.members)}"


def test_every_planned_type_is_compared_or_unbounded(planned: Callable[[str], Planned]) -> None:
    types = {one["type"] for name in PLANS for one in planned(name).resources.values()}
    assert types == MODELS.keys() | UNBOUNDED.keys()


@pytest.mark.parametrize("kind", list(UNBOUNDED))
def test_the_model_says_nothing_of_what_is_planned(kind: str, planned: Callable[[str], Planned]) -> None:
    """Else it belongs into MODELS."""
    members = input_of(*UNBOUNDED[kind]).members
    given = {name for values in planned("full").of_type(kind).values() for name, value in values.items() if value}
    bounded = {name for name, shape in members.items() if snake_case(name) in given and is_bounded(shape)}
    assert bounded == set()


JOB = ("glue", "CreateJob")
OWNERSHIP = ("s3", "PutBucketOwnershipControls", "OwnershipControls")


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (JOB, {"worker_type": "G.3X"}, "none of Standard, G.1X"),
        (JOB, {"name": ""}, "is below 1"),
        (JOB, {"timeout": 0}, "is below 1"),
        (JOB, {"command": [{"python_version": "three"}]}, "does not fit"),
        (OWNERSHIP, {"rule": [{"object_ownership": "Ours"}]}, "none of BucketOwnerPreferred"),
        (("kms", "CreateAlias"), {"alias_name": "alias/a b"}, "does not fit"),
        (("lambda", "PutFunctionEventInvokeConfig"), {"maximum_retry_attempts": 3}, "is above 2"),
    ],
    ids=["enumeration", "length", "bound", "pattern in a block", "list in the singular", "pattern", "upper bound"],
)
def test_what_the_service_would_refuse_is_seen(where: tuple[str, ...], value: Mapping[str, object], says: str) -> None:
    found = list(Checked().problems(input_of(*where), value))
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GlueVersion", "glue_version"),
        ("SourceBucketArn", "source_bucket_arn"),
        ("RoleARN", "role_arn"),
        ("kmsKeyId", "kms_key_id"),
    ],
)
def test_the_apis_names_become_terraforms(name: str, expected: str) -> None:
    assert snake_case(name) == expected
