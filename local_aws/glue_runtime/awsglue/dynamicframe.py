"""``awsglue.dynamicframe``: JSON objects of S3 as a frame, with the job's bookmark."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import urlsplit

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from .bookmarks import Bookmark, S3Object

NOT_THERE = "(local_aws/glue_runtime)"


class DynamicFrame:
    """What ``from_options`` found. Spark reads it at each ``count`` or ``toDF``; the bookmark does not wait for that.

    A record is a line that holds a JSON object. Glue's reader goes from token to token and not from line to line:
    where lines are broken, it may lose a good neighbour too, or find two records in a line. Rely on such counts for no
    more than "some or none".
    """

    def __init__(self, spark: SparkSession, uris: Sequence[str]) -> None:
        self._spark = spark
        self._uris = list(uris)

    def count(self) -> int:
        """The records, broken ones not among them. Fails, as Glue does, where an object cannot be read."""
        return self._records(StructType()).count() if self._uris else 0

    def toDF(self, options: Sequence[Any] | None = None) -> DataFrame:
        """The records, with the types that Spark finds (Glue's choice types are not there); without objects, a frame
        that has no columns, as in Glue."""
        refuse("toDF", options=options)
        return self._records() if self._uris else self._spark.createDataFrame([], StructType())

    def _records(self, schema: StructType | None = None) -> DataFrame:
        return self._spark.read.json(self._uris, schema=schema, mode="DROPMALFORMED", lineSep="\n")

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"the local stand-in of DynamicFrame has no {name!r}: it has count and toDF {NOT_THERE}")


class DynamicFrameReader:
    """``glue_context.create_dynamic_frame``."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,  # noqa: A002  Glue's own name
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
    ) -> DynamicFrame:
        """``("s3", {"paths": ["s3://bucket/folder/"], "recurse": True}, "json", transformation_ctx="name")``.

        Lists the objects at once, and with a context (after Job.init, where the run asks for bookmarks) takes the new
        ones only and notes them for the commit. Everything else is refused by name.
        """
        refuse("from_options", format_options=format_options, push_down_predicate=push_down_predicate)
        listed = [
            item for path in checked_paths(connection_type, connection_options or {}, format) for item in ls(path)
        ]
        bookmark = Bookmark.current if transformation_ctx else None
        taken = bookmark.new(transformation_ctx, listed) if bookmark else listed
        return DynamicFrame(self._spark, [item.uri for item in taken])

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(
            f"the local stand-in of create_dynamic_frame has no {name!r}: it has from_options {NOT_THERE}"
        )


def refuse(method: str, **arguments: Any) -> None:
    """NotImplementedError for the first argument that was given after all."""
    for name, value in arguments.items():
        if value:
            raise NotImplementedError(f"the local stand-in of {method} has no {name}, got {value!r} {NOT_THERE}")


def checked_paths(connection_type: str, options: Mapping[str, Any], format: str | None) -> list[str]:  # noqa: A002
    """The paths to list; NotImplementedError for what the stand-in does not read, ValueError for what nobody can."""
    expected = {"connection_type": "s3", "format": "json", "recurse": True}
    given = {"connection_type": connection_type, "format": format, "recurse": options.get("recurse")}
    for name, value in expected.items():
        if given[name] != value:
            raise NotImplementedError(f"the local stand-in of from_options has {name} = {value!r}, got {given[name]!r}")
    for name in options.keys() - {"paths", "recurse"}:
        raise NotImplementedError(f"the local stand-in of from_options has no connection option {name!r} {NOT_THERE}")
    paths = options.get("paths")
    if not isinstance(paths, list) or not paths or not all(str(path).startswith("s3://") for path in paths):
        raise ValueError(f"from_options expects paths as a list of s3://bucket/folder/, got {paths!r}")
    return [str(path) for path in paths]


def ls(path: str) -> Iterator[S3Object]:
    """The objects at and below a path, folder markers left out."""
    import boto3  # takes half a second, and few jobs have dynamic frames

    address = urlsplit(path, allow_fragments=False)
    root = address.path.strip("/")
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=address.netloc, Prefix=root)
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        key = entry["Key"]
        if (not root or key == root or key.startswith(f"{root}/")) and not key.endswith("/"):
            yield S3Object(f"s3://{address.netloc}/{key}", entry["LastModified"])
