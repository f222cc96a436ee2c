"""One copy of terraform/ per session, initialised once; each environment planned once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from terraform_tree import FULL, MissingTool, Planned, TerraformTree

from tests.terraform.guards import PLANS
from tests.terraform.missing import missing, require_offline
from tests.terraform.mutations import MUTATIONS, mutate

Planner = Callable[[str], Planned]


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """Our Terraform as it is, with whatever provider the machine's configuration offers."""
    try:
        return TerraformTree(tmp_path_factory.mktemp("terraform"))
    except MissingTool as error:
        missing(error)


@pytest.fixture(scope="session")
def tree(initialised: TerraformTree) -> TerraformTree:
    """The same, with a provider that calls no API: its plans can be applied."""
    require_offline(initialised)
    return initialised


@pytest.fixture(scope="session")
def planned(tree: TerraformTree) -> Planner:
    """``planned("dev")``: the plan of an environment, or of ``full``: dev with every option."""
    return cache(tree.plan)


@pytest.fixture(scope="session")
def mutated(tree: TerraformTree, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """The plan of a copy in which every guarded thing is broken once."""

    def change(folder: Path) -> None:
        for mutation in MUTATIONS:
            mutate(folder, mutation)

    broken = TerraformTree(tmp_path_factory.mktemp("mutated"), change)
    return broken.plan(FULL)


@pytest.fixture(params=PLANS)
def each(request: pytest.FixtureRequest, planned: Planner) -> Planned:
    """Every plan."""
    return planned(request.param)
