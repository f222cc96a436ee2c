import json
import os
from pathlib import Path

import pytest

from local_aws import spark

ENDPOINT = "http://127.0.0.1:4566"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache as the set-up step leaves it, with one jar and no class archive."""
    jars = tmp_path / "cache" / "ivy" / "jars"
    jars.mkdir(parents=True)
    (jars / "hadoop-aws.jar").touch()
    (jars.parent / "resolved.json").write_text(json.dumps([*spark.PACKAGES, *spark.EXCLUDED]))
    return tmp_path / "cache"


def test_missing_jars_are_told_with_the_step_that_brings_them(tmp_path: Path) -> None:
    with pytest.raises(spark.SparkNotSetUp, match="python -m local_aws.spark"):
        spark.s3a_jars(tmp_path)


def test_jars_of_other_versions_count_as_missing(cache: Path) -> None:
    (cache / "ivy" / "resolved.json").write_text(json.dumps(["org.apache.hadoop:hadoop-aws:3.3.6"]))
    with pytest.raises(spark.SparkNotSetUp):
        spark.s3a_jars(cache)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        pytest.param(1, 1, id="one"),
        pytest.param(10_000, os.cpu_count(), id="more than there are"),
        pytest.param(None, os.cpu_count(), id="all"),
    ],
)
def test_cores_are_bounded_by_the_machine(asked: int | None, given: int) -> None:
    assert spark.bounded_cores(asked) == given


def test_properties_keep_spark_on_this_machine(cache: Path, tmp_path: Path) -> None:
    made = spark.spark_properties(ENDPOINT, tmp_path, cores=1, cache_dir=cache)
    assert made["spark.master"] == "local[1]"
    assert made["spark.driver.bindAddress"] == made["spark.driver.host"] == "127.0.0.1"
    assert (made["spark.ui.enabled"], made["spark.sql.session.timeZone"]) == ("false", "UTC")
    assert made["spark.hadoop.fs.s3a.endpoint"] == ENDPOINT
    assert made["spark.driver.extraClassPath"].endswith("hadoop-aws.jar")
    assert "spark.sql.shuffle.partitions" not in made


def test_endpoint_of_another_machine_is_refused(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        spark.spark_properties("https://s3.amazonaws.com", tmp_path, cache_dir=cache)


def test_memory_and_jvm_options_are_settings(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert spark.SHORT_JOBS in spark.java_options(cache, tmp_path)
    monkeypatch.setenv("CLICKSTREAM_SPARK_MEMORY", "5g")
    monkeypatch.setenv("CLICKSTREAM_SPARK_JVM_OPTIONS", "-Dx=1 -Dy=2")
    made = spark.spark_properties(ENDPOINT, tmp_path, cache_dir=cache)
    assert made["spark.driver.memory"] == "5g"
    assert "-Dx=1 -Dy=2 " in made["spark.driver.extraJavaOptions"]
    assert spark.SHORT_JOBS not in made["spark.driver.extraJavaOptions"]


def test_class_archive_is_used_where_there_is_one(cache: Path, tmp_path: Path) -> None:
    archive = spark.class_archive(cache)
    assert not [option for option in spark.java_options(cache, tmp_path) if "SharedArchiveFile" in option]
    archive.parent.mkdir()
    archive.touch()
    assert f'"-XX:SharedArchiveFile={archive}"' in spark.java_options(cache, tmp_path)


def test_environment_names_one_java_and_one_python(tmp_path: Path) -> None:
    made = spark.spark_environment({"spark.a": "b c", "spark.path": "C:\\x"}, tmp_path)
    assert (Path(made["JAVA_HOME"]) / "bin" / "java").exists()
    assert made["PYSPARK_PYTHON"] == made["PYSPARK_DRIVER_PYTHON"]
    assert made["SPARK_LOCAL_IP"] == "127.0.0.1"
    assert (tmp_path / "spark.properties").read_text() == "spark.a b c\nspark.path C:\\\\x\n"
    assert "rootLogger.level = warn" in (tmp_path / "log4j2.properties").read_text()


def test_cache_directory_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLICKSTREAM_CACHE", str(tmp_path))
    assert spark.cache_directory() == tmp_path
    monkeypatch.delenv("CLICKSTREAM_CACHE")
    assert spark.cache_directory() == Path(__file__).parents[2] / ".cache"
