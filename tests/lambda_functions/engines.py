"""The two engines on the same raw objects: what each makes of them, in one form."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from clickstream import layout
from clickstream.contract import load_contract
from clickstream.raw_objects import UnreadableObject, check_name, line_blocks
from clickstream.reasons import BLANK, SPLIT, UNREADABLE
from clickstream.settings import limits
from json_to_parquet import queries
from json_to_parquet.columns import ObjectEvents

MEMORY_MIB = 512
_EPOCH = datetime(1970, 1, 1)


@dataclass
class Made:
    """Of one object: its events, sorted, each column's value as text, duplicates left out; and numbers by verdict."""

    events: list[tuple[str, ...]] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)


def by_lambda(key: str, body: bytes, temporary: Path) -> Made:
    """The json_to_parquet function's columns."""
    try:
        check_name(key)
        hour = layout.arrival_hour(key)
        assert hour is not None
        with ObjectEvents(hour, MEMORY_MIB, temporary) as events:
            for lines in line_blocks(io.BytesIO(body).read, limits().max_object_line_bytes):
                events.add(lines)
            return _of_columns(events)
    except UnreadableObject:
        return Made(numbers=Counter({UNREADABLE: 1}))


def _of_columns(events: ObjectEvents) -> Made:
    counts = events.finish()
    columns = ", ".join(f'"{name}"' for name in queries.stored_columns(load_contract()))
    rows = events._duckdb.execute(f"SELECT {columns} FROM events").fetchall()
    numbers = Counter(counts.quarantined)
    numbers.update({"duplicate": counts.duplicates - counts.conflicting, "conflicting": counts.conflicting})
    numbers[BLANK] += counts.blank
    return Made(sorted(tuple(map(str, row)) for row in rows), +numbers)


def by_glue(spark: Any, bodies: Mapping[str, bytes], arrival_day: date, folder: Path) -> dict[str, Made]:
    """The Glue job's transforms, in one Spark job over all objects; those that its preflight refuses are not shown."""
    from pyspark.sql import functions as F

    from clickstream_glue import transform

    paths = []
    for key, body in bodies.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        paths.append(str(path))
    lines = spark.read.text(paths, lineSep="\n").select("value", F.col("_metadata.file_path").alias("source_object"))
    rows = transform.rows(lines, load_contract(), arrival_day, limits(), "run", 4).collect()
    made = {key: Made() for key in bodies}
    for row in rows:
        _add(made["events/" + row["source_object"].rpartition("/events/")[2]], row.asDict())
    for one in made.values():
        one.events.sort()
    return made


def _add(made: Made, row: dict[str, Any]) -> None:
    verdict = row["verdict"]
    if verdict == "accepted":
        row["event_timestamp"] = (row["event_timestamp"] - _EPOCH) // timedelta(milliseconds=1)
        made.events.append(tuple(str(row[name]) for name in queries.stored_columns(load_contract())))
    elif verdict != SPLIT:
        made.numbers[row["event_type"] if verdict == "quarantined" else verdict] += 1  # where it carries the reason


def differences(ours: Made, theirs: Made) -> Iterable[str]:
    """Both sides of what is not alike, few of them."""
    if ours.numbers != theirs.numbers:
        yield f"numbers: {ours.numbers - theirs.numbers} here, {theirs.numbers - ours.numbers} there"
    for name, events in (
        ("here", set(ours.events) - set(theirs.events)),
        ("there", set(theirs.events) - set(ours.events)),
    ):
        yield from (f"only {name}: {one}" for one in sorted(events)[:3])
