"""S3 as a folder per bucket: the few calls that the Glue job makes, so that a benchmark measures the job and no server.

A copy is a hard link: on S3 it costs the caller nothing either.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


class FolderS3:
    def __init__(self, root: str) -> None:
        self._root = Path(root)
        self.meta = SimpleNamespace(events=SimpleNamespace(register=lambda *_: None))  # nobody calls back

    def get_paginator(self, operation: str) -> "FolderS3":
        assert operation == "list_objects_v2", operation
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        bucket = self._root / Bucket
        files = sorted(str(path.relative_to(bucket)) for path in (bucket / Prefix).rglob("*") if path.is_file())
        yield {"Contents": [_entry(bucket, key) for key in files]}

    def get_object(self, Bucket: str, Key: str, IfMatch: str = "") -> dict[str, Any]:
        if IfMatch and _entry(self._root / Bucket, Key)["ETag"] != IfMatch:
            raise _error("PreconditionFailed")
        return {"Body": (self._root / Bucket / Key).open("rb")}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **_: Any) -> None:
        path = self._root / Bucket / Key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Body)

    def copy(self, source: dict[str, str], bucket: str, key: str, Config: object) -> None:
        path = self._root / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(self._root / source["Bucket"] / source["Key"], path)

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        for entry in Delete["Objects"]:
            (self._root / Bucket / entry["Key"]).unlink()
        return {}


def _entry(bucket: Path, key: str) -> dict[str, Any]:
    found = (bucket / key).stat()
    return {"Key": key, "Size": found.st_size, "ETag": f'"{found.st_mtime_ns:x}"'}


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "GetObject")
