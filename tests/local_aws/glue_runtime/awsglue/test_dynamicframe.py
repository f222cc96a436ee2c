"""What a frame lists and refuses; ``slow``: what Spark makes of its lines."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from py4j.protocol import Py4JJavaError

from local_aws.clients import local_client
from local_aws.glue_runtime.awsglue.dynamicframe import DynamicFrame, DynamicFrameReader, ls
from local_aws.safety import local_environment
from local_aws.spark import spark_environment, spark_properties
from tests.spark import spark_session

if TYPE_CHECKING:
    from local_aws.server import LocalAws

OPTIONS = {"paths": ["s3://raw/events/"], "recurse": True}
READER = DynamicFrameReader(None)


def given(**changes: Any) -> dict[str, Any]:
    """The arguments that the stand-in takes, but for what is changed."""
    return {"connection_type": "s3", "connection_options": OPTIONS, "format": "json"} | changes


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"connection_type": "mysql"}, "connection_type = 's3', got 'mysql'", id="connection"),
        pytest.param({"format": "csv"}, "format = 'json', got 'csv'", id="format"),
        pytest.param({"format": None}, "format = 'json', got None", id="no format"),
        pytest.param(
            {"format_options": {"multiline": True}}, "no format_options, got {'multiline'", id="format option"
        ),
        pytest.param({"push_down_predicate": "day = 1"}, "no push_down_predicate, got 'day = 1'", id="predicate"),
        pytest.param({"connection_options": {**OPTIONS, "maxBand": 1}}, "no connection option 'maxBand'", id="option"),
        pytest.param({"connection_options": {"paths": ["s3://raw/"]}}, "recurse = True, got None", id="one level only"),
    ],
)
def test_what_the_stand_in_does_not_read_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(NotImplementedError, match=named):
        READER.from_options(**given(**changes))


@pytest.mark.parametrize("paths", [None, [], "s3://raw/events/", ["/data"], ["s3://raw/", "s3a://raw/"]])
def test_path_that_is_none_in_s3_is_refused(paths: object) -> None:
    with pytest.raises(ValueError, match="paths as a list of s3://bucket/folder/"):
        READER.from_options(**given(connection_options={"paths": paths, "recurse": True}))


def test_unknown_argument_is_named() -> None:
    with pytest.raises(TypeError, match="minPartitions"):
        READER.from_options(**given(minPartitions=1))


@pytest.mark.parametrize("name", ["from_catalog", "from_rdd"])
def test_other_sources_are_refused_by_name(name: str) -> None:
    with pytest.raises(AttributeError, match=f"stand-in of create_dynamic_frame has no '{name}'"):
        getattr(READER, name)


@pytest.mark.parametrize("name", ["show", "schema", "map", "errorsCount", "getNumPartitions", "fromDF"])
def test_other_methods_of_a_frame_are_refused_by_name(name: str) -> None:
    with pytest.raises(AttributeError, match=f"stand-in of DynamicFrame has no '{name}'"):
        getattr(DynamicFrame(None, []), name)


def test_resolving_of_choices_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="toDF has no options"):
        DynamicFrame(None, []).toDF(["x"])


@pytest.fixture
def raw(local_aws: "LocalAws", monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts empty objects, by their keys, into the bucket of OPTIONS."""
    for name, value in local_environment(local_aws.endpoint_url, {}).items():
        monkeypatch.setenv(name, value)
    s3 = local_client("s3", local_aws.endpoint_url)
    s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return lambda *keys: [s3.put_object(Bucket="raw", Key=key, Body=b"") for key in keys]


def test_listing_is_of_a_folder_at_any_depth_and_of_no_other(raw: Any) -> None:
    raw("events/", "events/1.gz", "events/day=1/", "events/day=1/2.gz", "events-old/1.gz", "other/1.gz")
    inside = ["s3://raw/events/1.gz", "s3://raw/events/day=1/2.gz"]
    for path in ("s3://raw/events/", "s3://raw/events"):
        assert [item.uri for item in ls(path)] == inside
    assert [item.uri for item in ls("s3://raw/events/1.gz")] == inside[:1]
    assert len(list(ls("s3://raw/"))) == 4
    assert list(ls("s3://raw/nothing/")) == []
    assert READER.from_options(**given())._uris == inside


@pytest.mark.slow
def test_listing_goes_on_after_its_first_page(raw: Any) -> None:
    raw(*(f"events/{n}.gz" for n in range(1001)))
    assert len(READER.from_options(**given())._uris) == 1001


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("spark")
    with spark_session(spark_environment(spark_properties(None, folder, cores=1), folder)) as session:
        yield session


LINES = {
    "good.json": '{"id": 1, "name": "george"}\n{"id": 4, "name": "john"}\n',
    "broken.json": '{"id": 2, "name": "benjamin",\n\nnot json\n',
    "empty.json": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in LINES.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "count", "columns"),
    [
        pytest.param(["good.json", "broken.json", "empty.json"], 2, ["id", "name"], id="good ones among others"),
        pytest.param(["broken.json", "empty.json"], 0, [], id="no record in the objects"),
        pytest.param([], 0, [], id="no objects"),
    ],
)
def test_records_are_the_lines_that_hold_an_object(
    spark: Any, folder: Path, names: list[str], count: int, columns: list[str]
) -> None:
    frame = DynamicFrame(spark, [str(folder / f"{name}.gz") for name in names])
    assert (frame.count(), frame.toDF().count(), frame.toDF().columns) == (count, count, columns)


@pytest.mark.slow
def test_object_that_cannot_be_read_fails_the_count(spark: Any, folder: Path) -> None:
    damaged = folder / "damaged.json.gz"
    damaged.write_bytes(gzip.compress(os.urandom(99))[:60])
    with pytest.raises(Py4JJavaError, match="Unexpected end of input stream"):
        DynamicFrame(spark, [str(damaged)]).count()
