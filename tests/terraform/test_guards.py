"""Our Terraform keeps every rule, and every rule can be broken."""

import pytest
from terraform_tree import Planned

from tests.terraform.guards import all_guards
from tests.terraform.mutations import MUTATIONS, Mutation

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("guard", list(all_guards()))
def test_every_plan_keeps_the_rule(guard: str, each: Planned) -> None:
    assert list(all_guards()[guard](each)) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.guard)
def test_the_rule_sees_its_break(mutation: Mutation, mutated: Planned) -> None:
    problems = list(all_guards()[mutation.guard](mutated))
    assert any(mutation.says in problem for problem in problems), problems


def test_every_rule_was_broken_once() -> None:
    not_broken = all_guards().keys() - {mutation.guard for mutation in MUTATIONS}
    assert not_broken == {"policies_fit_into_iam"}  # which needs a policy of ten thousand characters


def test_a_policy_that_iam_would_not_take_is_seen(planned: object) -> None:
    large = Planned({"planned_values": {"root_module": {"resources": []}}}, {"values": {"outputs": {}}})
    large.__dict__["resources"] = {"x": {"type": "aws_iam_policy", "values": {"policy": "x" * 6145}}}
    assert list(all_guards()["policies_fit_into_iam"](large)) == ["x: 6145 characters, IAM takes 6144"]
