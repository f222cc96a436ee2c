"""A deployment without rows: what publishes and reads publications, against the local AWS."""

import pytest

from clickstream.catalog import Catalog
from local_aws.stack import Stack


@pytest.fixture
def catalog(local_aws) -> Catalog:
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    return stack.catalog
