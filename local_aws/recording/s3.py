"""S3's operations, which no header names: they follow from method, path, query and headers. Path style only.

A query parameter that is neither PLAIN nor in BY_QUERY becomes part of the operation's name (``GET ?acl``), so that
nobody takes it for another call.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.etree import ElementTree

# Change what an operation answers, not which it is. Of versionId and prefix see s3_call.
PLAIN = frozenset(
    {
        *("prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner"),
        *("marker", "key-marker", "upload-id-marker", "max-uploads", "part-number-marker", "max-parts", "x-id"),
        "versionId",
    }
)
BY_QUERY = {
    ("GET", "list-type"): "ListObjectsV2",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "uploads"): "ListMultipartUploads",
    ("GET", "uploadId"): "ListParts",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("PUT", "partNumber"): "UploadPart",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("POST", "delete"): "DeleteObjects",
}
OF_OBJECT = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
OF_BUCKET = {"GET": "ListObjects", "HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}

Parameters = dict[str, Any]


def s3_call(environ: Mapping[str, Any], body: Callable[[], bytes]) -> tuple[str, Parameters]:
    """(operation, parameters): Bucket, Key, of a listing Prefix, of a copy CopySource, of DeleteObjects Keys.

    ``VersionId`` is True where a version is named. ``body`` is read for DeleteObjects only.
    """
    bucket, _, key = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").lstrip("/").partition("/")
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    operation = operation_of(environ["REQUEST_METHOD"], key, query)
    parameters: Parameters = {"Bucket": bucket, "Key": key, "Prefix": query.get("prefix", [""])[0]}
    if source := environ.get("HTTP_X_AMZ_COPY_SOURCE"):
        parameters["CopySource"] = unquote(source).lstrip("/")
        operation = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}.get(operation, operation)
    if operation == "DeleteObjects":
        parameters["Keys"] = keys_of(body())
    if "versionId" in query:
        parameters["VersionId"] = True
    return operation, {name: value for name, value in parameters.items() if value}


def operation_of(method: str, key: str, query: Mapping[str, Any]) -> str:
    for (of_method, name), operation in BY_QUERY.items():
        if method == of_method and name in query:
            return operation
    others = sorted(name for name in query if name not in PLAIN and not name.startswith(("X-Amz-", "response-")))
    if others:
        return f"{method} ?{'&'.join(others)}"
    return (OF_OBJECT if key else OF_BUCKET).get(method, method)


def keys_of(body: bytes) -> list[str]:
    """The keys in DeleteObjects' XML."""
    elements = ElementTree.fromstring(body).iter()  # noqa: S314  of a client on this machine
    return sorted(one.text or "" for one in elements if one.tag.rpartition("}")[2] == "Key")
