import pytest

from local_aws.planned.account import Account
from local_aws.server import LocalAws


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    """An account with nothing in it."""
    return Account(local_aws.endpoint_url)
