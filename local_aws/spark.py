"""Spark on a laptop, in one place: Java from PyPI, S3 through S3A to this machine, no network, a short start.

``python -m local_aws.spark`` is the set-up step, needed once: Spark's own Ivy resolves the S3A jars into the cache, and
the JVM archives the classes that a job loads (class data sharing: a session starts in about half the time). Afterwards
no run needs a network. ``CLICKSTREAM_CACHE`` moves the cache; ``CLICKSTREAM_SPARK_MEMORY`` changes a driver's memory
(2g); ``CLICKSTREAM_SPARK_JVM_OPTIONS`` replaces SHORT_JOBS (set it to nothing for a million events and more).
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pyspark

from local_aws.clients import REGION, require_loopback
from local_aws.java import java_home, java_version
from local_aws.principals import ANYBODY

PACKAGES = (
    "org.apache.hadoop:hadoop-aws:3.3.4",  # the Hadoop that Spark 3.5.6 carries
    "com.amazonaws:aws-java-sdk-s3:1.12.262",  # what that hadoop-aws was built with, without its bundle of 280 MB
    "com.amazonaws:aws-java-sdk-sts:1.12.262",
    "com.amazonaws:aws-java-sdk-dynamodb:1.12.262",
)
# The bundle, and what Spark itself has in another version: these jars precede Spark's own on the class path.
EXCLUDED = (
    "com.amazonaws:aws-java-sdk-bundle",
    "com.fasterxml.jackson.core:jackson-annotations",
    "com.fasterxml.jackson.core:jackson-core",
    "com.fasterxml.jackson.core:jackson-databind",
    "commons-codec:commons-codec",
    "commons-logging:commons-logging",
    "joda-time:joda-time",
    "org.apache.httpcomponents:httpclient",
    "org.apache.httpcomponents:httpcore",
)
SPARK_HOME = Path(pyspark.__file__).parent
# Without the optimising compiler: it costs 4 to 6 CPU seconds per run, and pays from about 500,000 events on.
SHORT_JOBS = "-XX:TieredStopAtLevel=1"
S3A = "org.apache.hadoop.fs.s3a"
LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %p %c{1}: %m%n%ex
# Said at every start, and of no consequence here.
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.metrics.name = org.apache.hadoop.metrics2.impl.MetricsConfig
logger.metrics.level = error
logger.committer.name = org.apache.hadoop.fs.s3a.commit.AbstractS3ACommitterFactory
logger.committer.level = error
"""


class SparkNotSetUp(RuntimeError):
    """The set-up step has not run (for these versions)."""


def cache_directory() -> Path:
    """``CLICKSTREAM_CACHE``, or ``.cache`` of the project."""
    return Path(os.environ.get("CLICKSTREAM_CACHE") or Path(__file__).parents[1] / ".cache").absolute()


def s3a_jars(cache_dir: Path) -> list[Path]:
    """The resolved jars; SparkNotSetUp where they are missing or of other versions than PACKAGES."""
    ivy = cache_dir / "ivy"
    receipt = ivy / "resolved.json"
    if not receipt.exists() or json.loads(receipt.read_text()) != [*PACKAGES, *EXCLUDED]:
        raise SparkNotSetUp(
            f"expected Spark's S3A jars in {ivy}, found none of these versions: run `make setup`, or "
            "`python -m local_aws.spark` with the network at hand"
        )
    return sorted((ivy / "jars").glob("*.jar"))


