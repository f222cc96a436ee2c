"""A Spark session of its own for the Glue job's side of the comparison; no S3, the objects are files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws import spark as local_spark
from tests.spark import spark_session

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from clickstream_glue.transform import SESSION

    work = tmp_path_factory.mktemp("spark")
    properties = local_spark.spark_properties("http://127.0.0.1:1", work, cores=2)
    environment = local_spark.spark_environment(properties, work) | {
        "PYTHONPATH": os.pathsep.join(str(ROOT / folder) for folder in ("dags", "glue_scripts"))
    }
    with spark_session(environment) as session:
        for option, value in SESSION.items():
            session.conf.set(option, value)
        yield session
