"""One copy of terraform/ per session, initialised once; each environment planned once."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from terraform_tree import Planned, TerraformTree, missing_tool

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


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    """Nobody's CI may pass by skipping; GitHub's has no offline provider, and a laptop may have neither."""
    missing = missing_tool()
    if missing and os.environ.get("CI") == "true" and not os.environ.get("GITHUB_ACTIONS"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def tree(_tools: None, tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """Our Terraform as it is."""
    return TerraformTree(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="session")
def planned(tree: TerraformTree) -> Planner:
    """``planned("dev")``: the plan of an environment, or of ``full``: dev with every option."""

    @cache
    def plan(name: str) -> Planned:
        return tree.plan("dev" if name == "full" else name, **OPTIONS[name])

    return plan


@pytest.fixture(scope="session")
def mutated(_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Planned:
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
