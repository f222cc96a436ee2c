"""Lines of a web server's access log, combined format, taken apart.

    203.0.113.9 - frank [17/May/2015:10:05:03 +0000] "GET /a?q=x HTTP/1.1" 200 2326 "http://b.example/" "Mozilla..."

A log is bytes. Lines are read as UTF-8; a byte that is none becomes `\\xNN`, as the server itself writes one. Of what
the server escaped inside quotes, `\\"`, `\\\\` and the letters are undone, and runs of `\\xNN` where they are UTF-8.
"""

import gzip
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

# Servers cut a request at 8 KB. Escaped in JSON, a line up to this size still is a record that Firehose takes.
MAX_LINE_BYTES = 65_536
GZIP_MAGIC = b"\x1f\x8b"

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(rf"(\S+) \S+ \S+ \[([^\]]*)\] {_QUOTED} (\d{{3}}) (\d{{1,18}}|-) {_QUOTED} {_QUOTED}\s*")
_BEGINNING = re.compile(r"\S+ \S+ \S+ \[")
_TIME = re.compile(r"(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})", re.ASCII)
_REQUEST = re.compile(r"([A-Z]+) (\S.*?)(?: (HTTP/[\d.]+))?", re.DOTALL)
_MONTHS = {"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6}
_MONTHS |= {"Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12}
_ESCAPED = re.compile(r"((?:\\x[0-9a-fA-F]{2})+)|\\(.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


class UnreadableLine(ValueError):
    """Why a line is no log line; the message never holds the line itself, which may name a person."""


class Hit(NamedTuple):
    """One request. ``moment`` is aware, in the log's own offset; ``referrer`` and ``agent`` are empty for `-`."""

    raw: bytes
    address: str
    moment: datetime
    method: str
    target: str
    protocol: str
    status: int
    size: int | None  # bytes
    referrer: str
    agent: str


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines without their ends, from a plain or gzip file. OSError or EOFError where the gzip is damaged."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == GZIP_MAGIC
    with gzip.open(path) if is_gzip else path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\r\n")


def parse_line(raw: bytes) -> Hit:
    """The request that the line tells of, or UnreadableLine."""
    if len(raw) > MAX_LINE_BYTES:
        raise UnreadableLine(f"expected at most {MAX_LINE_BYTES} bytes, got {len(raw)}")
    line = raw.decode("utf-8", "backslashreplace")
    match = _LINE.fullmatch(line)
    if not match:
        is_begun = _BEGINNING.match(line)
        raise UnreadableLine("cut off, or not combined format" if is_begun else "expected the combined log format")
    address, time, request, status, size, referrer, agent = match.groups()
    method, target, protocol = _parts_of(unescape(request))
    return Hit(
        raw=raw,
        address=address,
        moment=parse_time(time),
        method=method,
        target=target,
        protocol=protocol,
        status=int(status),
        size=None if size == "-" else int(size),
        referrer=_text(referrer),
        agent=_text(agent),
    )


def parse_time(text: str) -> datetime:
    """`17/May/2015:10:05:03 +0000` as an aware time, or UnreadableLine. (strptime would read the months by locale.)"""
    match = _TIME.fullmatch(text)
    if match and match[2] in _MONTHS:
        day, _, year, hour, minute, second, sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
        try:
            moment = datetime(
                int(year), _MONTHS[match[2]], int(day), int(hour), int(minute), int(second), tzinfo=timezone(offset)
            )
            moment.astimezone(timezone.utc)  # OverflowError before the year 1 and after 9999
        except (ValueError, OverflowError):
            pass
        else:
            return moment
    raise UnreadableLine("expected a real date like 17/May/2015:10:05:03 +0000")


def unescape(text: str) -> str:
    """What stood there before the server escaped it."""
    return _ESCAPED.sub(_original, text) if "\\" in text else text


def _original(match: re.Match[str]) -> str:
    if match[1]:
        try:
            return bytes.fromhex(match[1].replace("\\x", "")).decode()
        except UnicodeDecodeError:
            return match[1]
    return _LETTERS.get(match[2], match[2])


def _text(field: str) -> str:
    return "" if field == "-" else unescape(field)


def _parts_of(request: str) -> tuple[str, str, str]:
    match = _REQUEST.fullmatch(request)
    if not match:
        raise UnreadableLine("expected a request like GET /path HTTP/1.1")
    method, target, protocol = match.groups()
    return method, target, protocol or ""
