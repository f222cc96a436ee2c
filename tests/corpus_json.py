"""CORPUS.md, rules 8 to 11, 13 and 14: JSON, its encoding, its nesting, its keys."""

from tests.corpus import Case, accepted, bad_line, line, packed, replaced, with_member

DEPTH = 100  # the contract's; the record itself is the first level


def nested(depth: int) -> bytes:
    return b'"deep": ' + b"[" * depth + b"]" * depth


NOT_OBJECTS = [
    bad_line(8, f"line-is-{name}", "not_an_object", text)
    for name, text in {
        "array": b"[1]",
        "objects-in-array": b'[{"a": 1}]',
        "number": b"42",
        "string": b'"x"',
        "string-of-braces": b' "' + b"{" * 60 + rb'\""',
        "string-of-brackets": b'"' + b"[" * 101 + b'"',
        "null": b"null",
        "true": b" true",
    }.items()
]

MALFORMED = [
    bad_line(9, f"json-{name}", "malformed_json", text)
    for name, text in {
        "truncated": line("json-truncated")[:-5],
        "trailing-comma": line("json-trailing-comma")[:-1] + b",}",
        "line-comment": line("json-line-comment") + b"// x",
        "block-comment": line("json-block-comment")[:-1] + b"/* x */}",
        "unquoted-key": replaced("json-unquoted-key", b'"session_id"', b"session_id"),
        "single-quotes": line("json-single-quotes").replace(b'"', b"'"),
        "nan": with_member("json-nan", b'"price": NaN'),
        "infinity": with_member("json-infinity", b'"price": -Infinity'),
        "leading-zero": with_member("json-leading-zero", b'"price": 012'),
        "plus": with_member("json-plus", b'"price": +1'),
        "bare-point": with_member("json-bare-point", b'"price": 1.'),
        "number-as-key": with_member("json-number-as-key", b'1: "x"'),
        "unknown-escape": with_member("json-unknown-escape", rb'"page_title": "\x41"'),
        "missing-comma": replaced("json-missing-comma", b", ", b" "),
        "broken-array-in-known-field": with_member("json-broken-array-in-known-field", b'"page_title": [1, [2]a]'),
        "broken-object-in-known-field": with_member("json-broken-object-in-known-field", b'"brand": {"a": [1],}'),
        "broken-array-in-unknown-field": with_member("json-broken-array-in-unknown-field", b'"x": [1, [2]a]'),
        "array-not-closed": b"[1",
        "array-of-garbage": b'[NaN, "two", {"three": 3}]',
        "array-with-garbage-behind-an-object": b'[1, {"three": 3}x]',
        "text": b"hello",
    }.items()
]
CONTROL = [
    bad_line(
        10,
        f"control-{n:02x}",
        "malformed_json",
        with_member(f"control-{n:02x}", b'"page_title": "a' + bytes([n]) + b'b"'),
    )
    for n in (0, 1, 9, 0x1E, 0x1F)
]

ENCODING = [
    *(
        bad_line(11, f"utf8-{name}", "bad_encoding", with_member(f"utf8-{name}", b'"page_title": "' + raw + b'"'))
        for name, raw in {
            "latin-1": b"\xe9",
            "overlong": b"\xc0\xaf",
            "surrogate": b"\xed\xa0\x80",
            "cut": b"\xf0\x9f\x98",
        }.items()
    ),
    *(
        bad_line(11, f"escape-{name}", "bad_encoding", with_member(f"escape-{name}", b'"page_title": "' + raw + b'"'))
        for name, raw in {
            "lone-high": rb"\ud800",
            "lone-low": rb"\uDC00",
            "swapped": rb"\udc00\ud800",
            "high-then-text": rb"\ud83dx",
        }.items()
    ),
    Case(
        "escape-pair",
        11,
        (packed(with_member("escape-pair", rb'"page_title": "\ud83d\ude00"')),),
        accepted=({"page_title": "\U0001f600"},),
    ),
    Case(
        "escaped-backslash",
        11,
        (packed(with_member("escaped-backslash", rb'"page_title": "\\ud800"')),),
        accepted=({"page_title": r"\ud800"},),
    ),
    Case(
        "replacement-character",
        11,
        (packed(with_member("replacement-character", '"page_title": "\ufffd"'.encode())),),
        accepted=({"page_title": "\ufffd"},),
    ),
]

NESTING = [
    Case("deepest", 13, (packed(with_member("deepest", nested(DEPTH - 1))),), accepted=({},)),
    *(
        bad_line(13, f"depth-{n}", "malformed_json", with_member(f"depth-{n}", nested(n - 1)))
        for n in (DEPTH + 1, 500, 1500, 10_000)
    ),
    bad_line(13, "array-too-deep", "malformed_json", b"[" * 101 + b"]" * 101),
    accepted(13, "many-brackets-that-are-not-deep", {}, list=[[{"a": [1]}]] * 300),
    accepted(13, "many-brackets-in-text", {"page_title": "[{" * 300}, page_title="[{" * 300),
]

SAME_KEY = [
    Case(
        "same-key-twice",
        14,
        (packed(with_member("same-key-twice", b'"session_id": "last"')),),
        accepted=({"session_id": "last"},),
    ),
    Case(
        "same-key-last-is-null",
        14,
        (packed(with_member("same-key-last-is-null", b'"session_id": null')),),
        quarantined=("missing_session_id",),
    ),
    Case(
        "same-key-escaped",
        14,
        (packed(with_member("same-key-escaped", rb'"session\u005fid": "last"')),),
        accepted=({"session_id": "last", "properties": None},),
    ),
    Case(
        "same-unknown-key",
        14,
        (packed(with_member("same-unknown-key", b'"a": 1, "a": "2"')),),
        accepted=({"properties": '{"a":"2"}'},),
    ),
]


CASES = [*NOT_OBJECTS, *MALFORMED, *CONTROL, *ENCODING, *NESTING, *SAME_KEY]