def spark_properties(
    endpoint_url: str | None,
    work_dir: Path,
    cores: int | None = None,
    cache_dir: Path | None = None,
    memory: str | None = None,
    jvm_options: str | None = None,
    principal: str = ANYBODY,
) -> dict[str, str]:
    """What ``spark-defaults.conf`` is elsewhere. No shuffle partitions: those are a job's decision.

    ``cores`` beyond the machine's are cut to it; ``memory`` is a JVM size (``2g``); ``jvm_options`` replaces
    SHORT_JOBS; ``principal``: as whom it calls S3.
    Without ``endpoint_url`` S3 is not configured at all.
    """
    cache_dir = cache_dir or cache_directory()
    properties = {
        "spark.master": f"local[{bounded_cores(cores)}]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": memory or os.environ.get("CLICKSTREAM_SPARK_MEMORY") or "2g",
        "spark.driver.extraClassPath": os.pathsep.join(map(str, s3a_jars(cache_dir))),
        "spark.driver.extraJavaOptions": " ".join(java_options(cache_dir, work_dir, jvm_options)),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(work_dir / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    return properties | (s3a_properties(endpoint_url, work_dir, principal) if endpoint_url else {})


def bounded_cores(cores: int | None) -> int:
    available = os.cpu_count() or 1
    return max(1, min(cores or available, available))


def java_options(cache_dir: Path, work_dir: Path, jvm_options: str | None = None) -> list[str]:
    """The JVM's options: UTC, our logging, the class archive if there is one."""
    if jvm_options is None:
        jvm_options = os.environ.get("CLICKSTREAM_SPARK_JVM_OPTIONS", SHORT_JOBS)
    return [
        "-Duser.timezone=UTC",
        f'"-Dlog4j2.configurationFile={work_dir / "log4j2.properties"}"',
        *jvm_options.split(),
        "-XX:+UseSerialGC",  # heaps of 2 GB on two cores: starts faster, and takes less CPU, than G1
        *archive_options(class_archive(cache_dir)),
    ]


def archive_options(archive: Path) -> list[str]:
    # An archive that no longer fits (another Java, other jars) is ignored by the JVM: slower, never wrong.
    return [f'"-XX:SharedArchiveFile={archive}"', "-Xlog:cds=off", "-Xlog:cds+dynamic=off"] if archive.exists() else []


def class_archive(cache_dir: Path) -> Path:
    return cache_dir / "spark" / f"classes-{pyspark.__version__}-{java_version()}.jsa"


def s3a_properties(endpoint_url: str, work_dir: Path, principal: str = ANYBODY) -> dict[str, str]:
    """S3A for ``s3://`` and ``s3a://``, to this machine only (ValueError otherwise)."""
    values = {
        "fs.s3.impl": f"{S3A}.S3AFileSystem",
        "fs.s3a.impl": f"{S3A}.S3AFileSystem",
        "fs.AbstractFileSystem.s3.impl": f"{S3A}.S3A",
        "fs.s3a.endpoint": require_loopback(endpoint_url),
        "fs.s3a.endpoint.region": REGION,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.aws.credentials.provider": f"{S3A}.SimpleAWSCredentialsProvider",
        "fs.s3a.access.key": principal,
        "fs.s3a.secret.key": "local",
        "fs.s3a.connection.maximum": "32",
        "fs.s3a.attempts.maximum": "2",
        "fs.s3a.retry.limit": "2",
        "fs.s3a.retry.interval": "100ms",
        "fs.s3a.buffer.dir": str(work_dir / "local"),
        "fs.s3a.change.detection.mode": "server",  # an object replaced while it is read fails the read
        "fs.s3a.directory.marker.retention": "keep",  # saves a DELETE of each parent per write
        "fs.s3a.audit.enabled": "false",
        # Tasks commit straight to the target: a quarter fewer calls, and as safe where no task is tried twice.
        "mapreduce.fileoutputcommitter.algorithm.version": "2",
    }
    return {f"spark.hadoop.{name}": value for name, value in values.items()}


def spark_environment(properties: Mapping[str, str], work_dir: Path) -> dict[str, str]:
    """The environment variables of a process that starts Spark; writes its two properties files into ``work_dir``."""
    (work_dir / "local").mkdir(parents=True, exist_ok=True)
    (work_dir / "log4j2.properties").write_text(LOG4J)
    (work_dir / "spark.properties").write_text("".join(f"{k} {escaped(v)}\n" for k, v in properties.items()))
    return {
        "JAVA_HOME": str(java_home()),
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_CONF_DIR": str(
            work_dir / "no-conf"
        ),  # nobody else's spark-defaults; a directory would spoil the archive
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(work_dir / "local"),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": f'--properties-file "{work_dir / "spark.properties"}" pyspark-shell',
    }


def escaped(value: str) -> str:
    """A value in Java's properties format."""
    return value.replace("\\", "\\\\").replace("\n", "\\n")


if __name__ == "__main__":
    from local_aws.spark_setup import main

    raise SystemExit(main())
