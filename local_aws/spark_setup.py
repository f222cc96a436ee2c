"""The set-up step of Spark: ``python -m local_aws.spark``. May run again, and at the same time as another.

Both parts are built aside and put in place by one rename, so what is there is whole.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from local_aws import spark
from local_aws.java import java_home, java_version

Say = Callable[[str], None]
TRAINING = Path(__file__).with_name("spark_training.py")
# What Ivy's output says, and what to do about it.
ADVICE = {
    "PKIX path": "Java does not trust the certificate it was shown: where a private certificate authority signs, set "
    "JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=FILE to a trust store (JKS or PKCS12) that holds it, in your shell",
    "UnknownHost": "no network, or no name resolution: the jars must be downloaded once",
    "Connection refused": "no network, or a proxy that refuses: Java takes one from "
    "JAVA_TOOL_OPTIONS='-Dhttps.proxyHost=... -Dhttps.proxyPort=...'",
    "Server access error": "no network, or a proxy is needed: Java takes one from "
    "JAVA_TOOL_OPTIONS='-Dhttps.proxyHost=... -Dhttps.proxyPort=...'",
}


class SetUpFailed(RuntimeError):
    """A step of the set-up failed; the message says what to do."""


def set_up(cache_dir: Path, say: Say = print) -> None:
    """Resolves the jars and archives the classes, where that is not done yet. SetUpFailed explains a failure."""
    try:
        spark.s3a_jars(cache_dir)
    except spark.SparkNotSetUp:
        say(f"Spark: resolving the S3A jars into {cache_dir / 'ivy'} (11 MB, once)")
        resolve_jars(cache_dir)
    say(f"Spark: {len(spark.s3a_jars(cache_dir))} jars for s3:// are there")
    archive = spark.class_archive(cache_dir)
    if not archive.exists():
        say(f"Spark: archiving the classes that a job loads into {archive.parent} (about 30 s, once)")
        say(archive_classes(cache_dir))
    say("Spark: ready, runs need no network")


def resolve_jars(cache_dir: Path) -> None:
    """``cache_dir/ivy/jars``, complete or not at all."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir, prefix="resolving-") as folder:
        work = Path(folder)
        nothing = work / "nothing.py"
        nothing.write_text("")
        finished = spark_submit(
            [
                *("--packages", ",".join(spark.PACKAGES)),
                *("--exclude-packages", ",".join(spark.EXCLUDED)),
                *("--conf", f"spark.jars.ivy={work / 'ivy'}"),
                str(nothing),
            ],
            {"SPARK_CONF_DIR": str(work / "no-conf")},
        )
        if finished.returncode or not list((work / "ivy" / "jars").glob("*hadoop-aws*.jar")):
            raise SetUpFailed(explained(finished.stdout))
        (work / "ivy" / "resolved.json").write_text(json.dumps([*spark.PACKAGES, *spark.EXCLUDED]))
        shutil.rmtree(cache_dir / "ivy", ignore_errors=True)
        (work / "ivy").rename(cache_dir / "ivy")


def explained(output: str) -> str:
    """What to do about a failed download, then the end of what Ivy said."""
    advice = [text for sign, text in ADVICE.items() if sign in output] or ["Spark's own words follow"]
    end = "\n".join(output.strip().splitlines()[-15:])
    return f"the S3A jars could not be resolved: {'; '.join(dict.fromkeys(advice))}\n{end}"


def archive_classes(cache_dir: Path) -> str:
    """Trains the class archive with a small job, and says what came of it: it only makes starts faster."""
    archive = spark.class_archive(cache_dir)
    archive.parent.mkdir(parents=True, exist_ok=True)
    base = archive.with_name(f"jdk-{java_version()}.jsa")
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="training-") as folder:
        work = Path(folder)
        trained = work / "classes.jsa"
        dumped = dump_base(base, work)
        options = (
            f'-XX:SharedArchiveFile="{base}" -XX:ArchiveClassesAtExit="{trained}" -Xlog:cds=off -Xlog:cds+dynamic=off'
        )
        properties = spark.spark_properties(None, work, cache_dir=cache_dir)
        properties["spark.driver.extraJavaOptions"] += f" {options}"
        environment = spark.spark_environment(properties, work) | {"PYTHONPATH": str(TRAINING.parents[1])}
        finished = spark_submit(["--properties-file", str(work / "spark.properties"), str(TRAINING)], environment)
        if dumped and not finished.returncode and trained.exists():
            trained.replace(archive)
            return f"Spark: archived, {archive.stat().st_size >> 20} MB"
        end = "\n".join(finished.stdout.strip().splitlines()[-5:])
        return f"Spark: no class archive, each start takes some seconds longer ({end})"


def dump_base(base: Path, work: Path) -> bool:
    """Java's own classes, which the runtime from PyPI comes without."""
    if not base.exists():
        made = work / base.name
        run([str(java_home() / "bin" / "java"), "-Xshare:dump", f"-XX:SharedArchiveFile={made}"], dict(os.environ))
        if made.exists():
            made.replace(base)
    return base.exists()


def spark_submit(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs Spark's own spark-submit, with both outputs in ``stdout``."""
    java = {
        "JAVA_HOME": str(java_home()),
        "SPARK_HOME": str(spark.SPARK_HOME),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [str(spark.SPARK_HOME / "bin" / "spark-submit"), *arguments]
    return run(command, {**os.environ, **java, **environment})


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own command
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def main() -> int:
    try:
        set_up(spark.cache_directory(), lambda text: print(text, flush=True))
    except SetUpFailed as failure:
        print(f"Spark: {failure}", file=sys.stderr)
        return 1
    return 0
