"""Raw objects, read in pieces: every gzip member whole, every line short enough, in memory that does not grow."""

import re
import zlib
from collections.abc import Callable, Generator, Iterator

from clickstream import layout

_READ = 64 * 1024  # bytes, compressed; zlib copies what is left of them at the end of every gzip member
_CHUNK = 1024 * 1024  # bytes, inflated
_BLOCK = 8 * _CHUNK  # bytes of lines that are judged together
_BLOCK_LINES = 50_000  # the most of them: each costs memory of its own, be it ever so short
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
# Spark takes other characters for a pattern, and a leading _ or . for a hidden file that it skips.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+=@-]*", re.ASCII)


class UnreadableObject(Exception):
    """The bytes are not what the name says; the text says why."""


def check_name(key: str) -> None:
    if layout.arrival_hour(key) is None:
        raise UnreadableObject("misnamed: expected events/year=YYYY/month=MM/day=DD/hour=HH/<name>.gz")
    if not _SAFE_NAME.fullmatch(key.rsplit("/", 1)[-1]):
        raise UnreadableObject(
            "misnamed: expected letters, digits and _ . + = @ - in the name, the first a letter or digit"
        )


def count_lines(read: Callable[[int], bytes], max_line_bytes: int) -> int:
    """Lines of a gzip stream (the last one needs no newline); UnreadableObject where a line could be lost."""
    counter = LineCounter(max_line_bytes)
    for data in inflate(read):
        counter.add(data)
    return counter.lines


def line_blocks(read: Callable[[int], bytes], max_line_bytes: int) -> Iterator[list[bytes]]:
    """The lines of a gzip stream as Spark's text source has them, in lists of some MiB together, 50,000 at most.

    UnreadableObject where a line could be lost, maybe behind good blocks: what came of those is to be thrown away.
    """
    pieces: list[bytes] = []
    size = ended = 0  # bytes of the pieces, and lines that end in them
    for data in _without_bom(_checked(read, max_line_bytes)):
        pieces.append(data)
        size, ended = size + len(data), ended + data.count(b"\n")
        if ended and (size >= _BLOCK or ended >= _BLOCK_LINES):
            whole, _, tail = b"".join(pieces).rpartition(b"\n")
            pieces, size, ended = [tail], len(tail), 0
            yield from _short_lists(whole.split(b"\n"))
    lines = b"".join(pieces).split(b"\n")
    yield from _short_lists(lines if lines[-1] else lines[:-1])


def _short_lists(lines: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(lines), _BLOCK_LINES):
        yield lines[start : start + _BLOCK_LINES]


def _checked(read: Callable[[int], bytes], max_line_bytes: int) -> Iterator[bytes]:
    counter = LineCounter(max_line_bytes)
    for data in inflate(read):
        counter.add(data)
        yield data


def _without_bom(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Without the byte order mark that an object may begin with."""
    head = b""
    while len(head) < len(_BOM) and (piece := next(pieces, b"")):
        head += piece
    yield head.removeprefix(_BOM)
    yield from pieces


def inflate(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The content of every gzip member, in pieces of at most 1 MiB; UnreadableObject where any member is damaged."""
    pending = read(_READ)
    while pending:
        if len(pending) < len(_GZIP_MAGIC):
            pending += read(_READ)
        if not pending.startswith(_GZIP_MAGIC):
            raise UnreadableObject("not gzip: other bytes where a gzip member should begin")
        pending = yield from _inflate_member(read, pending)
        pending = pending or read(_READ)


def _inflate_member(read: Callable[[int], bytes], pending: bytes) -> Generator[bytes, None, bytes]:
    """Yields one member's content; returns what was read beyond its end."""
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: expect gzip's header, check its CRC and length
    while not member.eof:
        if not pending and not (pending := read(_READ)):
            raise UnreadableObject("truncated: the last gzip member has no end")
        try:
            data = member.decompress(pending, _CHUNK)
        except zlib.error as error:
            raise UnreadableObject(f"corrupt gzip: {error}") from error
        pending = member.unconsumed_tail
        if data:
            yield data
    return member.unused_data


class LineCounter:
    """Counts lines as Spark's text source does with ``\\n``: a byte order mark alone is no line."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._ended = 0
        self._open_bytes = 0
        self._head = b""

    def add(self, data: bytes) -> None:
        self._look_at_head(data)
        pieces = data.split(b"\n")
        longest = max(self._open_bytes + len(pieces[0]), max(map(len, pieces)))
        if longest > self._max_line_bytes:
            raise UnreadableObject(f"a line of more than {self._max_line_bytes} bytes")
        self._ended += len(pieces) - 1
        self._open_bytes = len(pieces[-1]) + (self._open_bytes if len(pieces) == 1 else 0)

    @property
    def lines(self) -> int:
        only_bom = self._ended == 0 and self._open_bytes == len(_BOM) and self._head == _BOM
        return self._ended + (1 if self._open_bytes and not only_bom else 0)

    def _look_at_head(self, data: bytes) -> None:
        if len(self._head) < len(_BOM):
            self._head = (self._head + data)[: len(_BOM)]
            if self._head.startswith(_GZIP_MAGIC):
                raise UnreadableObject("gzip within gzip")
