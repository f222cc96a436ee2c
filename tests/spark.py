"""A Spark session for tests that need one in their own process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def spark_session(environment: Mapping[str, str]) -> Iterator[Any]:
    """A session with a JVM of its own, ended here; a session that the process already has is put back untouched.

    PySpark keeps one session per process in these class attributes, and whoever stops it stops it for all. The
    environment is the JVM's: what runs in this process later, maybe of another folder's tests, does not see it.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_gateway", "_jvm", "_active_spark_context"):
            patch.setattr(SparkContext, name, None)
        patch.setattr(SparkSession, "_instantiatedSession", None)
        with pytest.MonkeyPatch.context() as launching:
            for name, value in environment.items():
                launching.setenv(name, value)
            session = SparkSession.builder.getOrCreate()
        gateway = SparkContext._gateway
        try:
            yield session
        finally:
            session.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait(30)
