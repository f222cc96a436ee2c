"""S3 for the engine: listings, and objects cached on disk by bucket, key and ETag (such data never changes).

Supports: prefixes of any size (listings are paged), hidden objects (``_x``, ``.x``: ignored, at any depth).
Does not support: requester pays, Glacier, versions.
"""

import hashlib
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import ClientError

from local_aws.athena.failures import QueryFailed

PARALLEL_READS = 4


@dataclass(frozen=True)
class S3Object:
    bucket: str
    key: str
    etag: str
    size: int  # bytes

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def split_uri(uri: str) -> tuple[str, str]:
    """(bucket, key) of ``s3://bucket/key``."""
    parts = urlsplit(uri, allow_fragments=False)
    if parts.scheme != "s3" or not parts.netloc:
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"expected s3://bucket/prefix, got {uri!r}")
    return parts.netloc, parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")


class ObjectStore:
    """Thread-safe. ``directory`` only grows; it goes when the local AWS's data directory goes."""

    def __init__(self, s3: Any, directory: Path) -> None:
        self.s3 = s3
        self.directory = directory
        self._lock = threading.Lock()
        self._reading: dict[Path, threading.Lock] = {}
        directory.mkdir(parents=True, exist_ok=True)

    def list_objects(self, location: str, hidden: bool = False) -> list[S3Object]:
        """The objects below a location, by key, without hidden ones; none where the prefix does not exist."""
        bucket, prefix = split_uri(location.rstrip("/") + "/")
        try:
            pages = list(self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
        except ClientError as error:
            raise QueryFailed("HIVE_FILESYSTEM_ERROR", f"cannot list {location}: {error}") from error
        entries = [entry for page in pages for entry in page.get("Contents", [])]
        shown = (entry for entry in entries if hidden or is_visible(entry["Key"].removeprefix(prefix)))
        return [S3Object(bucket, entry["Key"], entry["ETag"].strip('"'), entry["Size"]) for entry in shown]

    def local_copies(self, objects: list[S3Object]) -> list[Path]:
        """A local file per object, in order; fails where an object vanished or changed since it was listed."""
        with ThreadPoolExecutor(PARALLEL_READS) as pool:
            return list(pool.map(self._local_copy, objects))

    def _local_copy(self, item: S3Object) -> Path:
        digest = hashlib.sha256(f"{item.bucket}/{item.key}/{item.etag}".encode()).hexdigest()
        path = self.directory / (digest + (".gz" if item.key.endswith(".gz") else ""))
        with self._lock:
            reading = self._reading.setdefault(path, threading.Lock())
        with reading:
            if not path.exists():
                self._download(item, path)
        return path

    def _download(self, item: S3Object, path: Path) -> None:
        partial = path.with_name(f"{path.name}.{uuid4().hex}.part")
        try:
            body = self.s3.get_object(Bucket=item.bucket, Key=item.key, IfMatch=item.etag)["Body"]
            with partial.open("wb") as out:
                for chunk in body.iter_chunks(1 << 20):
                    out.write(chunk)
        except ClientError as error:
            raise QueryFailed("HIVE_CANNOT_OPEN_SPLIT", f"Error opening Hive split {item.uri}: {error}") from error
        partial.replace(path)

    def put_file(self, source: Path, uri: str, content_type: str, encryption: Mapping[str, str] | None = None) -> None:
        """``encryption``: PutObject's own arguments for it."""
        bucket, key = split_uri(uri)
        try:
            with source.open("rb") as body:
                self.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **(encryption or {}))
        except ClientError as error:
            raise QueryFailed("HIVE_WRITER_CLOSE_ERROR", f"cannot write {uri}: {error}") from error

    def read(self, uri: str) -> bytes:
        bucket, key = split_uri(uri)
        return bytes(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def is_visible(relative: str) -> bool:
    """Whether Athena reads an object, by its path below the table's or partition's location."""
    parts = relative.split("/")
    return bool(parts[-1]) and not any(part.startswith(("_", ".")) for part in parts)
