"""The benchmark's events: one arrival day as Firehose leaves it, with what must come of it. Made once, then kept."""

import gzip
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from clickstream import layout
from clickstream.settings import limits
from local_aws.spark import cache_directory

DAY = date(2026, 3, 5)
OBJECT_LINES = 125_000  # about 8 MiB as gzip
SEED = 7


@dataclass(frozen=True)
class Events:
    """``buckets``: a folder per bucket, of which ``raw`` is filled. ``tally``: the ledger's numbers."""

    count: int
    buckets: Path
    tally: dict[str, Any]

    @property
    def objects(self) -> list[Path]:
        return sorted((self.buckets / "raw").rglob("*.gz"))

    @property
    def gzip_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.objects)


def events(count: int) -> Events:
    """Events of one day: 2 % second deliveries, 1 % bad lines, 1 % late ones."""
    folder = cache_directory() / "benchmark" / f"events-{count}"
    facts = folder / "tally.json"
    if not facts.exists():
        print(f"making {count:,} events, once", file=sys.stderr, flush=True)
        shutil.rmtree(folder / "raw", ignore_errors=True)  # what a killed run left would be read as well
        facts.write_text(json.dumps(_make(count, folder / "raw")))
    return Events(count, folder, json.loads(facts.read_text()))


def _make(count: int, raw: Path) -> dict[str, Any]:
    """An object is filed under the hour of its last lines."""
    from event_arrivals import Plan, Tally, arrivals

    tallies: dict[date, Tally] = {}
    waiting: list[bytes] = []
    hour = None
    for hour, lines in arrivals(Plan(DAY, 1, count, SEED, limits().max_lateness_days), tallies):
        waiting += lines
        while len(waiting) >= OBJECT_LINES:
            _file(raw, hour, waiting[:OBJECT_LINES])
            del waiting[:OBJECT_LINES]
    if hour and waiting:
        _file(raw, hour, waiting)
    return tallies[DAY].as_dict()


def _file(raw: Path, hour: datetime, lines: list[bytes]) -> None:
    folder = raw / f"{layout.raw_prefix(DAY)}hour={hour:%H}"
    folder.mkdir(parents=True, exist_ok=True)
    body = gzip.compress(b"".join(line + b"\n" for line in lines), 6, mtime=0)
    (folder / f"clickstream-{len(list(folder.iterdir())):03d}.gz").write_bytes(body)
