"""Turns a web server's access log (combined format, plain or gzip) into click events and sends them.

    python scripts/import_access_log.py access.log.gz --stream-name clickstream-events-dev --site https://www.example.com
    python scripts/import_access_log.py access.log --output events.ndjson

Every line is accounted for: lines = sent + unreadable + blank. Unreadable lines are named by number and reason, never
by their content, and stop nothing. The same line always gives the same event_id (UUIDv5), so importing a log again adds
nothing, and a line that stands there twice is one event. A visit is what one address and agent do with pauses under
30 minutes; its session_id and the anonymous_id come from its first event's id and name nobody.

Set CLICKSTREAM_SALT (or --salt) to a secret, the same for every import: without one, whoever sees an event and guesses
its address and agent can prove the guess by computing the event_id.

Page, query, time, status, method, protocol and size are kept; address and agent go to the raw zone only; the name of a
user that the server authenticated is not sent. The log is held in memory: about 1 KB a line.
"""

import argparse
import hashlib
import json
import os
import sys
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dags"))

from access_log import Hit, UnreadableLine, parse_line, read_lines
from delivery_options import add_delivery_options, check_delivery_options, end_on_sigterm, run
from producer import Hour

from clickstream.settings import limits

IDLE = timedelta(minutes=30)
SEARCH_PARAMETERS = ("q", "query", "s", "search", "keyword", "keywords")
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:clickstream:access-log")


@dataclass
class Log:
    """A log that was read: its requests by time, and what became of every line."""

    lines: int = 0
    blank: int = 0
    hits: list[Hit] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # line number from 1, reason


def read_log(lines: Iterable[bytes]) -> Log:
    """Servers write a line when the request ends, so lines are put in the order of their times (stably)."""
    log = Log()
    try:
        for line in lines:
            log.lines += 1
            _add(log, line)
    except (EOFError, OSError, zlib.error) as damage:
        # A gzip that was cut off: what stands before the damage was read whole, and is sent.
        if not log.hits:
            raise
        log.lines += 1
        log.unreadable.append((log.lines, f"the file is damaged from here on ({damage})"))
    log.hits.sort(key=lambda hit: hit.moment)
    return log


def _add(log: Log, line: bytes) -> None:
    if not line.strip():
        log.blank += 1
        return
    try:
        log.hits.append(parse_line(line))
    except UnreadableLine as problem:
        log.unreadable.append((log.lines, str(problem)))


def namespace(salt: str) -> uuid.UUID:
    """The namespace of the event ids; secret if the salt is."""
    return uuid.uuid5(NAMESPACE, salt) if salt else NAMESPACE


def line_id(space: uuid.UUID, raw: bytes) -> uuid.UUID:
    """UUIDv5 of the line's bytes (`uuid.uuid5` takes bytes from Python 3.12 on)."""
    digest = hashlib.sha1(space.bytes + raw, usedforsecurity=False).digest()
    return uuid.UUID(bytes=digest[:16], version=5)


@dataclass
class Visitor:
    """What is known of one address and agent. Kept in memory only."""

    anonymous_id: str
    session_id: str
    seen: datetime


class Visits:
    """Tells whose visit a request belongs to; requests come in the order of their times."""

    def __init__(self) -> None:
        self._visitors: dict[tuple[str, str], Visitor] = {}

    def of(self, hit: Hit, event_id: uuid.UUID) -> Visitor:
        key = (hit.address, hit.agent)
        visitor = self._visitors.get(key)
        if visitor is None:
            anonymous_id = str(uuid.uuid5(event_id, "anonymous"))
            visitor = self._visitors[key] = Visitor(anonymous_id, _session_id(event_id), hit.moment)
        elif hit.moment - visitor.seen > IDLE:
            visitor.session_id = _session_id(event_id)
        visitor.seen = hit.moment
        return visitor


def _session_id(first_event_id: uuid.UUID) -> str:
    return str(uuid.uuid5(first_event_id, "session"))


def search_of(target: str) -> str:
    """What the visitor searched for, or empty text."""
    query = target.partition("?")[2].partition("#")[0]
    found = dict(reversed(parse_qsl(query)))  # the first of a name counts
    return next((found[name] for name in SEARCH_PARAMETERS if found.get(name, "").strip()), "")


