"""Every variable arrives where it should: a second value of it changes the arguments that it is for."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from terraform_tree import FULL, Planned, TerraformTree

from tests.terraform.guards_storage import deletions_of_raw, old_events_are_archived_and_nothing_else_is
from tests.terraform.second_values import (
    ELSEWHERE,
    PACKAGE,
    ROLE,
    SECOND,
    SECOND_OF_AN_AIRFLOW,
    Second,
)
from tests.terraform.test_configuration import VARIABLE, hcl

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]
NOWHERE = "nowhere"


def value_at(planned: Planned, address: str, path: str) -> Any:
    """What stands there, ``NOWHERE`` where nothing does. A list's items go by number, or by their ``id``."""
    found: Any = planned.resources.get(address, {}).get("values")
    for step in path.split("."):
        if isinstance(found, list):
            found = next((one for one in found if one.get("id") == step), found[int(step)] if step.isdigit() else {})
        elif isinstance(found, dict):
            found = found.get(step, NOWHERE)
    return NOWHERE if found is None else found


def plan_with(tree: TerraformTree, environment: str, given: Mapping[str, Second]) -> Planned:
    (tree.folder / "tests" / "artifacts" / PACKAGE).touch()
    return tree.plan(environment, **{name: second.value for name, second in given.items()})


@pytest.fixture(scope="module")
def second(tree: TerraformTree) -> Planned:
    """Every variable of ``SECOND`` at once."""
    return plan_with(tree, FULL, SECOND)


@pytest.fixture(scope="module")
def of_an_airflow(tree: TerraformTree) -> Planned:
    return plan_with(tree, "dev", SECOND_OF_AN_AIRFLOW)


def test_every_variable_has_a_second_value_or_a_reason() -> None:
    listed = [*SECOND, *SECOND_OF_AN_AIRFLOW, *ELSEWHERE]
    assert sorted(listed) == sorted(dict(VARIABLE.findall(hcl())))
    assert all(one.changes for one in (*SECOND.values(), *SECOND_OF_AN_AIRFLOW.values()))


@pytest.mark.parametrize("name", list(SECOND))
def test_the_second_value_arrives(name: str, second: Planned, planned: Planner) -> None:
    for address, path, expected in SECOND[name].changes:
        assert value_at(second, address, path) == expected
        assert value_at(planned(FULL), address, path) != expected, "no second value: the plan `full` has it too"


@pytest.mark.parametrize("name", list(SECOND_OF_AN_AIRFLOW))
def test_the_second_value_of_an_airflow_that_exists_arrives(
    name: str, of_an_airflow: Planned, planned: Planner
) -> None:
    for address, path, expected in SECOND_OF_AN_AIRFLOW[name].changes:
        assert (value_at(of_an_airflow, address, path), value_at(planned("dev"), address, path)) == (expected, NOWHERE)


def test_raw_events_are_archived_when_that_is_asked_for(second: Planned) -> None:
    assert list(old_events_are_archived_and_nothing_else_is(second)) == []


def test_an_airflow_that_exists_cannot_delete_raw_either(of_an_airflow: Planned, planned: Planner) -> None:
    assert list(deletions_of_raw(of_an_airflow, {"my-airflow": ROLE})) == []
    assert len(list(deletions_of_raw(planned("dev"), {"my-airflow": ROLE}))) == 5
