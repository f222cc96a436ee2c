"""One copy of terraform/ per session, initialised once; each environment planned once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from terraform_tree import MissingTool, Planned, TerraformTree

from tests.terraform.missing import missing, require_offline
from tests.terraform.mutations import MUTATIONS, mutate

Planner = Callable[[str], Planned]

OPTIONS: dict[str, dict[str, object]] = {
    "local": {},
    "dev": {},
    "prod": {},
    # All that can be asked for, at once.
    "full": {
        "create_airflow": True,
        "function_package": "clickstream.zip",
        "monthly_budget_usd": 100,
        "alarm_emails": ["on-call@example.com"],
        "catch_up_schedule": "cron(0 2 * * ? *)",
        "raw_retention_days": 730,
    },
}


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

    @cache
    def plan(name: str) -> Planned:
        return tree.plan("dev" if name == "full" else name, **OPTIONS[name])

    return plan


@pytest.fixture(scope="session")
def mutated(tree: TerraformTree, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """The plan of a copy in which every guarded thing is broken once."""

    def change(folder: Path) -> None:
        for mutation in MUTATIONS:
            mutate(folder, mutation)

    broken = TerraformTree(tmp_path_factory.mktemp("mutated"), change)
    return broken.plan("dev", **OPTIONS["full"])


@pytest.fixture(params=list(OPTIONS))
def each(request: pytest.FixtureRequest, planned: Planner) -> Planned:
    """Every plan."""
    return planned(request.param)
