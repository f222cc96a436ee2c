"""What every test may use. The user's own AWS settings are gone before the first test is collected."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from local_aws.safety import clear_aws_environment

if TYPE_CHECKING:
    from local_aws.server import LocalAws

clear_aws_environment(os.environ)

# Folders whose tests share what is dear to start (Airflow, Spark, a Terraform tree): one of pytest-xdist's workers runs
# all of one. They begin first, the longest before the others.
TOGETHER = ("end_to_end", "glue_scripts", "terraform", "operations")
GROUPS = {"test_readme.py": "end_to_end"}  # runs the demo, and so another scheduler


def group(nodeid: str) -> str:
    """Tests of one group run on one worker, in their order: those of a file, or of a folder that shares a fixture."""
    path = nodeid.partition("::")[0].removeprefix("tests/")
    folder = path.partition("/")[0]
    folder = GROUPS.get(folder, folder)
    return folder if folder in TOGETHER else path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: number for number, name in enumerate(TOGETHER)}
    items.sort(key=lambda item: order.get(group(item.nodeid), len(order)))


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's, which the Glue job's environment does not have
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Not ``--dist loadgroup``: pytest-xdist 3.8 would change node ids for it, which pytest 9 does not allow."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return Groups(config, log)


@pytest.fixture
def local_aws() -> Iterator["LocalAws"]:
    """A local AWS with nothing in it. A process runs one at a time: a module with its own fixture uses only that."""
    from local_aws.server import LocalAws  # moto takes a second to import, and few tests need it

    with LocalAws() as aws:
        yield aws
