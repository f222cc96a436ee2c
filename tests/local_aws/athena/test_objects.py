"""Listings and cached objects."""

from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from local_aws.athena.failures import QueryFailed
from local_aws.athena.objects import ObjectStore, S3Object, split_uri
from local_aws.clients import local_client


def test_listings_are_paged(tmp_path: Path) -> None:
    s3 = local_client("s3", "http://127.0.0.1:1")
    pages = [["t/a", "t/b"], ["t/c"]]
    with Stubber(s3) as stub:
        for number, keys in enumerate(pages):
            more = {"IsTruncated": True, "NextContinuationToken": "next"} if number == 0 else {}
            contents = [{"Key": key, "ETag": '"e"', "Size": 1} for key in keys]
            asked = {"Bucket": "b", "Prefix": "t/"} | ({"ContinuationToken": "next"} if number else {})
            stub.add_response("list_objects_v2", {"Contents": contents} | more, asked)
        found = ObjectStore(s3, tmp_path).list_objects("s3://b/t")
    assert [item.key for item in found] == ["t/a", "t/b", "t/c"]


def test_an_object_is_read_once_and_kept_by_its_etag(athena: Any, s3: Any, tmp_path: Path) -> None:
    store = ObjectStore(s3, tmp_path)
    athena.put("t/x", b"one")
    (item,) = store.list_objects(f"s3://{athena.bucket}/t/")
    assert store.local_copies([item, item])[0].read_bytes() == b"one"
    athena.s3.delete_object(Bucket=athena.bucket, Key="t/x")
    assert store.local_copies([item])[0].read_bytes() == b"one"


@pytest.mark.parametrize("etag", ["other", None], ids=["changed", "vanished"])
def test_an_object_that_changed_or_vanished_after_the_listing_fails(
    athena: Any, s3: Any, tmp_path: Path, etag: str | None
) -> None:
    key = "t/x" if etag else "t/gone"
    athena.put("t/x", b"one")
    with pytest.raises(
        QueryFailed, match=f"HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://{athena.bucket}/{key}"
    ):
        ObjectStore(s3, tmp_path).local_copies([S3Object(athena.bucket, key, etag or "e", 3)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("uri", ["t/x", "https://b/x", "s3:///x"])
def test_a_location_that_is_not_s3_is_refused(uri: str) -> None:
    with pytest.raises(QueryFailed, match="expected s3://bucket/prefix"):
        split_uri(uri)
