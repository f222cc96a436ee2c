"""A Spark session for tests that need one in their own process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def spark_session(environment: Mapping[str, str]) -> Iterator[Any]:
    """A session with a JVM of its own, ended here; a session that the process already has is put back untouched.

    PySpark keeps one session per process in these class attributes, and whoever stops it stops it for all.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_gateway", "_jvm", "_active_spark_context"):
            patch.setattr(SparkContext, name, None)
        patch.setattr(SparkSession, "_instantiatedSession", None)
        for name, value in environment.items():
            patch.setenv(name, value)
        session = SparkSession.builder.getOrCreate()
        gateway = SparkContext._gateway
        try:
            yield session
        finally:
            session.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait(30)
