"""A worker whose AWS is the local one, and the stack that its tasks find there."""

import pytest

from local_aws.server import LocalAws
from local_aws.stack import Stack
from tests.plugins.clickstream_airflow.tasks import task_environment


@pytest.fixture
def worker(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """This process has what a worker needs to reach the local AWS, in which there is nothing yet."""
    for name, value in task_environment(local_aws.endpoint_url).items():
        monkeypatch.setenv(name, value)
    return local_aws


@pytest.fixture
def stack(worker: LocalAws) -> Stack:
    """Empty buckets, the catalog, and the workgroup."""
    made = Stack(worker.endpoint_url)
    made.create_buckets()
    made.create_catalog()
    made.create_workgroup()
    return made
