"""What lies in the buckets: snapshots, files of main, late, live and candidate rows, ledgers. Read, never changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.late_rows import partition
from clickstream.publication import publication_id_of
from clickstream.settings import prefix, table
from clickstream.snapshots import Snapshot, parse_snapshot

PROCESSED, WORK = "processed_bucket", "work_bucket"
DAYS_PER_QUERY = 100  # an Athena query may be 256 KB long


@dataclass(frozen=True)
class StoredSnapshot:
    """A snapshot object; ``written_at`` aware UTC. ``replaces``: the publication before it, empty where none is known.

    That it was written does not mean that it was committed: its publisher may have lost the race, or died.
    """

    publication_id: str
    written_at: datetime
    replaces: str
    snapshot: Snapshot


@dataclass(frozen=True)
class StoredFile:
    """A Parquet file. ``bucket`` as a role; ``generations`` of its rows, empty where nobody can tell."""

    bucket: str
    key: str
    size: int
    written_at: datetime
    generations: frozenset[str]


@dataclass(frozen=True)
class Inventory:
    """Everything of one moment. ``current``: the publication then; ``ledgers``: run to time of its ledger."""

    current: str
    snapshots: Mapping[str, StoredSnapshot]
    files: tuple[StoredFile, ...]
    ledgers: Mapping[str, datetime]


def take_inventory(catalog: Catalog) -> Inventory:
    """The inventory. The current publication is read first: every snapshot up to it is listed then."""
    current = publication_id_of(catalog.published_table())
    snapshots = {one.publication_id: one for one in snapshots_stored(catalog)}
    return Inventory(current, snapshots, tuple(_files(catalog)), _ledgers(catalog))


def snapshots_stored(catalog: Catalog) -> Iterator[StoredSnapshot]:
    """Every snapshot that lies there."""
    for entry in catalog.list_objects(WORK, prefix("snapshots")):
        if entry["Key"].endswith("/published.json"):
            yield _snapshot(catalog, entry["Key"])


def _snapshot(catalog: Catalog, key: str) -> StoredSnapshot:
    answer = catalog.s3.get_object(Bucket=catalog.settings.name(WORK), Key=key)
    return StoredSnapshot(
        publication_id=key.split("/")[-2],
        written_at=answer["LastModified"],
        replaces=answer["Metadata"].get(layout.REPLACES, ""),
        snapshot=parse_snapshot(answer["Body"].read().decode("utf-8")),
    )


def _ledgers(catalog: Catalog) -> dict[str, datetime]:
    listed = catalog.list_objects(WORK, prefix("ledgers"))
    return {run: entry["LastModified"] for entry in listed if (run := layout.run_of_ledger(entry["Key"]))}


def _files(catalog: Catalog) -> Iterator[StoredFile]:
    """Runs' files say whose they are; the others are asked what generations their rows have."""
    processed = list(catalog.list_objects(PROCESSED, ""))
    nameless = [entry["Key"] for entry in processed if not layout.run_of_file(entry["Key"])]
    generations = _generations_by_key(catalog, nameless)
    for entry in processed:
        yield _file(PROCESSED, entry, generations.get(entry["Key"], set()))
    for entry in catalog.list_objects(WORK, prefix("candidates")):
        yield _file(WORK, entry, ())


def _file(bucket: str, entry: Mapping[str, Any], found: Iterable[str]) -> StoredFile:
    run = layout.run_of_file(entry["Key"])
    generations = frozenset([run] if run else found)
    return StoredFile(bucket, entry["Key"], entry["Size"], entry["LastModified"], generations)


def _generations_by_key(catalog: Catalog, keys: Iterable[str]) -> dict[str, set[str]]:
    """Generations of the rows in the files, for the days on which these keys lie, one cheap column read."""
    days = sorted({day for key in keys if (day := layout.event_day_of(key))})
    found: dict[str, set[str]] = {}
    for start in range(0, len(days), DAYS_PER_QUERY):
        for row in catalog.ask(_generations_query(days[start : start + DAYS_PER_QUERY])):
            found.setdefault(layout.split_uri(row["path"])[1], set()).add(row["generation"])
    return found


def _generations_query(days: Collection[date]) -> str:
    where = " OR ".join(partition(day) for day in days)
    # From parsed days and a name of pipeline.json only.
    return f'SELECT DISTINCT "$path" AS path, generation FROM {table("generations")} WHERE {where}'  # noqa: S608
