"""The Glue job's run of a day, as it is, on the disk; S3 is a folder (`benchmarks/on_disk`). Prints what it counted.

python ours.py DAY
"""

import json
import sys

import boto3
from pyspark.sql import SparkSession

from clickstream_glue.arguments import parse_arguments
from clickstream_glue.run import Run, run_day

OPTIONS = {
    "raw_uri": "s3://raw/",
    "processed_uri": "s3://processed/",
    "work_uri": "s3://work/",
    "JOB_RUN_ID": "jr_benchmark",
}


def main(day: str) -> None:
    spark = SparkSession.builder.getOrCreate()
    ledger = run_day(Run(spark, boto3.client("s3"), parse_arguments({**OPTIONS, "arrival_date": day}), print))
    print(json.dumps({"rows": ledger.accepted, "quarantined": ledger.quarantined_total}))
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1])
