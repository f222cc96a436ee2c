"""boto3 clients through Airflow's AWS connection, as `clickstream.publication` wants them."""

from typing import Any

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from botocore.config import Config

from clickstream import aws_errors, metrics
from clickstream.catalog import Catalog
from clickstream.settings import Settings


def cloudwatch(settings: Settings, aws_conn_id: str | None = "aws_default") -> Any:
    """The client for this deployment's metrics."""
    config = Config(**metrics.PATIENCE)
    region = settings.region
    hook = AwsBaseHook(aws_conn_id=aws_conn_id, region_name=region, client_type="cloudwatch", config=config)
    return hook.conn


def catalog(settings: Settings, aws_conn_id: str | None = "aws_default", connections: int = 10) -> Catalog:
    """The catalog and the buckets of this deployment. ``connections``: calls that may be made at the same time."""
    config = Config(retries=aws_errors.RETRIES, max_pool_connections=connections)
    glue, s3, athena = (
        AwsBaseHook(aws_conn_id=aws_conn_id, region_name=settings.region, client_type=service, config=config).conn
        for service in ("glue", "s3", "athena")
    )
    for client in (glue, s3, athena):
        aws_errors.explaining(client)
    return Catalog(glue, s3, athena, settings)
