"""A deployment of its own for each test that asks for one; the Glue job's session for those that want Spark."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from clickstream import athena, publication
from clickstream.catalog import Catalog
from local_aws.server import LocalAws
from tests.glue_scripts.conftest import endpoint, spark
from tests.promise.deployment import deploy
from tests.promise.live_lane import LiveLane
from tests.promise.straight import local_aws_straight

__all__ = ["artifacts", "catalog", "endpoint", "impatient", "lane", "spark", "straight_aws"]


@pytest.fixture
def catalog(local_aws: LocalAws) -> Catalog:
    """An empty deployment: buckets, tables, workgroup."""
    return deploy(local_aws.endpoint_url)


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the function's package for this machine."""
    from scripts import build_artifacts

    folder: Path = tmp_path_factory.mktemp("artifacts")
    build_artifacts.build_function(folder, "host")
    return folder


@pytest.fixture
def lane(local_aws: LocalAws, artifacts: Path) -> LiveLane:
    return LiveLane(local_aws, artifacts)


@pytest.fixture(scope="module")
def impatient() -> Iterator[None]:
    """Publishers that lost a race and Athena's clients hardly pause."""
    clock = SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, 0.02)), monotonic=time.monotonic)
    with pytest.MonkeyPatch.context() as patch:
        for module in (athena, publication):
            patch.setattr(module, "time", clock)
        yield


@pytest.fixture(scope="module")
def straight_aws(impatient: None) -> Iterator[LocalAws]:
    """A local AWS without sockets for all tests of a module, each with deployments of its own."""
    with local_aws_straight() as aws:
        yield aws
