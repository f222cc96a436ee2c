"""The janitor: deletes what nobody can see any more, nor will (DESIGN section 5). `make janitor` shows, never deletes.

Whatever goes is first committed as `retired`, in one publication: a publisher or rollback that wants it meanwhile
either committed before (then it is visible, and stays) or conflicts with that commit, reads `retired` and refuses.
Killed between the commit and a deletion: the next run goes on from the retired lines.
"""

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clickstream import changes, layout, publication
from clickstream.catalog import Catalog, PublicationConflict, connect
from clickstream.inventory import WORK, Inventory, StoredFile, StoredSnapshot, take_inventory
from clickstream.settings import limits, read_settings
from clickstream.snapshots import RETIRED, Line, Snapshot

log = logging.getLogger(__name__)

RUBBISH_AFTER = timedelta(days=7)  # for what was never published; a run that is being published is younger
ATTEMPTS = 5
KEYS_PER_CALL = 1000  # S3's limit of DeleteObjects


class JanitorIncomplete(RuntimeError):
    """S3 kept objects that were to be deleted; each is named with S3's reason. Run the janitor again."""


@dataclass(frozen=True)
class Plan:
    """What goes: generations to retire first, then files and snapshots; retired lines that nothing is left of.

    ``unknown``: files old enough to go, of which nobody can tell whose rows they hold; they stay.
    """

    on_top_of: str
    retire: tuple[Line, ...]
    forget: tuple[Line, ...]
    files: tuple[StoredFile, ...]
    snapshots: tuple[StoredSnapshot, ...]
    unknown: tuple[StoredFile, ...]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Bucket role and key of everything to delete; snapshots last, since they say what was visible."""
        snapshots = [(WORK, layout.snapshot_key(one.publication_id)) for one in self.snapshots]
        return [*((file.bucket, file.key) for file in self.files), *snapshots]


def clean(catalog: Catalog, now: datetime, apply: bool = False) -> Plan:
    """Plans and, with ``apply``, carries the plan out. ``now`` is aware.

    JanitorIncomplete: S3 refused to delete some objects. PublicationConflict: others published all the time.
    """
    for _ in range(ATTEMPTS):
        made = plan(take_inventory(catalog), now)
        if not apply or _retire(catalog, made):
            break
    else:
        raise PublicationConflict(f"others published between plan and commit {ATTEMPTS} times; run the janitor again")
    if apply:
        _delete(catalog, made)
    return made


def plan(inventory: Inventory, now: datetime) -> Plan:
    """What may go, purely from what lies there."""
    ended = now - timedelta(days=limits().superseded_retention_days)
    kept = within_retention(inventory, ended)
    gone = [x for x in inventory.snapshots.values() if x not in kept]
    visible = {line.generation for one in kept for line in one.snapshot.visible_lines()}
    retired = _retired(inventory.snapshots[inventory.current].snapshot)
    superseded = {x.generation: x for one in gone for x in one.snapshot.visible_lines() if x.generation not in visible}
    rubbish = _rubbish(inventory, now - RUBBISH_AFTER, visible | superseded.keys())
    retire = {name: line for name, line in (superseded | rubbish).items() if name not in retired}
    disposable = retire.keys() | retired.keys()
    return Plan(
        on_top_of=inventory.current,
        retire=tuple(sorted(retire.values())),
        forget=_forgettable(inventory, kept, retired),
        files=tuple(file for file in inventory.files if file.generations and file.generations <= disposable),
        snapshots=tuple(one for one in gone if one.publication_id != layout.INITIAL_PUBLICATION),
        unknown=tuple(x for x in inventory.files if not x.generations and x.written_at < now - RUBBISH_AFTER),
    )


def within_retention(inventory: Inventory, since: datetime) -> list[StoredSnapshot]:
    """The current snapshot, those written since then, and the one that was current at that moment.

    That last one may be much older: it was read until its successor was committed, so it counts from then on.
    """
    kept = {name for name, one in inventory.snapshots.items() if one.written_at >= since}
    follow: StoredSnapshot | None = inventory.snapshots[inventory.current]
    while follow:
        kept.add(follow.publication_id)
        if follow.replaces and follow.replaces not in inventory.snapshots and follow.written_at >= since:
            log.warning("snapshot %s is gone: what it showed until %s is unknown", follow.replaces, follow.written_at)
        follow = inventory.snapshots.get(follow.replaces) if follow.written_at >= since else None
    return [inventory.snapshots[name] for name in sorted(kept)]


def _retired(snapshot: Snapshot) -> dict[str, Line]:
    return {line.generation: line for line in snapshot.lines if line.kind == RETIRED}


def _rubbish(inventory: Inventory, before: datetime, known: Iterable[str]) -> dict[str, Line]:
    """Generations with files that no snapshot names, the youngest object of each older than that."""
    youngest: dict[str, datetime] = {}
    lines: dict[str, Line] = {}
    named = frozenset(known)
    for file in inventory.files:
        for name in file.generations - named:
            written = max(file.written_at, inventory.ledgers.get(name, file.written_at))
            youngest[name] = max(written, youngest.get(name, written))
            lines[name] = _line(name, file)
    return {name: lines[name] for name, written in youngest.items() if written < before}


def _line(generation: str, file: StoredFile) -> Line:
    run = layout.run_of_file(file.key)
    day = layout.arrival_day_of(run) if run else layout.event_day_of(file.key)
    return Line(str(day), RETIRED, generation, run or "")


def _forgettable(inventory: Inventory, kept: Iterable[StoredSnapshot], retired: Mapping[str, Line]) -> tuple[Line, ...]:
    """Retired all through the retention, and nothing names it any more: no file, no snapshot, no ledger to publish."""
    files = {name for file in inventory.files for name in file.generations}
    named = {x.generation for one in inventory.snapshots.values() for x in one.snapshot.visible_lines()}
    traces = files | named | inventory.ledgers.keys()
    lines = (line for name, line in retired.items() if name not in traces)
    return tuple(sorted(line for line in lines if all(line in one.snapshot.lines for one in kept)))


def _retire(catalog: Catalog, made: Plan) -> bool:
    """Commits the retired lines. False where another publication is out than the one that was planned on."""
    try:
        publication.commit(catalog, changes.retiring(made.retire, made.forget, made.on_top_of))
    except PublicationConflict as error:
        log.info("%s", error)
        return False
    return True


def _delete(catalog: Catalog, made: Plan) -> None:
    """Deletes every key of the plan, page after page; JanitorIncomplete names what S3 kept, at the end."""
    refused: list[str] = []
    for role in dict.fromkeys(bucket for bucket, _ in made.keys):
        keys = [key for bucket, key in made.keys if bucket == role]
        for start in range(0, len(keys), KEYS_PER_CALL):
            refused += _delete_page(catalog, catalog.settings.name(role), keys[start : start + KEYS_PER_CALL])
    if refused:
        raise JanitorIncomplete(f"S3 kept {len(refused)} of {len(made.keys)} objects: {'; '.join(refused)}")


def _delete_page(catalog: Catalog, bucket: str, keys: Iterable[str]) -> list[str]:
    """S3 answers 200 though it kept some keys; those, with its reason."""
    answer = catalog.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": x} for x in keys], "Quiet": True})
    return [_refusal(bucket, error) for error in answer.get("Errors", ())]


def _refusal(bucket: str, error: Mapping[str, Any]) -> str:
    return f"s3://{bucket}/{error['Key']}: {error.get('Code')} {error.get('Message', '')}".rstrip()


def describe(made: Plan, catalog: Catalog, applied: bool) -> Iterator[str]:
    """The plan, one line per generation and object, and the sums."""
    would = "" if applied else "would "
    sizes = {(file.bucket, file.key): f"  {file.size} bytes" for file in made.files}
    for line in made.retire:
        yield f"{would}retire  {line.generation}  (day {line.day})"
    for bucket, key in made.keys:
        yield f"{would}delete  s3://{catalog.settings.name(bucket)}/{key}{sizes.get((bucket, key), '')}"
    for file in made.unknown:
        yield f"left alone, nobody can tell whose rows it holds: s3://{catalog.settings.name(file.bucket)}/{file.key}"
    total = sum(file.size for file in made.files)
    yield (
        f"{len(made.retire)} generations, {len(made.files)} files ({total} bytes), {len(made.snapshots)} snapshots "
        + ("deleted." if applied else "would be deleted; nothing was: make janitor APPLY=1 deletes.")
    )


def main(arguments: list[str]) -> int:
    """`python -m clickstream.janitor [--apply]`, with the settings and credentials of the environment."""
    if unexpected := set(arguments) - {"--apply"}:
        raise SystemExit(f"expected nothing or --apply, got {sorted(unexpected)}")
    apply = bool(arguments)
    catalog = connect(read_settings())
    made = clean(catalog, datetime.now(UTC), apply)
    sys.stdout.writelines(f"{line}\n" for line in describe(made, catalog, apply))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
