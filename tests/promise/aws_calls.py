"""AWS calls as they stand in an HTTP request: service, operation, and what they are about."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from local_aws.gateway import SCOPE

# What S3 calls an operation, by the method and the first of these marks that the request bears.
_S3_OPERATIONS = {
    ("PUT", "x-amz-copy-source"): "CopyObject",
    ("PUT", "key"): "PutObject",
    ("GET", "list-type"): "ListObjectsV2",
    ("GET", "key"): "GetObject",
    ("HEAD", "key"): "HeadObject",
    ("DELETE", "key"): "DeleteObject",
    ("POST", "delete"): "DeleteObjects",
}
_READS = re.compile(r"(BatchGet|Get|Head|List)[A-Z]")
_NAMED_BY = ("QueryExecutionId", "TableName", "Name")  # members of a JSON request that say what it is about
_QUERY_WORDS = re.compile(r"\s*(INSERT|SELECT count|SELECT|WITH)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """``service`` as in the signature; ``target``: S3 ``bucket/key``, a table, a crawler, a query."""

    service: str
    operation: str
    target: str = ""

    @property
    def is_write(self) -> bool:
        """Whether something may be another way after it."""
        return not _READS.match(self.operation)

    @property
    def place(self) -> str:
        """What it does where, without the names that differ from run to run: ``s3 PutObject work/snapshots``."""
        bucket, _, key = self.target.partition("/")
        kind = f"{bucket.split('-')[1]}/{key.split('/')[0]}" if self.service == "s3" and "-" in bucket else self.target
        about = "" if self.operation in ("GetQueryExecution", "GetQueryResults") else f" {kind}"
        return f"{self.service} {self.operation}{about}".rstrip()

    def __str__(self) -> str:
        return f"{self.service} {self.operation} {self.target}".rstrip()


def call_of(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Call:
    """The call in a signed request; ValueError for one of S3 that this project does not make."""
    scope = SCOPE.search(headers.get("Authorization", ""))
    service = scope[1] if scope else "s3"
    operation = headers.get("X-Amz-Target", "").rpartition(".")[2]
    if operation:
        return Call(service, operation, _json_target(json.loads(body or b"{}")))
    return _s3_call(method, path, headers)


def _s3_call(method: str, path: str, headers: Mapping[str, str]) -> Call:
    parts = urlsplit(path)
    target = unquote(parts.path).strip("/")
    query = parse_qs(parts.query, keep_blank_values=True)
    marks = {*(name.lower() for name in headers), *query, *(["key"] if "/" in target else [])}
    for (verb, mark), operation in _S3_OPERATIONS.items():
        if verb == method and mark in marks:
            return Call("s3", operation, "/".join([target, *query.get("prefix", [])]))
    raise ValueError(f"expected one of {sorted(_S3_OPERATIONS.values())}, got {method} {path}")


def _json_target(body: Mapping[str, object]) -> str:
    """The table, crawler or query that a JSON request names; of a new query its first words."""
    table = body.get("TableInput")
    named = {**(table if isinstance(table, dict) else {}), **body}
    words = _QUERY_WORDS.match(str(body.get("QueryString", "")))
    return words[1] if words else next((str(named[name]) for name in _NAMED_BY if name in named), "")
