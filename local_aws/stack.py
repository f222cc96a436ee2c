"""The pipeline's stack in the local AWS: what Terraform plans for it (local_aws/stack.json), made by local_aws/planned.

Whole, as a deployment makes it, or the parts that a test needs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clickstream.catalog import Catalog
from clickstream.settings import Settings, read_settings
from local_aws.clients import ACCOUNT_ID, REGION, local_client
from local_aws.planned.account import Account
from local_aws.planned.buckets import needs_artifact
from local_aws.planned.creators import create_resources
from local_aws.planned.plan import ENVIRONMENT, Resource, planned_resources


def local_settings() -> Settings:
    """The settings of the local stack."""
    return read_settings({"environment": ENVIRONMENT, "account_id": ACCOUNT_ID, "region": REGION}.get)


class Stack:
    """The local stack of ``settings`` at ``endpoint_url``; a local AWS has room for one of each environment.

    ``resources``: other ones than Terraform plans.
    """

    def __init__(
        self, endpoint_url: str, settings: Settings | None = None, resources: Sequence[Resource] | None = None
    ) -> None:
        self.settings = settings or local_settings()
        self._resources = planned_resources(self.settings.environment) if resources is None else resources
        self.endpoint_url = endpoint_url
        self.account = Account(endpoint_url, self.settings.region)

    def create(self, artifacts: Path) -> None:
        """Everything, with the artifacts that ``scripts/build_artifacts.py`` built; PlanError: see planned/."""
        self.account.artifacts = artifacts
        create_resources(self._resources, self.account)

    @property
    def catalog(self) -> Catalog:
        """What publishes and reads publications."""
        return Catalog(self.client("glue"), self.client("s3"), self.client("athena"), self.settings)

    def client(self, service: str) -> Any:
        return local_client(service, self.endpoint_url, self.settings.region)

    def name(self, role: str) -> str:
        return self.settings.name(role)

    def create_buckets(self) -> None:
        """With their versions, and the snapshot that shows nothing; no artifact."""
        self._create("s3_bucket", "s3_bucket_versioning", "s3_object")

    def create_catalog(self) -> None:
        self._create("glue_catalog_database", "glue_catalog_table")

    def create_stream(self) -> None:
        self._create("kinesis_firehose_delivery_stream")

    def create_crawler(self) -> None:
        self._create("glue_crawler")

    def create_workgroup(self) -> None:
        self._create("athena_workgroup")

    def create_function(self, artifacts: Path) -> None:
        """The function, its log and its queue of dead letters; the raw bucket tells it of objects from now on."""
        self.account.artifacts = artifacts
        self._create(
            *("sqs_queue", "cloudwatch_log_group", "lambda_function", "lambda_function_event_invoke_config"),
            *("lambda_permission", "s3_bucket_notification"),
        )

    def _create(self, *kinds: str) -> None:
        types = {f"aws_{kind}" for kind in kinds}
        wanted = [one for one in self._resources if one.type in types and not needs_artifact(one)]
        create_resources(wanted, self.account)
