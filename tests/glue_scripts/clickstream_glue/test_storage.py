from typing import Any

import pytest
from botocore.exceptions import ClientError

from clickstream_glue.storage import copy_all, delete_prefix, list_objects, put_once


def test_listing_is_whole_and_in_key_order(day: Any) -> None:
    for name in ("b", "a", "c"):
        day.s3.put_object(Bucket=day.bucket("work"), Key=f"x/{name}", Body=b"12")
    day.s3.put_object(Bucket=day.bucket("work"), Key="y/z", Body=b"")
    found = list_objects(day.s3, day.bucket("work"), "x/")
    assert [(one.key, one.size) for one in found] == [("x/a", 2), ("x/b", 2), ("x/c", 2)]
    assert '"' not in found[0].etag


@pytest.mark.slow
def test_listing_goes_beyond_a_page(day: Any) -> None:
    for number in range(1001):
        day.s3.put_object(Bucket=day.bucket("work"), Key=f"x/{number:04d}", Body=b"")
    assert len(list_objects(day.s3, day.bucket("work"), "x/")) == 1001
    assert delete_prefix(day.s3, day.bucket("work"), "x/") == []
    assert day.keys("work") == []


def test_copies_keep_the_bytes(day: Any) -> None:
    day.s3.put_object(Bucket=day.bucket("work"), Key="a", Body=b"1")
    day.s3.put_object(Bucket=day.bucket("work"), Key="b", Body=b"2")
    copy_all(day.s3, day.bucket("work"), day.bucket("raw"), [("a", "x"), ("b", "y")])
    assert [day.body("raw", key) for key in ("x", "y")] == [b"1", b"2"]


def test_copy_of_what_is_not_there_fails(day: Any) -> None:
    with pytest.raises(ClientError, match="404"):
        copy_all(day.s3, day.bucket("work"), day.bucket("raw"), [("missing", "x")])


def test_object_is_put_once(day: Any) -> None:
    put_once(day.s3, day.bucket("work"), "a.json", "{}")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        put_once(day.s3, day.bucket("work"), "a.json", "[]")
    assert day.body("work", "a.json") == b"{}"


def test_object_whose_first_answer_was_lost_counts_as_put(day: Any) -> None:
    """boto3 repeats the PutObject, and the repetition finds the object there."""
    put_once(day.s3, day.bucket("work"), "a.json", "{}")
    put_once(day.s3, day.bucket("work"), "a.json", "{}")
    assert day.body("work", "a.json") == b"{}"


def test_keys_that_s3_refuses_to_delete_are_returned() -> None:
    class Refusing:
        def get_paginator(self, _: str) -> Any:
            entry = {"Key": "x/a", "Size": 1, "ETag": '"e"'}
            return type("Pages", (), {"paginate": lambda self, **_: [{"Contents": [entry]}]})()

        def delete_objects(self, **_: Any) -> Any:
            return {"Errors": [{"Key": "x/a", "Code": "AccessDenied"}]}

    assert delete_prefix(Refusing(), "bucket", "x/") == ["x/a"]
