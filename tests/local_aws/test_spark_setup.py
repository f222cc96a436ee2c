import subprocess
from pathlib import Path

import pytest

from local_aws import spark, spark_setup


class Submit:
    """Stands for spark-submit: ``output`` and ``status`` are what it ends with; with ``jar`` it resolves one."""

    def __init__(self, status: int = 0, output: str = "", jar: bool = True) -> None:
        self.status, self.output, self.jar = status, output, jar
        self.calls: list[list[str]] = []

    def __call__(self, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        self.calls.append(arguments)
        ivy = next((Path(a.partition("=")[2]) for a in arguments if a.startswith("spark.jars.ivy=")), None)
        if ivy and self.jar:
            (ivy / "jars").mkdir(parents=True)
            (ivy / "jars" / "org.apache.hadoop_hadoop-aws-3.3.4.jar").touch()
        return subprocess.CompletedProcess(arguments, self.status, stdout=self.output)


def installed(monkeypatch: pytest.MonkeyPatch, submit: Submit) -> Submit:
    monkeypatch.setattr(spark_setup, "spark_submit", submit)
    return submit


def test_resolved_jars_are_found_and_not_resolved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = installed(monkeypatch, Submit())
    monkeypatch.setattr(spark_setup, "archive_classes", lambda cache: "archived")
    said: list[str] = []
    for _ in range(2):
        spark_setup.set_up(tmp_path, said.append)
    assert len(spark.s3a_jars(tmp_path)) == 1
    assert len(submit.calls) == 1
    assert ",".join(spark.PACKAGES) in submit.calls[0]
    assert "com.amazonaws:aws-java-sdk-bundle" in submit.calls[0][3]
    assert said[-1] == "Spark: ready, runs need no network"


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        pytest.param("... PKIX path building failed ...", "javax.net.ssl.trustStore=FILE", id="private authority"),
        pytest.param("java.net.UnknownHostException: host", "no network", id="no network"),
        pytest.param("Server access error at url", "proxyHost", id="proxy"),
        pytest.param("something else", "Spark's own words follow", id="unknown"),
    ],
)
def test_failed_download_explains_itself(
    output: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, Submit(status=1, output=output, jar=False))
    with pytest.raises(spark_setup.SetUpFailed) as failure:
        spark_setup.set_up(tmp_path, lambda text: None)
    assert advice in str(failure.value)
    assert output in str(failure.value)
    with pytest.raises(spark.SparkNotSetUp):
        spark.s3a_jars(tmp_path)
    assert not list(tmp_path.iterdir())  # nothing half done is left


def test_resolution_that_brings_no_jar_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, Submit(status=0, jar=False))
    with pytest.raises(spark_setup.SetUpFailed):
        spark_setup.resolve_jars(tmp_path)


def test_failed_archive_is_told_and_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, Submit())
    spark_setup.resolve_jars(tmp_path)
    installed(monkeypatch, Submit(status=1, output="no room"))
    monkeypatch.setattr(spark_setup, "dump_base", lambda base, work: True)
    said = spark_setup.archive_classes(tmp_path)
    assert "no class archive" in said
    assert "no room" in said
    assert not spark.class_archive(tmp_path).exists()


def test_failure_ends_the_command_with_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, Submit(status=1, jar=False))
    monkeypatch.setenv("CLICKSTREAM_CACHE", str(tmp_path))
    assert spark_setup.main() == 1
