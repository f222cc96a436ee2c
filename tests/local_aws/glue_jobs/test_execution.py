"""Real Spark in a run: reads and writes of S3, the library zip, the stand-in for awsglue, the end of Java."""

import io
import json
import time
import zipfile
from typing import Any

import psutil
import pytest

from local_aws.glue_jobs.execution import job_id
from local_aws.glue_jobs.process import session

pytestmark = pytest.mark.slow

COUNT_WORDS = """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

import clickstream_words
import loose_module

args = getResolvedOptions(sys.argv, ["JOB_NAME", "source", "target"])
glue_context = GlueContext(SparkContext.getOrCreate())
spark = glue_context.spark_session
job = Job(glue_context)
job.init(args["JOB_NAME"], args)
upper = F.udf(lambda text: clickstream_words.shout(text), StringType())  # runs in Spark's Python workers
words = spark.read.json(args["source"], schema="word string, at timestamp")
counted = words.select(upper("word").alias("word"), "at").groupBy("word").agg(F.count("*").alias("n"), F.max("at"))
counted.coalesce(1).write.parquet(args["target"], compression="zstd")
counted.coalesce(1).write.csv(args["target"].replace("s3://", "s3a://") + "csv/")
glue_context.get_logger().info(f"{counted.count()} words for {args['JOB_NAME']}")
print(spark.conf.get("spark.sql.session.timeZone"), spark.conf.get("spark.sql.shuffle.partitions"), loose_module.NAME)
print(spark.version, spark.sparkContext.master, spark.conf.get("spark.example.flag"), spark.sparkContext.uiWebUrl)
job.commit()
"""
HANG_IN_SPARK = """
import time
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
print("ready", flush=True)
spark.range(2).select(F.udf(lambda n: time.sleep(60))("id")).collect()
"""


def zipped(**modules: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in modules.items():
            archive.writestr(f"{name}.py", text)
    return target.getvalue()


@pytest.fixture(scope="module")
def counted(glue: Any) -> tuple[str, dict[str, Any]]:
    """One run of COUNT_WORDS over three lines."""
    library = glue.put("lib.zip", zipped(clickstream_words="def shout(text):\n    return text.upper()\n"))
    loose = glue.put("loose_module.py", "NAME = 'loose'\n")
    lines = [{"word": word, "at": "2024-12-25T10:00:00Z"} for word in ("click", "view", "click")]
    source = glue.put("words/1.json", "\n".join(map(json.dumps, lines)))
    job = glue.job(
        COUNT_WORDS,
        DefaultArguments={
            "--extra-py-files": f"{library},{loose}",
            "--conf": "spark.sql.shuffle.partitions=3 --conf spark.example.flag=two words",
            "--job-bookmark-option": "job-bookmark-enable",
        },
        WorkerType="G.1X",
        NumberOfWorkers=2,
    )
    run = glue.run(job, Arguments={"--source": source, "--target": "s3://artifacts/counted/"})
    assert run["JobRunState"] == "SUCCEEDED", (run["ErrorMessage"], glue.error(run["Id"]))
    return job, run


def test_spark_job_reads_and_writes_s3_with_its_library_in_the_workers(glue: Any, counted: tuple[str, Any]) -> None:
    import pyarrow.parquet as pq

    keys = [entry["Key"] for entry in glue.s3.list_objects_v2(Bucket="artifacts", Prefix="counted/")["Contents"]]
    (part,) = (key for key in keys if key.endswith(".zstd.parquet"))
    table = pq.read_table(io.BytesIO(glue.s3.get_object(Bucket="artifacts", Key=part)["Body"].read()))
    assert sorted(zip(table["word"].to_pylist(), table["n"].to_pylist(), strict=True)) == [("CLICK", 2), ("VIEW", 1)]
    assert not [key for key in keys if "_temporary" in key and not key.endswith("/")]


def test_spark_is_set_up_for_this_machine_and_by_the_jobs_conf(glue: Any, counted: tuple[str, Any]) -> None:
    first, second = glue.output(counted[1]["Id"])
    assert first == "UTC 3 loose"
    version, master, *rest = second.split()
    assert version == "3.5.6"
    assert 1 <= int(master.removeprefix("local[").removesuffix("]")) <= (psutil.cpu_count() or 1)
    assert rest == ["two", "words", "None"]  # no Spark UI


def test_logger_writes_to_the_error_stream_and_nothing_else_is_in_it(glue: Any, counted: tuple[str, Any]) -> None:
    job, run = counted
    lines = [line for line in glue.error(run["Id"]) if not line.startswith("Picked up JAVA_TOOL_OPTIONS")]
    assert [line.partition(" INFO ")[2] for line in lines] == [f"GlueLogger: 2 words for {job}"]


def test_spark_error_fails_the_run_with_its_type(glue: Any) -> None:
    run = glue.run_script(
        """
        from pyspark.sql import SparkSession
        SparkSession.builder.getOrCreate().read.parquet("s3://artifacts/nowhere/").count()
        """
    )
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("AnalysisException: [PATH_NOT_FOUND]")


def test_stop_ends_java_and_sparks_workers(glue: Any) -> None:
    job = glue.job(HANG_IN_SPARK)
    run_id = glue.start(job)
    family = spark_family(glue, job, run_id)
    glue.stop(job, run_id)
    assert glue.wait(job, run_id)["JobRunState"] == "STOPPED"
    assert [process for process in family if command(process)] == []


def spark_family(glue: Any, job: str, run_id: str) -> list[psutil.Process]:
    """The run's processes once Java and a Python worker are among them."""
    for _ in range(300):
        runners = [child for child in psutil.Process().children() if run_id in command(child)]
        found = [process for runner in runners for process in session(runner.pid)]
        commands = [command(process) for process in found]
        if any("java" in command for command in commands) and sum("pyspark.daemon" in c for c in commands) >= 2:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no Spark worker after 30 s: {glue.look(job, run_id)}, {glue.error(run_id)}")


def command(process: psutil.Process) -> str:
    """Its command line; empty where it has ended, be it as a zombie that nobody has collected yet."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_job_id_is_the_same_for_every_run_of_a_job() -> None:
    assert job_id("a") == job_id("a") != job_id("b")
    assert len(job_id("a")) == len("j_") + 64
