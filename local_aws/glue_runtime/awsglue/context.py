"""``awsglue.context``: the Spark session, the frames and the logger of a job."""

import sys
from datetime import UTC, datetime
from typing import NoReturn

from pyspark import SparkContext
from pyspark.sql import SparkSession

from .dynamicframe import DynamicFrameReader


class GlueLogger:
    """Glue's logger: one message per call and no formatting; it ends in the run's error stream."""

    def info(self, message: str) -> None:
        self._write("INFO", message)

    def warn(self, message: str) -> None:
        self._write("WARN", message)

    def error(self, message: str) -> None:
        self._write("ERROR", message)

    def _write(self, level: str, message: str) -> None:
        if not isinstance(message, str):  # Glue's is a Java object, which takes a String or fails
            raise TypeError(f"GlueLogger expects a str, got {type(message).__name__}")
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S,%f} {level} GlueLogger: {message}", file=sys.stderr, flush=True)


class GlueContext:
    """``GlueContext(SparkContext.getOrCreate())``; anything but what is defined here raises AttributeError by name."""

    def __init__(self, sparkContext: SparkContext) -> None:
        if not isinstance(sparkContext, SparkContext):
            raise TypeError(f"GlueContext expects a SparkContext, got {type(sparkContext).__name__}")
        self.spark_session: SparkSession = SparkSession.builder.getOrCreate()
        self.create_dynamic_frame = DynamicFrameReader(self.spark_session)

    def get_logger(self) -> GlueLogger:
        return GlueLogger()

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(
            f"the local stand-in of GlueContext has no {name!r}: it has spark_session, create_dynamic_frame and "
            "get_logger (local_aws/glue_runtime)"
        )
