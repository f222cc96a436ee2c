"""CORPUS.md, rules 1 to 7, 12, 15, 16, 28 and 29: lines, unknown and missing fields, duplicates."""

import gzip
import json
from decimal import Decimal

from tests.corpus import (
    ABSENT,
    FULL,
    TIME,
    Case,
    RawObject,
    accepted,
    at,
    bad_line,
    event_id,
    line,
    packed,
    refused,
    with_member,
)

BOM = b"\xef\xbb\xbf"
MOST_LINE_BYTES = 1_048_576


def padded(case: str, length: int) -> bytes:
    """A good line of exactly so many bytes."""
    base = len(line(case, page_title="").rstrip())
    return line(case, page_title="x" * (length - base))


BASIC = [
    accepted(
        1,
        "only-required-fields",
        {
            "event_type": "page_view",
            "event_timestamp": at("2026-03-05T10:20:30.123"),
            "is_bot": False,
            "properties": None,
            "device_type": None,
        },
    ),
    accepted(
        2,
        "every-field",
        FULL | {"price": Decimal("12.50"), "order_value": Decimal("25.00")},
        **FULL,
        price=12.5,
        order_value=25,
        ip_address="203.0.113.7",
        user_agent="Mozilla/5.0",
    ),
    accepted(3, "unknown-field", {"properties": '{"colour":"red"}'}, colour="red"),
    accepted(
        3,
        "unknown-types",
        {"properties": '{"a":"42","b":42,"c":true,"d":null,"e":"[x]","f":[1,"2"],"g":{"h":"i"}}'},
        g={"h": "i"},
        a="42",
        b=42,
        c=True,
        d=None,
        e="[x]",
        f=[1, "2"],
    ),
    Case(
        "unknown-number-digits",
        3,
        (packed(with_member("unknown-number-digits", b'"n": 1.50, "big": 1e400, "nest": {"m": 2.0}')),),
        accepted=({"properties": '{"big":1e400,"n":1.50,"nest":{"m":2.0}}'},),
    ),
    accepted(
        3,
        "unknown-escapes",
        {"properties": json.dumps({'q"\\': 'a"\\n1"'}, separators=(",", ":"))},
        **{'q"\\': 'a"\\n1"'},
    ),
    accepted(
        3,
        "unknown-named-like-derived",
        {
            "properties": '{"arrival_date":"x","generation":"y","properties":{"z":1},"source_object":"w"}',
            "arrival_date": at(TIME[:10]).date(),
        },
        arrival_date="x",
        generation="y",
        source_object="w",
        properties={"z": 1},
    ),
    accepted(
        3,
        "unknown-but-personal",
        {
            "properties": '{"clientIp":null,"ctx":{"e-mail":null,"kept":1,"user":null},'
            '"email":null,"ip":null,"userAgent":null}'
        },
        email="a@b.example",
        ip="203.0.113.7",
        userAgent="Mozilla",
        clientIp="203.0.113.7",
        ctx={"e-mail": "a@b.example", "kept": 1, "user": {"id": [1, {"x": "}"}]}},
    ),
    Case("blank-lines", 4, (packed(b"", line("blank-lines"), b"  \t", b"\r"),), accepted=({},), blank=3),
    Case("no-newline-at-the-end", 5, (RawObject(gzip.compress(line("no-newline-at-the-end"))),), accepted=({},)),
    Case("crlf", 5, (packed(line("crlf") + b"\r", line("crlf", 1) + b"\r"),), accepted=({}, {})),
    Case("bare-cr-between-tokens", 5, (packed(line("bare-cr-between-tokens").replace(b", ", b",\r")),), accepted=({},)),
    bad_line(
        5, "bare-cr-in-text", "malformed_json", line("bare-cr-in-text", session_id="a_b").replace(b"a_b", b"a\rb")
    ),
    Case("byte-order-mark", 6, (packed(BOM + line("byte-order-mark")),), accepted=({},)),
    Case("only-a-byte-order-mark", 6, (RawObject(gzip.compress(BOM)),)),
]

