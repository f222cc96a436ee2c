"""The small job whose classes are archived: what a Glue run of this project loads, against moto in this process."""

import json
import tempfile
from pathlib import Path

from moto.server import ThreadedMotoServer
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from local_aws.clients import local_client
from local_aws.spark import s3a_properties

BUCKET = "training"
EVENTS = [{"event_id": str(n), "event_type": "click", "at": f"2024-12-25T00:00:{n:02}Z", "price": n} for n in range(50)]


def transformed(lines: DataFrame) -> DataFrame:
    """Parsing, verdicts, a window, a partition column: the shape of the project's job."""
    newest = Window.partitionBy("event_id").orderBy(F.col("at").desc())
    parsed = lines.select(
        F.from_json("value", "event_id string, event_type string, at string, price double").alias("e")
    )
    return (
        parsed.select("e.*", F.to_timestamp("e.at").alias("event_timestamp"))
        .withColumn("reason", F.when(F.col("price").isNull(), "invalid_price"))
        .withColumn("url", F.regexp_replace("event_type", "(c)(l)", "$1"))
        .withColumn("n", F.row_number().over(newest))
        .where("n = 1")
        .withColumn("day", F.date_format("event_timestamp", "dd"))
    )


def train(spark: SparkSession) -> None:
    lines = spark.read.text(f"s3://{BUCKET}/raw/", lineSep="\n")
    rows = transformed(lines).cache()
    rows.repartition(2).sortWithinPartitions("event_type").write.partitionBy("day").parquet(
        f"s3://{BUCKET}/out/", compression="zstd"
    )
    rows.select("reason").write.json(f"s3://{BUCKET}/rejected/", compression="gzip")
    spark.read.parquet(f"s3://{BUCKET}/out/").groupBy("event_type").agg(
        F.countDistinct("event_id"), F.sum("price")
    ).collect()
    spark.read.json(f"s3://{BUCKET}/raw/").join(F.broadcast(rows), "event_id").count()


def main() -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    endpoint_url = "http://{}:{}".format(*server.get_host_and_port())
    s3 = local_client("s3", endpoint_url)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=BUCKET, Key="raw/1.json", Body="\n".join(map(json.dumps, EVENTS)).encode())
    builder = SparkSession.builder
    for name, value in s3a_properties(endpoint_url, Path(tempfile.gettempdir())).items():
        builder = builder.config(name, value)
    train(builder.getOrCreate())


if __name__ == "__main__":
    main()
