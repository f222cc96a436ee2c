import gzip
import io
import tracemalloc
from itertools import chain

import pytest

from clickstream.raw_objects import UnreadableObject, check_name, count_lines, line_blocks

LIMIT = 1000


def count(data: bytes, limit: int = LIMIT) -> int:
    return count_lines(io.BytesIO(data).read, limit)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", 0),
        (b"a", 1),
        (b"a\n", 1),
        (b"a\nb", 2),
        (b"\n\n", 2),
        (b"a\r\nb\r\n", 2),
        (b"a\rb", 1),
        (b"\xef\xbb\xbf", 0),
        (b"\xef\xbb\xbf\n", 1),
        (b"\xef\xbb\xbfa", 1),
    ],
    ids=["nothing", "unended", "ended", "two", "empty-lines", "crlf", "bare-cr", "bom", "bom-line", "bom-text"],
)
def test_lines_are_counted_as_spark_counts_them(content: bytes, lines: int) -> None:
    assert count(gzip.compress(content)) == lines


def test_zero_bytes_are_no_lines() -> None:
    assert count(b"") == 0


def test_members_are_one_stream() -> None:
    assert count(gzip.compress(b"a\nb") + gzip.compress(b"c\n") + gzip.compress(b"") + gzip.compress(b"d")) == 3


def test_stream_may_come_in_single_bytes() -> None:
    stream = io.BytesIO(gzip.compress(b"a\nb\n") + gzip.compress(b"c\n"))
    assert count_lines(lambda _: stream.read(1), LIMIT) == 3


@pytest.mark.parametrize(("length", "fits"), [(LIMIT, True), (LIMIT + 1, False)], ids=["at-the-limit", "over"])
def test_longest_line_is_bounded(length: int, fits: bool) -> None:
    data = gzip.compress(b"x\n" + b"y" * length + b"\nz")
    if fits:
        assert count(data) == 3
    else:
        with pytest.raises(UnreadableObject, match="more than 1000 bytes"):
            count(data)


def test_line_across_pieces_is_measured_whole() -> None:
    with pytest.raises(UnreadableObject, match="more than"):
        count(gzip.compress(b"y" * 600) + gzip.compress(b"y" * 600))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"a\n")[:-1], "truncated"),
        (gzip.compress(b"a\n")[:5], "truncated"),
        (gzip.compress(b"a\n")[:-5] + b"XXXXX", "corrupt"),
        (gzip.compress(b"a\n") + b"x", "not gzip"),
        (gzip.compress(b"a\n") + b"\0\0", "not gzip"),
        (b'{"a": 1}\n', "not gzip"),
        (gzip.compress(gzip.compress(b"a\n")), "gzip within gzip"),
        (gzip.compress(b"\x1f") + gzip.compress(b"\x8b"), "gzip within gzip"),
    ],
    ids=["last-byte", "header", "checksum", "garbage", "zeros", "plain", "twice", "twice-across-members"],
)
def test_damage_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableObject, match=reason):
        count(data)


def test_bomb_takes_little_memory() -> None:
    bomb = gzip.compress(b"\n" * (64 * 1024 * 1024), 9)
    tracemalloc.start()
    try:
        assert count(bomb) == 64 * 1024 * 1024
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 * 1024 * 1024


@pytest.mark.parametrize("name", ["a.gz", "clickstream-events-dev-1-2026-03-05-10-00-00-ab12.gz", "a_b+c=d@e.gz"])
def test_name_that_firehose_would_give_is_good(name: str) -> None:
    check_name(f"events/year=2026/month=03/day=05/hour=10/{name}")


@pytest.mark.parametrize(
    "key",
    [
        "hour=10/a.json",
        "hour=24/a.gz",
        "hour=10/x/a.gz",
        "a.gz",
        "hour=10/_a.gz",
        "hour=10/.a.gz",
        "hour=10/a*.gz",
        "hour=10/{a}.gz",
        "hour=10/a b.gz",
        "hour=10/",
    ],
)
def test_other_name_is_refused(key: str) -> None:
    with pytest.raises(UnreadableObject, match="misnamed"):
        check_name(f"events/year=2026/month=03/day=05/{key}")


def blocks(data: bytes) -> list[list[bytes]]:
    return [*line_blocks(io.BytesIO(data).read, LIMIT)]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\n\nb\r\n", [b"a", b"", b"b\r"]),
        (b"\xef\xbb\xbf", []),
        (b"\xef\xbb\xbf\n", [b""]),
        (b"\xef\xbb\xbf\xef\xbb\xbfa\nb", [b"\xef\xbb\xbfa", b"b"]),
    ],
    ids=["nothing", "unended", "ended", "bom", "bom-line", "two-boms"],
)
def test_lines_are_those_that_are_counted(content: bytes, lines: list[bytes]) -> None:
    assert [*chain(*blocks(gzip.compress(content)))] == lines
    assert count(gzip.compress(content)) == len(lines)


def test_lines_do_not_depend_on_members() -> None:
    content = b"\xef\xbb\xbf{1}\n{2}\r\n\n{3}"
    for cut in range(len(content)):
        data = gzip.compress(content[:cut]) + gzip.compress(content[cut:])
        assert [*chain(*blocks(data))] == [b"{1}", b"{2}\r", b"", b"{3}"]


def test_blocks_are_of_bounded_size() -> None:
    found = blocks(gzip.compress((b"x" * 999 + b"\n") * 20_000))
    assert len(found) == 3
    assert sum(map(len, found)) == 20_000
    assert max(len(lines) for lines in found) * 1000 < 9 * 1024 * 1024


@pytest.mark.parametrize("text", [b"1\n", b"\n"], ids=["short", "empty"])
def test_blocks_are_of_a_bounded_number_of_lines(text: bytes) -> None:
    found = blocks(gzip.compress(text * (2 * 1024 * 1024 // len(text))))
    assert max(map(len, found)) <= 50_000
    assert [*chain(*found)] == [text[:-1]] * (2 * 1024 * 1024 // len(text))


def test_a_block_comes_as_soon_as_its_lines_are_there() -> None:
    stream = io.BytesIO(gzip.compress(b"1\n" * 1024 * 1024, compresslevel=0))
    next(line_blocks(stream.read, LIMIT))
    assert stream.tell() < 512 * 1024


def test_many_small_members_are_one_block() -> None:
    found = blocks(b"".join(gzip.compress(b"%d\n" % number) for number in range(20_000)))
    assert [*map(len, found)] == [20_000]
    assert found[0][12_345] == b"12345"


def test_a_line_longer_than_a_block_is_whole() -> None:
    long = b"x" * (10 * 1024 * 1024)
    data = gzip.compress(b"a\n" + long + b"\nb")
    assert [*chain(*line_blocks(io.BytesIO(data).read, 2 * len(long)))] == [b"a", long, b"b"]


def test_damage_behind_good_blocks_is_seen() -> None:
    with pytest.raises(UnreadableObject, match="truncated"):
        blocks(gzip.compress((b"x" * 999 + b"\n") * 20_000)[:-1])
