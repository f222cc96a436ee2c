"""CORPUS.md, rules 34 to 37: objects. Rule 38, an object that vanishes, is a test of the job's own."""

import gzip

from tests.corpus import Case, RawObject, line, packed, unreadable

FOLDER = "events/year=2026/month=03/day=05/"


def zipped(case: str, number: int = 0) -> bytes:
    return gzip.compress(line(case, number) + b"\n", mtime=0)


def flipped(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 0xFF
    return bytes(changed)


_SPLIT = line("line-across-members")
MEMBERS = [
    Case("two-members", 34, (RawObject(zipped("two-members") + zipped("two-members", 1)),), accepted=({}, {})),
    Case(
        "line-across-members", 34, (RawObject(gzip.compress(_SPLIT[:30]) + gzip.compress(_SPLIT[30:])),), accepted=({},)
    ),
    Case(
        "empty-member-between",
        34,
        (RawObject(zipped("empty-member-between") + gzip.compress(b"") + zipped("empty-member-between", 1)),),
        accepted=({}, {}),
    ),
    Case("gzip-of-nothing", 34, (RawObject(gzip.compress(b"")),)),
    Case("zero-bytes", 34, (RawObject(b""),)),
]
DAMAGED = [
    unreadable(35, "truncated", zipped("truncated")[:-9]),
    unreadable(35, "without-its-last-byte", zipped("without-its-last-byte")[:-1]),
    unreadable(
        35, "second-member-truncated", zipped("second-member-truncated") + zipped("second-member-truncated", 1)[:-20]
    ),
    unreadable(35, "wrong-checksum", flipped(zipped("wrong-checksum"), -6)),
    unreadable(35, "wrong-length", flipped(zipped("wrong-length"), -1)),
    unreadable(35, "garbage-behind", zipped("garbage-behind") + b"garbage"),
    unreadable(35, "zeros-behind", zipped("zeros-behind") + b"\0" * 512),
    unreadable(35, "one-byte", b"\x1f"),
]
MISNAMED = [
    unreadable(36, "plain-text", line("plain-text")),
    unreadable(36, "gzip-in-gzip", gzip.compress(zipped("gzip-in-gzip"))),
    unreadable(36, "without-suffix", zipped("without-suffix"), FOLDER + "hour=10/without-suffix"),
    unreadable(36, "hour-24", zipped("hour-24"), FOLDER + "hour=24/hour-24.gz"),
    unreadable(36, "without-hour", zipped("without-hour"), FOLDER + "without-hour.gz"),
    unreadable(36, "hidden-name", zipped("hidden-name"), FOLDER + "hour=10/_hidden-name.gz"),
    unreadable(36, "glob-name", zipped("glob-name"), FOLDER + "hour=10/[glob]*-name{a,b}.gz"),
    unreadable(36, "space-in-name", zipped("space-in-name"), FOLDER + "hour=10/space in name.gz"),
]
BOMBS = [
    Case("bomb-of-blank-lines", 37, (RawObject(gzip.compress(b"\n" * 20_000, 9)),), blank=20_000),
    unreadable(37, "bomb-of-one-line", gzip.compress(b"x" * (20 * 1024 * 1024), 9)),
    Case("bomb-of-a-large-line", 37, (packed(b"y" * (2 * 1024 * 1024)),), quarantined=("too_large",)),
]
CASES = [*MEMBERS, *DAMAGED, *MISNAMED, *BOMBS]
