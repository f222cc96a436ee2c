"""Publication: one commit in the catalog makes runs visible, late rows of other days included (DESIGN section 5).

A snapshot is written under a name of its own; then `clickstream_published` is pointed at it by `UpdateTable` with the
`VersionId` that was read. That update is the commit, as in Iceberg's Glue catalog. Killed before it: nothing happened.
After it: done. So every change is safe to repeat, and publishers need no lock.

Needs boto3's clients only; it is used by the DAGs, the Glue job, the Lambda and the janitor.
"""

import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from clickstream import aws_errors, changes, late_rows, layout
from clickstream.catalog import Catalog, PublicationConflict, PublicationRefused
from clickstream.changes import Change
from clickstream.merger import Merger, unique_name
from clickstream.reading import read_published
from clickstream.runs import publishable
from clickstream.snapshots import MAIN, Snapshot, with_live_days

__all__ = [
    "Catalog", "Change", "Publication", "PublicationConflict", "PublicationRefused",
    "commit", "publish", "read_published", "release", "rollback", "withdraw",
]  # fmt: skip

log = logging.getLogger(__name__)

DEADLINE = 300.0  # seconds until a publisher that always loses the race gives up
# What GetTable returns and UpdateTable takes back (botocore's TableInput).
_TABLE_INPUT = frozenset(
    {
        "Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor",
        "PartitionKeys", "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Publication:
    """A commit: its id, its snapshot, and the days whose rows it may have changed.

    ``late_rows``: late rows that it merged, by day; a repetition that changed nothing merged none.
    """

    publication_id: str
    snapshot: Snapshot
    touched: frozenset[date]
    late_rows: Mapping[date, int] = field(default_factory=dict, hash=False)


def publish(
    catalog: Catalog, runs: Mapping[date, str], deadline: float = DEADLINE, respect_pins: bool = False
) -> Publication:
    """Makes each run its arrival day's visible one, all in one step; safe to repeat.

    A run that is newer releases a pinned day. With ``respect_pins``, as catch-up wants it, days are left alone that are
    pinned, or whose published run read all that the coming one did.
    PublicationRefused: a run is unfinished, unbalanced, retired, of another day, or older than what is published.
    PublicationConflict: not committed within ``deadline`` seconds.
    """
    ledgers = {day: publishable(catalog, day, run) for day, run in runs.items()}
    return commit(catalog, changes.publishing(ledgers, catalog.read_ledger, respect_pins), deadline)


def rollback(catalog: Catalog, day: date, run: str, deadline: float = DEADLINE) -> Publication:
    """Makes an earlier run the day's visible one, though it is older or lacks objects, and pins the day at it.

    PublicationRefused: the run is unfinished, unbalanced, retired, of another day, or its files are gone.
    """
    publishable(catalog, day, run)
    return commit(catalog, changes.rolling_back(day, run), deadline)


def withdraw(catalog: Catalog, day: date, deadline: float = DEADLINE) -> Publication:
    """Takes the day's run away, and what it brought to other days, and pins the day: only a newer run may come."""
    return commit(catalog, changes.withdrawing(day), deadline)


def release(catalog: Catalog, day: date, deadline: float = DEADLINE) -> Publication:
    """Takes the day's pin away, nothing else."""
    return commit(catalog, changes.releasing(day), deadline)


def commit(catalog: Catalog, change: Change, deadline: float = DEADLINE) -> Publication:
    """Commits a change with the late rows of every day it touches, in one step.

    PublicationRefused: the change does not fit what is visible. PublicationConflict: not within ``deadline`` seconds.
    """
    merger = Merger(catalog)
    give_up = time.monotonic() + deadline
    while True:
        why: Exception | None = None
        try:
            publication = _try_once(catalog, change, merger)
            if publication:
                return publication
        except Exception as error:
            if not aws_errors.is_transient(error):
                raise
            log.warning("%s: starting again after %s", change.what, error)
            why = error
        if time.monotonic() > give_up:
            raise PublicationConflict(
                f"not done within {deadline:.0f} s, because {why or 'others published all the time'}: {change.what}; "
                # The answer that is missing may be that of the commit.
                f"{'it may be' if why else 'nothing of it is'} visible; do it again"
            ) from why
        time.sleep(random.uniform(0.05, 0.5))


def _try_once(catalog: Catalog, change: Change, merger: Merger) -> Publication | None:
    """One round: read, decide, merge, write the snapshot, commit. None where somebody else committed in between."""
    current = catalog.published_table()
    _require_on_top(change, publication_id_of(current))
    before = catalog.snapshot_at(current["StorageDescriptor"]["Location"])
    after = change.apply(before)
    changed, shown = _touched_days(catalog, change, before, after)
    if after == before:
        return Publication(publication_id_of(current), before, shown)
    merged = merger.merge(after, changed)
    after = late_rows.with_late(after, {day: late.generation for day, late in merged.items()})
    after = with_live_days(after, datetime.now(UTC).date())
    publication_id = unique_name()
    location = _write_snapshot(catalog, publication_id, after, replaces=publication_id_of(current))
    if not _commit(catalog, current, location):
        log.info("somebody else published meanwhile; starting again")
        return None
    return Publication(publication_id, after, shown, {day: late.rows for day, late in merged.items()})


def _touched_days(
    catalog: Catalog, change: Change, before: Snapshot, after: Snapshot
) -> tuple[frozenset[date], frozenset[date]]:
    """Days whose late rows change, because a main with rows of theirs comes or goes; and all days to be verified."""
    pairs = [(before.of_kind(MAIN, day), after.of_kind(MAIN, day)) for day in change.days]
    moved = {main.run_id for pair in pairs if pair[0] != pair[1] for main in pair if main}
    staying = {main.run_id for _, main in pairs if main}
    changed, shown = (late_rows.touched_days(map(catalog.read_ledger, these)) for these in (moved, moved | staying))
    return frozenset(changed), frozenset(shown | change.days)


def _require_on_top(change: Change, publication_id: str) -> None:
    if change.on_top_of not in (None, publication_id):
        raise PublicationConflict(
            f"{change.what}: planned on top of publication {change.on_top_of}, but {publication_id} is out; plan anew"
        )


def publication_id_of(published_table: Mapping[str, Any]) -> str:
    """The id of the publication to which the table points."""
    location: str = published_table["StorageDescriptor"]["Location"]
    return location.rstrip("/").rsplit("/", 1)[-1]


def _write_snapshot(catalog: Catalog, publication_id: str, snapshot: Snapshot, replaces: str = "") -> str:
    """Writes the snapshot under its own, new name; returns the table location.

    ``replaces``: the publication on top of which it is to be committed, for the janitor, who follows them back.
    """
    bucket, key = catalog.settings.name("work_bucket"), layout.snapshot_key(publication_id)
    body = snapshot.to_ndjson().encode("utf-8")
    metadata = {layout.REPLACES: replaces} if replaces else {}
    try:
        catalog.s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata, IfNoneMatch="*")
    except catalog.s3.exceptions.ClientError as error:
        # Nobody else makes this name: it is there because the answer to our first try was lost.
        if aws_errors.error_code(error) != "PreconditionFailed":
            raise
    return f"s3://{bucket}/{key.removesuffix('published.json')}"


def _commit(catalog: Catalog, current: Mapping[str, Any], location: str) -> bool:
    """Points the table at the snapshot: the commit. False where the table is no longer the one that was read."""
    table_input = {key: value for key, value in current.items() if key in _TABLE_INPUT}
    table_input["StorageDescriptor"] = {**current["StorageDescriptor"], "Location": location}
    try:
        catalog.glue.update_table(
            DatabaseName=catalog.settings.name("database"),
            TableInput=table_input,
            VersionId=current["VersionId"],
            SkipArchive=True,
        )
    except Exception as error:
        if aws_errors.error_code(error) != "ConcurrentModificationException" and not aws_errors.is_transient(error):
            raise
        return _happened(catalog, location, publication_id_of(current))
    return True


def _happened(catalog: Catalog, location: str, on_top_of: str) -> bool:
    """Whether our commit happened after all: boto3 repeats a call whose answer was lost, and the repeat conflicts.

    Others may have committed on top of it meanwhile. Snapshots say what they replace, so the way back from the current
    one leads through ours, or past it to the publication that we read; a change is never carried out twice.
    """
    ours = location.rstrip("/").rsplit("/", 1)[-1]
    found = publication_id_of(catalog.published_table())
    while found not in (on_top_of, ours, ""):
        found = _replaced_by(catalog, found)
    return found == ours


def _replaced_by(catalog: Catalog, publication_id: str) -> str:
    """The publication that this one replaced; empty where its snapshot does not say."""
    bucket, key = catalog.settings.name("work_bucket"), layout.snapshot_key(publication_id)
    replaced: str = catalog.s3.head_object(Bucket=bucket, Key=key)["Metadata"].get(layout.REPLACES, "")
    return replaced
