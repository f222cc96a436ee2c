"""One object after another, on a deployment in the local AWS of this process."""

import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq
import pytest

from clickstream import layout, publication
from clickstream.catalog import Catalog
from clickstream.live_rows import ensure_shown
from clickstream.raw_objects import UnreadableObject
from clickstream.snapshots import LIVE
from json_to_parquet.convert import DECIDED, EMPTY, GONE, WRITTEN, convert
from json_to_parquet.notification import RawObject
from tests.corpus import ARRIVAL_DAY, line
from tests.promise.deployment import deployed, put_raw, register_partition
from tests.promise.in_process import run_day

pytestmark = pytest.mark.slow
MEMORY_MIB = 512


@pytest.fixture(scope="module")
def shared() -> Iterator[Catalog]:
    with deployed() as catalog:
        yield catalog


@pytest.fixture
def catalog(shared: Catalog) -> Iterator[Catalog]:
    """The deployment, empty again, with no publication but the first."""
    table = shared.published_table()
    yield shared
    for role in ("raw_bucket", "processed_bucket"):
        for found in list(shared.list_objects(role, "")):
            shared.s3.delete_object(Bucket=shared.settings.name(role), Key=found["Key"])
    current = shared.published_table()
    assert publication._commit(shared, current, table["StorageDescriptor"]["Location"])


def told(catalog: Catalog, key: str) -> RawObject:
    return RawObject(catalog.settings.name("raw_bucket"), key)


def put(catalog: Catalog, *numbers: int, **changes: Any) -> RawObject:
    return told(catalog, put_raw(catalog, ARRIVAL_DAY, [line("live", n, **changes) for n in numbers]))


def files(catalog: Catalog) -> dict[str, bytes]:
    bucket = catalog.settings.name("processed_bucket")
    keys = [found["Key"] for found in catalog.list_objects("processed_bucket", "")]
    return {key: catalog.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def visible(catalog: Catalog) -> int:
    register_partition(catalog, ARRIVAL_DAY)
    (row,) = catalog.ask("SELECT count(*) AS number FROM clickstream_events")
    return int(row["number"])


def test_an_objects_rows_are_written_and_visible(catalog: Catalog) -> None:
    found = put(catalog, 1, 2, user_agent="curl/8", ip_address="192.0.2.1")
    assert convert(catalog, found, MEMORY_MIB).what == WRITTEN
    ((key, body),) = files(catalog).items()
    rows = pq.read_table(io.BytesIO(body)).to_pylist()
    assert layout.event_day_of(key) == ARRIVAL_DAY
    assert {(row["generation"], row["source_object"]) for row in rows} == {
        (f"live-{ARRIVAL_DAY}", f"s3://{found.bucket}/{found.key}")
    }
    assert not {"ip_address", "user_agent"} & rows[0].keys()
    assert b"192.0.2.1" not in body
    assert visible(catalog) == 2


def test_being_told_again_changes_nothing(catalog: Catalog) -> None:
    one, other = put(catalog, 1), put(catalog, 2)
    for found in (one, other):
        convert(catalog, found, MEMORY_MIB)
    before, pointer = files(catalog), catalog.published_table()["VersionId"]
    for found in (other, one, other):
        assert convert(catalog, found, MEMORY_MIB).what == WRITTEN
    assert files(catalog) == before
    assert catalog.published_table()["VersionId"] == pointer


def test_a_day_that_nobody_shows_yet_is_shown(catalog: Catalog) -> None:
    assert catalog.current_snapshot().of_kind(LIVE, ARRIVAL_DAY) is None
    convert(catalog, put(catalog, 1), MEMORY_MIB)
    assert catalog.current_snapshot().of_kind(LIVE, ARRIVAL_DAY) is not None


def test_a_published_day_is_left_alone(catalog: Catalog) -> None:
    found = put(catalog, 1)
    convert(catalog, found, MEMORY_MIB)
    publication.publish(catalog, {ARRIVAL_DAY: run_day(catalog, ARRIVAL_DAY, "jr_1")})
    before = files(catalog)
    assert convert(catalog, put(catalog, 2), MEMORY_MIB).what == DECIDED
    ensure_shown(catalog, ARRIVAL_DAY)
    assert files(catalog) == before
    assert visible(catalog) == 1


def test_a_file_that_comes_after_the_publication_is_not_visible(catalog: Catalog, monkeypatch: Any) -> None:
    found = put(catalog, 1)
    run = run_day(catalog, ARRIVAL_DAY, "jr_2")
    late = put(catalog, 2)
    get_object = catalog.s3.get_object

    def publish_first(**call: Any) -> Any:
        if call["Key"] == late.key:
            publication.publish(catalog, {ARRIVAL_DAY: run})
        return get_object(**call)

    convert(catalog, found, MEMORY_MIB)
    monkeypatch.setattr(catalog.s3, "get_object", publish_first)
    assert convert(catalog, late, MEMORY_MIB).what == WRITTEN
    monkeypatch.undo()
    assert visible(catalog) == 1


def test_a_deleted_object_is_acknowledged(catalog: Catalog) -> None:
    found = put(catalog, 1)
    catalog.s3.delete_object(Bucket=found.bucket, Key=found.key)
    assert (convert(catalog, found, MEMORY_MIB).what, files(catalog)) == (GONE, {})


def test_rows_of_other_days_wait_for_the_daily_run(catalog: Catalog) -> None:
    found = put(catalog, 1, event_timestamp="2026-03-04T10:00:00Z")
    assert (convert(catalog, found, MEMORY_MIB).what, files(catalog)) == (EMPTY, {})


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"text", "not gzip"), (gzip.compress(line("bad") * 9)[:-1], "truncated")],
    ids=["no-gzip", "truncated"],
)
def test_an_unreadable_object_leaves_nothing(catalog: Catalog, body: bytes, reason: str) -> None:
    found = put(catalog, 1)
    catalog.s3.put_object(Bucket=found.bucket, Key=found.key, Body=body)
    with pytest.raises(UnreadableObject, match=reason):
        convert(catalog, found, MEMORY_MIB)
    assert files(catalog) == {}


def test_nothing_that_it_writes_can_set_it_off(catalog: Catalog) -> None:
    found = put(catalog, 1)
    convert(catalog, found, MEMORY_MIB)
    (key,) = files(catalog)
    with pytest.raises(UnreadableObject, match="of bucket clickstream-processed"):
        convert(catalog, RawObject(catalog.settings.name("processed_bucket"), key), MEMORY_MIB)
    with pytest.raises(UnreadableObject, match="misnamed"):
        convert(catalog, replace_key(found, "quarantine/x.gz"), MEMORY_MIB)


def replace_key(found: RawObject, key: str) -> RawObject:
    return found._replace(key=key)


def test_another_deployments_object_is_refused(catalog: Catalog) -> None:
    found = put(catalog, 1)
    other = replace(catalog, settings=replace(catalog.settings, environment="other"))
    with pytest.raises(UnreadableObject, match="expected one of clickstream-raw-other"):
        convert(other, found, MEMORY_MIB)
