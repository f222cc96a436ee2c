"""Lines as bad as they come, from a seed: fields of all kinds and forms, then texts cut, joined and spoiled.

Event ids are drawn from few, so that duplicates meet; ``space`` keeps those of one object from another's.
"""

import json
import random
import uuid
from pathlib import Path
from typing import Any

from clickstream.contract import load_contract

_POOLS = json.loads(Path(__file__).with_name("dirty_lines.json").read_text())
_NAMES = sorted(load_contract().known_raw_names)
_REQUIRED = ("event_id", "event_type", "event_timestamp", "timestamp", "event_time", "session_id")


def dirty_lines(seed: int, number: int, space: str = "") -> list[bytes]:
    """So many lines without their line ends; the same seed gives the same."""
    rng = random.Random(seed)
    return [_line(rng, space or str(seed)) for _ in range(number)]


def _line(rng: random.Random, space: str) -> bytes:
    if rng.random() < 0.3:
        return _tame(rng, space).encode()
    made = _record(rng, space)
    if rng.random() < 0.12:
        made = rng.choice(["", " ", "\r", "  ", "\t "]).join(
            [made, *(_record(rng, space) for _ in range(rng.randrange(1, 3)))]
        )
    if rng.random() < 0.1:
        made = _spoiled(rng, made)
    raw = made.encode()
    if rng.random() < 0.03:
        place = rng.randrange(len(raw) + 1)
        raw = raw[:place] + rng.choice([b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf0\x9f"]) + raw[place:]
    return raw + rng.choice([b"", b"", b"", b"", b"\r", b"\r\r", b" "])


def _tame(rng: random.Random, space: str) -> str:
    """What a producer in good health sends, and what columns must be able to read."""
    event: dict[str, Any] = {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{space}/{rng.randrange(300)}")),
        "event_type": rng.choice(["page_view", "Purchase", "cart"]),
        rng.choice(["event_timestamp", "timestamp", "event_time"]): rng.choice(_POOLS["good_times"]),
        "session_id": rng.choice(["s-1", 17]),
        "user_agent": rng.choice(_POOLS["agents"]),
        "page_url": rng.choice(_POOLS["urls"]).encode().decode("unicode_escape", "ignore"),
        "price": rng.choice([1, 12.5, "3.999", 0.125]),
        "country": rng.choice(["de", "US", ""]),
        "is_bot": rng.choice([True, False, None]),
        "page_title": rng.choice(_POOLS["words"]),
        "search_query": rng.choice(_POOLS["words"]),
    }
    unknown = {"status": 200, "colour": "r\u00f6d\n", "deep": {"a": [1, {"b": None}]}, "ip": "192.0.2.1", "flag": True}
    chosen = {name: event[name] for name in event if name in _REQUIRED or rng.random() < 0.6}
    chosen |= {name: unknown[name] for name in unknown if rng.random() < 0.3}
    return json.dumps(chosen, ensure_ascii=rng.random() < 0.5)


def _spoiled(rng: random.Random, text: str) -> str:
    for _ in range(rng.randrange(1, 3)):
        place = rng.randrange(len(text) + 1)
        text = rng.choice(
            [
                text[:place] + rng.choice(_POOLS["spoil"]) + text[place:],
                text[:place] + text[place + 1 :],
                text[:place],
                "",
                "  \x0b",
            ]
            if rng.random() < 0.2
            else [text[:place] + rng.choice(_POOLS["spoil"]) + text[place:], text[:place] + text[place + 1 :]]
        )
    return text


def _record(rng: random.Random, space: str) -> str:
    if rng.random() < 0.03:
        return _any(rng)
    fields = _good(rng, space)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 4])):
        name = rng.choice(_NAMES)
        fields.append((json.dumps(name), _value(rng, name)))
    for _ in range(rng.choice([0, 0, 0, 1, 2, 3])):
        fields.append((json.dumps(rng.choice(_POOLS["unknown"]), ensure_ascii=rng.random() < 0.5), _any(rng)))
    if rng.random() < 0.3:
        rng.shuffle(fields)
    if rng.random() < 0.1:
        del fields[rng.randrange(len(fields))]
    colon, comma = rng.choice([(":", ","), (": ", ", "), (" : ", " ,\t"), (":\r", ",")])
    return "{" + comma.join(name + colon + value for name, value in fields) + "}"


def _good(rng: random.Random, space: str) -> list[tuple[str, str]]:
    event_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{space}/{rng.randrange(60)}"))
    event_id = rng.choice(
        [event_id] * 8 + [event_id.upper(), f"{{{event_id}}}", event_id.replace("-", ""), event_id[:-1]]
    )
    seconds = rng.randrange(3)
    time = rng.choice([f"2026-03-05T10:20:3{seconds}Z"] * 3 + list(_POOLS["times"][:9]))
    values = {"event_id": event_id, "event_type": rng.choice(["page_view", "search", "view"]), "session_id": "s-1"}
    given = [(json.dumps(name), json.dumps(value)) for name, value in values.items()]
    escaped = rng.random() < 0.02
    return [*given, ('"event\\u005ftimestamp"' if escaped else '"event_timestamp"', json.dumps(time))]


def _value(rng: random.Random, name: str) -> str:
    """Of a known field: what it may well hold, or anything."""
    if rng.random() < 0.25:
        return _any(rng)
    if name in ("event_timestamp", "timestamp", "event_time"):
        text = rng.choice(_POOLS["times"])
        return text if text.replace(".", "").isdigit() and rng.random() < 0.5 else f'"{text}"'
    if name in ("page_url", "referrer"):
        return f'"{rng.choice(_POOLS["urls"])}"'
    if name == "user_agent":
        return f'"{rng.choice(_POOLS["agents"])}"'
    if name in ("price", "order_value", "quantity", "is_bot"):
        return rng.choice([*_POOLS["numbers"], *_POOLS["literals"]])
    return rng.choice([*_POOLS["texts"], json.dumps(rng.choice(_POOLS["words"]), ensure_ascii=rng.random() < 0.5)])


def _any(rng: random.Random) -> str:
    if rng.random() < 0.05:
        return rng.choice(_POOLS["no_json"])
    return rng.choice(
        rng.choice(
            [
                _POOLS["numbers"],
                _POOLS["texts"],
                _POOLS["nested"],
                _POOLS["literals"],
                [json.dumps(rng.choice(_POOLS["words"]))],
            ]
        )
    )
