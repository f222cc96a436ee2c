"""The deployment's catalog and buckets as publication reads them: the current snapshot, ledgers, answers of Athena."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clickstream import athena, aws_errors, layout
from clickstream.ledger import Ledger, parse_ledger
from clickstream.settings import Settings, table
from clickstream.snapshots import Snapshot, parse_snapshot


class PublicationRefused(ValueError):
    """The change must not be published; trying again does not help."""


class PublicationConflict(RuntimeError):
    """Others published all the time until the deadline, or AWS did not answer; it is safe to do it again.

    Where an answer is missing, it may be that of the commit: the text says whether anything may be visible.
    """


@dataclass(frozen=True)
class Catalog:
    """boto3 clients for Glue, S3 and Athena, and the names to use with them. Ledgers that were read are kept."""

    glue: Any
    s3: Any
    athena: Any
    settings: Settings
    _ledgers: dict[str, Ledger] = field(default_factory=dict, repr=False, compare=False)

    def published_table(self) -> dict[str, Any]:
        found: dict[str, Any] = self.glue.get_table(
            DatabaseName=self.settings.name("database"), Name=table("published")
        )
        return dict(found["Table"])

    def snapshot_at(self, location: str) -> Snapshot:
        """The snapshot in a table location. One that is missing is an error, never an empty table."""
        bucket, folder = layout.split_uri(location)
        body = self.s3.get_object(Bucket=bucket, Key=folder.rstrip("/") + "/published.json")["Body"]
        return parse_snapshot(body.read().decode("utf-8"))

    def current_snapshot(self) -> Snapshot:
        return self.snapshot_at(self.published_table()["StorageDescriptor"]["Location"])

    def read_ledger(self, run: str) -> Ledger:
        """The ledger of a run; PublicationRefused where there is none: a run without one does not exist."""
        if run not in self._ledgers:
            self._ledgers[run] = self.fetch_ledger(run)
        return self._ledgers[run]

    def ask(self, sql: str) -> athena.Answer:
        return athena.ask(self.athena, self.settings, sql)

    def list_objects(self, role: str, prefix: str) -> Iterator[dict[str, Any]]:
        """Every object under a prefix of a bucket (``Key``, ``Size``, ``LastModified``), page after page."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.settings.name(role), Prefix=prefix)
        return (entry for page in pages for entry in page.get("Contents", ()))

    def fetch_ledger(self, run: str) -> Ledger:
        """As ``read_ledger``, without keeping it: for who looks at the ledgers of all days."""
        bucket, key = self.settings.name("work_bucket"), layout.ledger_key(run)
        try:
            return parse_ledger(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except self.s3.exceptions.NoSuchKey:
            raise PublicationRefused(f"run {run} has no ledger (s3://{bucket}/{key}): it did not finish") from None


def connect(settings: Settings) -> Catalog:
    """The catalog with boto3's own clients: the caller's credentials, `AWS_ENDPOINT_URL` where it is set."""
    import boto3
    from botocore.config import Config

    config = Config(retries=aws_errors.RETRIES)
    glue, s3, athena_ = (
        aws_errors.explaining(boto3.client(name, region_name=settings.region, config=config))
        for name in ("glue", "s3", "athena")
    )
    return Catalog(glue, s3, athena_, settings)
