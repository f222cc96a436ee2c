import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws import spark
from local_aws.clients import local_client
from local_aws.planned.absent import ABSENT
from local_aws.planned.plan import planned_resources
from local_aws.server import LocalAws
from local_aws.stack import Stack

RENAME = """
from pyspark.sql import SparkSession

jvm = SparkSession.builder.getOrCreate().sparkContext._jvm
configuration = SparkSession.builder.getOrCreate()._jsc.hadoopConfiguration()
for bucket in ("plain", "encrypted"):
    source, target = (jvm.org.apache.hadoop.fs.Path(f"s3://{bucket}/{name}") for name in ("source", "target"))
    files = source.getFileSystem(configuration)
    files.create(source).close()
    try:
        files.rename(source, target)
        print(bucket, "renamed")
    except Exception as error:
        print(bucket, "HTTPS must be used" if "HTTPS must be used" in str(error) else error)
"""


def test_a_reason_is_a_sentence() -> None:
    assert all(len(reason.split()) >= 4 for reason in ABSENT.values())


def test_with_its_planned_policy_motos_bucket_would_show_nothing(local_aws: LocalAws) -> None:
    """Where this fails, moto has learnt to read conditions, and the policies may be created."""
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    s3, bucket = stack.client("s3"), stack.name("raw_bucket")
    s3.put_object(Bucket=bucket, Key="events/x", Body=b"x")
    policies = [one.values for one in planned_resources() if one.type == "aws_s3_bucket_policy"]
    (policy,) = [one["policy"] for one in policies if one["bucket"] == bucket]
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    with pytest.raises(ClientError, match="403"):
        s3.get_object(Bucket=bucket, Key="events/x")


@pytest.mark.slow
def test_with_the_planned_encryption_spark_could_not_rename(local_aws: LocalAws, tmp_path: Path) -> None:
    """Where this fails, S3A or its SDK has changed, and the default encryption may be created."""
    s3 = local_client("s3", local_aws.endpoint_url)
    for bucket in ("plain", "encrypted"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "a-key"}}
    s3.put_bucket_encryption(Bucket="encrypted", ServerSideEncryptionConfiguration={"Rules": [rule]})
    properties = spark.spark_properties(local_aws.endpoint_url, tmp_path, cores=1)
    environment = {**os.environ, **spark.spark_environment(properties, tmp_path)}
    done = subprocess.run([sys.executable, "-c", RENAME], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["plain renamed", "encrypted HTTPS must be used"], done.stderr[-2000:]
