"""S3 calls that Spark cannot make: one listing, server-side copies to chosen names, conditional writes."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

_COPY_THREADS = 16
_GIB = 1024**3
_DELETE_BATCH = 1000  # keys; what DeleteObjects takes


@dataclass(frozen=True)
class StoredObject:
    """``etag`` without quotes; ``size`` in bytes."""

    key: str
    size: int
    etag: str


def list_objects(s3: Any, bucket: str, prefix: str) -> list[StoredObject]:
    """Every object under a prefix, in key order."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [
        StoredObject(entry["Key"], entry["Size"], entry["ETag"].strip('"'))
        for page in pages
        for entry in page.get("Contents", ())
    ]


def copy_all(s3: Any, source_bucket: str, target_bucket: str, keys: Iterable[tuple[str, str]]) -> None:
    """Copies (from, to) pairs server-side and in parallel; the first failure is raised."""
    from boto3.s3.transfer import TransferConfig

    # One CopyObject up to 4 GiB (S3 takes 5), else parts of 1 GiB.
    config = TransferConfig(multipart_threshold=4 * _GIB, multipart_chunksize=_GIB)

    def copy(pair: tuple[str, str]) -> None:
        s3.copy({"Bucket": source_bucket, "Key": pair[0]}, target_bucket, pair[1], Config=config)

    with ThreadPoolExecutor(_COPY_THREADS) as pool:
        list(pool.map(copy, keys))


def put_once(s3: Any, bucket: str, key: str, text: str) -> None:
    """Writes an object that must not exist yet; botocore's ClientError (412) where another one is there.

    The same one is there where the answer to our first try was lost: boto3 repeats the call.
    """
    body = text.encode()
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*")
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        if s3.get_object(Bucket=bucket, Key=key)["Body"].read() != body:
            raise


def delete_prefix(s3: Any, bucket: str, prefix: str) -> list[str]:
    """Deletes what lies under a prefix; returns the keys that S3 refused to delete."""
    refused = []
    for batch in _batches([found.key for found in list_objects(s3, bucket, prefix)]):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True})
        refused += [error["Key"] for error in answer.get("Errors", ())]
    return refused


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _DELETE_BATCH):
        yield keys[start : start + _DELETE_BATCH]