SEVERAL = [
    Case("two-on-a-line", 7, (packed(line("two-on-a-line") + line("two-on-a-line", 1)),), accepted=({}, {}), split=1),
    Case(
        "three-with-spaces",
        7,
        (packed(b" \t ".join(line("three-with-spaces", n) for n in range(3))),),
        accepted=({},) * 3,
        split=2,
    ),
    Case(
        "second-is-bad",
        7,
        (packed(line("second-is-bad") + b'{"event_id": 1}'),),
        accepted=({},),
        quarantined=("invalid_event_id",),
        split=1,
    ),
    accepted(7, "seam-inside-text", {"page_title": "a}{b} {c"}, page_title="a}{b} {c"),
    accepted(7, "seam-behind-escaped-quote", {"page_title": 'a"}{"b'}, page_title='a"}{"b'),
    bad_line(7, "text-behind-a-record", "malformed_json", line("text-behind-a-record") + b" x"),
    bad_line(
        7,
        "comma-behind-a-record",
        "malformed_json",
        line("comma-behind-a-record") + b"," + line("comma-behind-a-record", 1),
    ),
    bad_line(7, "bracket-behind-a-record", "malformed_json", line("bracket-behind-a-record") + b"]"),
    bad_line(7, "forged-end-of-record", "malformed_json", line("forged-end-of-record") + b',"z":"z"}'),
    bad_line(7, "record-separator", "malformed_json", line("record-separator") + b"\x1e" + line("record-separator", 1)),
]

SIZE = [
    Case("longest-line", 12, (packed(padded("longest-line", MOST_LINE_BYTES)),), accepted=({},)),
    bad_line(12, "line-too-large", "too_large", padded("line-too-large", MOST_LINE_BYTES + 1)),
    Case(
        "line-over-16-mib",
        12,
        (packed(line("line-over-16-mib"), padded("line-over-16-mib", 16 * 1024 * 1024 + 1)),),
        quarantined=("unreadable_object",),
    ),
]

MISSING = [
    refused(15, f"{name}-{how}", f"missing_{name}", **{name: value})
    for name in ("event_id", "event_type", "event_timestamp", "session_id")
    for how, value in {"absent": ABSENT, "null": None, "empty": "", "blank": " \t"}.items()
]
FIRST_REASON = [
    refused(15, "first-reason-wins", "missing_event_type", event_type=None, session_id=None, country="x"),
    accepted(
        15,
        "empty-optional-is-null",
        {"price": None, "page_title": None, "country": None, "device_type": None},
        price="",
        page_title="",
        country="",
        device_type="",
    ),
    accepted(
        15,
        "alias-of-timestamp",
        {"event_timestamp": at("2026-03-05T09:00:00")},
        event_timestamp=None,
        event_time="2026-03-05T09:00:00Z",
    ),
    accepted(15, "own-name-before-alias", {"event_timestamp": at(TIME[:-1])}, timestamp="2026-03-05T09:00:00Z"),
]

DUPLICATES = [
    Case(
        "same-line-twice", 28, (packed(line("same-line-twice"), line("same-line-twice")),), accepted=({},), duplicates=1
    ),
    Case(
        "same-line-a-thousand-times",
        28,
        (packed(*[line("same-line-a-thousand-times")] * 1001),),
        accepted=({},),
        duplicates=1000,
    ),
    Case(
        "same-line-in-two-objects",
        28,
        (packed(line("same-line-in-two-objects")), packed(line("same-line-in-two-objects"))),
        accepted=({},),
        duplicates=1,
    ),
    Case(
        "same-line-crlf",
        28,
        (packed(line("same-line-crlf") + b"\r", line("same-line-crlf")),),
        accepted=({},),
        duplicates=1,
    ),
    Case(
        "earliest-stays",
        29,
        (
            packed(
                line("earliest-stays", page_title="late"),
                line("earliest-stays", event_timestamp="2026-03-05T09:00:00Z", page_title="early"),
            ),
        ),
        accepted=({"page_title": "early"},),
        duplicates=1,
        conflicting=1,
    ),
    Case(
        "conflict-with-repeats",
        29,
        (
            packed(
                line("conflict-with-repeats"),
                line("conflict-with-repeats"),
                line("conflict-with-repeats", event_timestamp="2026-03-05T10:30:00Z"),
            ),
        ),
        accepted=({},),
        duplicates=2,
        conflicting=1,
    ),
    Case(
        "bad-twin-is-no-duplicate",
        29,
        (packed(line("bad-twin-is-no-duplicate"), line("bad-twin-is-no-duplicate", price="x")),),
        accepted=({},),
        quarantined=("invalid_price",),
    ),
    Case(
        "upper-case-twin",
        16,
        (
            packed(
                line("upper-case-twin"),
                line("upper-case-twin", event_id="{" + event_id("upper-case-twin").upper() + "}"),
            ),
        ),
        accepted=({"event_id": event_id("upper-case-twin")},),
        duplicates=1,
        conflicting=1,
    ),
]

CASES = [
    *BASIC,
    *SEVERAL,
    *SIZE,
    *MISSING,
    *FIRST_REASON,
    *DUPLICATES,
]