def event_of(hit: Hit, event_id: uuid.UUID, visitor: Visitor, site: str) -> dict[str, Any]:
    """The contract's event; what the contract does not know begins with `http_` or `response_`."""
    search = search_of(hit.target)
    values = {
        "event_id": str(event_id),
        "event_type": "search" if search else "page_view",
        "event_timestamp": hit.moment.isoformat(),
        "session_id": visitor.session_id,
        "anonymous_id": visitor.anonymous_id,
        "page_url": site + hit.target if hit.target.startswith("/") else hit.target,
        "referrer": hit.referrer,
        "search_query": search,
        "ip_address": hit.address,
        "user_agent": hit.agent,
        "http_method": hit.method,
        "http_protocol": hit.protocol,
        "http_status": hit.status,
        "response_bytes": hit.size,
    }
    return {name: value for name, value in values.items() if value not in ("", None)}


def hour_of(hit: Hit) -> datetime:
    return hit.moment.astimezone(timezone.utc).replace(minute=0, second=0, microsecond=0)


def hours(log: Log, space: uuid.UUID, site: str) -> Iterator[Hour]:
    """The events as records, under the UTC hour in which the server answered."""
    visits = Visits()
    for hour, hits in groupby(log.hits, key=hour_of):
        records = []
        for hit in hits:
            event_id = line_id(space, hit.raw)
            event = event_of(hit, event_id, visits.of(hit, event_id), site)
            records.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())
        yield hour, records


def warnings_for(log: Log, today: date, max_lateness_days: int) -> list[str]:
    """What becomes of the log's events when they arrive today."""
    days = Counter(hour_of(hit).date() for hit in log.hits)
    old = sum(count for day, count in days.items() if day < today - timedelta(max_lateness_days))
    ahead = sum(count for day, count in days.items() if day > today)
    found = []
    if old:
        found.append(
            f"{old:,} of {len(log.hits):,} lines are more than {max_lateness_days} days old (the oldest of "
            f"{min(days)}). They arrive today, {today}: all of them will be quarantined as too_late and miss the table"
        )
    if ahead:
        found.append(f"{ahead:,} lines are of days after today, {today}: they will be quarantined as in_the_future")
    return found


def facts(log: Log) -> dict[str, Any]:
    """The summary beside the delivery. ``duplicates``: lines that stand there again (the pipeline keeps one)."""
    days = Counter(str(hour_of(hit).date()) for hit in log.hits)
    return {
        "lines": log.lines,
        "events": len(log.hits),
        "blank": log.blank,
        "unreadable": [{"line": number, "reason": reason} for number, reason in log.unreadable],
        "duplicates": len(log.hits) - len({hit.raw for hit in log.hits}),
        "arrival_days": dict(sorted(days.items())),
    }


def site_url(text: str) -> str:
    """A site's address without its last slash; argparse shows the ValueError's type only, so it raises its own."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"expected an address like https://www.example.com, got {text!r}")
    return text.rstrip("/")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("file", type=Path, metavar="FILE", help="the access log, plain or gzip")
    made.add_argument("--site", type=site_url, metavar="URL", help="what stands before every path; none")
    made.add_argument("--salt", metavar="SECRET", help="makes ids unguessable; default: CLICKSTREAM_SALT")
    add_delivery_options(made)
    return made


def report(log: Log, has_salt: bool) -> None:
    for number, reason in log.unreadable:
        print(f"line {number}: unreadable: {reason}", file=sys.stderr)
    print(
        f"{log.lines:,} lines = {len(log.hits):,} events + {len(log.unreadable):,} unreadable + {log.blank:,} blank",
        file=sys.stderr,
    )
    if not has_salt:
        print(
            "note: no CLICKSTREAM_SALT: who guesses the address and agent behind an event can prove it by its event_id",
            file=sys.stderr,
        )


def main(arguments: list[str] | None = None) -> int:
    """0 when every readable line was delivered, 1 when some were not, 2 when there is nothing that can be read."""
    made = parser()
    options = made.parse_args(arguments)
    check_delivery_options(made, options)
    try:
        log = read_log(read_lines(options.file))
    except (OSError, EOFError, zlib.error) as error:
        made.error(f"{options.file}: cannot be read, nothing was sent: {error}")
    salt = options.salt or os.environ.get("CLICKSTREAM_SALT", "")
    report(log, bool(salt))
    if options.stream_name and options.arrival == "now":
        for warning in warnings_for(log, datetime.now(timezone.utc).date(), limits().max_lateness_days):
            print(f"warning: {warning}", file=sys.stderr)
    return run(options, hours(log, namespace(salt), options.site or ""), lambda: facts(log))


if __name__ == "__main__":
    end_on_sigterm()
    sys.exit(main())
