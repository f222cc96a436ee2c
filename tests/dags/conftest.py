"""The DAGs as Airflow's own loader sees them."""

import pytest
from airflow.dag_processing.dagbag import DagBag

from local_airflow.environment import REPOSITORY, clickstream_options


def load_dags() -> DagBag:
    return DagBag(str(REPOSITORY / "dags"), bundle_path=REPOSITORY / "dags", bundle_name="clickstream")


@pytest.fixture(scope="session")
def bag() -> DagBag:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clickstream_options().items():
            patch.setenv(name, value)
        return load_dags()
