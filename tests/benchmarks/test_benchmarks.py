"""That the benchmark measures what it says: whole processes, equal work, a document with a place for each section."""

import os
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

from benchmarks import file_bytes, whole
from benchmarks.__main__ import DOCUMENT, SECTIONS, written
from benchmarks.distant import LATENCY, distant
from benchmarks.events import events
from benchmarks.on_disk.folder_s3 import FolderS3
from benchmarks.transform import transform
from benchmarks.transforms import _check
from local_aws.stack import Stack

BURN = "import time\nwhile time.process_time() < 0.5: pass"
FEW = 3000


def test_the_cpu_of_a_process_that_outlives_its_parent_counts(tmp_path):
    """As Spark's JVM may."""
    orphan = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}], start_new_session=True)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {orphan!r}])"
    start = time.monotonic()
    cost = whole.run([sys.executable, "-c", parent], os.environ, tmp_path / "log")
    assert 0.5 <= cost.cpu <= 0.5 + (time.monotonic() - start)


def test_a_process_that_fails_ends_the_benchmark_with_its_words(tmp_path):
    with pytest.raises(SystemExit, match="no such luck"):
        whole.run([sys.executable, "-c", "raise RuntimeError('no such luck')"], os.environ, tmp_path / "log")


def test_a_section_is_replaced_and_the_others_stay():
    document = "a\n<!-- x -->\nold\n<!-- end of x -->\nb\n<!-- y -->\nkept\n<!-- end of y -->\n"
    assert written(document, "x", r"new \1") == document.replace("old", r"new \1")
    with pytest.raises(ValueError, match="expected a section between"):
        written(document, "z", "new")


def test_the_document_has_a_place_for_each_section():
    for name in SECTIONS:
        assert written(DOCUMENT.read_text(), name, "measured").count("measured\n") >= 1


def test_a_folder_answers_like_s3(tmp_path):
    s3 = FolderS3(str(tmp_path))
    s3.put_object(Bucket="work", Key="a/1", Body=b"one")
    s3.copy({"Bucket": "work", "Key": "a/1"}, "raw", "b/2", Config=None)
    (entry,) = next(s3.paginate(Bucket="raw", Prefix="b/"))["Contents"]
    assert (entry["Key"], entry["Size"]) == ("b/2", 3)
    assert s3.get_object(Bucket="raw", Key="b/2", IfMatch=entry["ETag"])["Body"].read() == b"one"
    with pytest.raises(ClientError):
        s3.get_object(Bucket="raw", Key="b/2", IfMatch='"other"')
    s3.delete_objects(Bucket="raw", Delete={"Objects": [{"Key": "b/2"}]})
    assert not (tmp_path / "raw" / "b" / "2").exists()


def test_a_distant_aws_gives_the_same_answers_later_and_asks_only_once(local_aws):
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    s3, bucket = stack.client("s3"), stack.name("work_bucket")
    s3.put_object(Bucket=bucket, Key="a/1", Body=b"one")
    with distant(local_aws.endpoint_url) as address:
        far = Stack(address).client("s3")
        for _ in range(2):
            start = time.monotonic()
            assert [one["Key"] for one in far.list_objects_v2(Bucket=bucket, Prefix="a/")["Contents"]] == ["a/1"]
            assert far.get_object(Bucket=bucket, Key="a/1")["Body"].read() == b"one"
            assert time.monotonic() - start >= 2 * LATENCY
            s3.put_object(Bucket=bucket, Key="a/1", Body=b"two")
        with pytest.raises(ClientError, match="NoSuchKey"):
            far.get_object(Bucket=bucket, Key="a/2")


@pytest.fixture
def few(monkeypatch, tmp_path: Path):
    monkeypatch.setattr("benchmarks.events.cache_directory", lambda: tmp_path)
    return events(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["DuckDB", "Clickstream"])
def test_engines_do_equal_work(few, name):
    _check(name, transform(name, few), few.tally["accepted"], sum(few.tally["quarantined"].values()))


@pytest.mark.slow
def test_readme_style_lets_bad_rows_through(few):
    """What it is compared for."""
    assert transform("README style", few).said["rows"] > few.tally["accepted"]


def test_only_groups_that_may_match_and_columns_that_are_named_are_read(tmp_path):
    rows = pa.table({"event_type": ["a"] * 500 + ["b"] * 500, "page_url": [f"/{n}" for n in range(1000)]})
    pq.write_table(rows, tmp_path / "x.parquet", row_group_size=500)
    both, first, none = (file_bytes.read(tmp_path, {"page_url"}, kinds) for kinds in (set(), {"a"}, {"c"}))
    assert both > first > none == 0
    assert file_bytes.read(tmp_path, {"page_url", "event_type"}, set()) > both


def test_what_a_query_asks_for_is_read_from_its_text():
    sql = "SELECT page_url FROM t WHERE event_type IN ('a', 'b') AND NOT is_bot"
    assert file_bytes.asked(sql) == ({"page_url", "event_type", "is_bot"}, {"a", "b"})
    assert file_bytes.asked("SELECT count_if(event_type = 'a') FROM t")[1] == set()
