"""CORPUS.md, rules 20 to 25 and 31: when an event happened."""

from datetime import datetime, timedelta

from tests.corpus import accepted, at, refused
from tests.corpus_values import number

ZONES = {
    "utc": ("{}Z", "10:20:30"),
    "lower-z": ("{}z", "10:20:30"),
    "plus": ("{}+05:30", "04:50:30"),
    "compact": ("{}+0530", "04:50:30"),
    "hours": ("{}-01", "11:20:30"),
    "none": ("{}", "10:20:30"),
}
TIMES = [
    *(
        accepted(
            21 if name == "none" else 20,
            f"time-zone-{name}",
            {"event_timestamp": at(f"2026-03-05T{utc}")},
            event_timestamp=form.format("2026-03-05T10:20:30"),
        )
        for name, (form, utc) in ZONES.items()
    ),
    *(
        accepted(
            20,
            f"time-{n}-digits",
            {"event_timestamp": at("2026-03-05T10:20:30." + "987654321"[:n][:3].ljust(3, "0"))},
            event_timestamp="2026-03-05T10:20:30." + "987654321"[:n] + "Z",
        )
        for n in range(1, 10)
    ),
    accepted(
        20,
        "time-is-cut-not-rounded",
        {"event_timestamp": at("2026-03-05T10:59:59.999")},
        event_timestamp="2026-03-05T10:59:59.999999999Z",
    ),
    accepted(
        21, "time-with-a-space", {"event_timestamp": at("2026-03-05T10:20:30")}, event_timestamp="2026-03-05 10:20:30"
    ),
    *(
        number(
            22,
            f"epoch-{name}",
            f'"timestamp": {text}, "event_timestamp": null',
            {"event_timestamp": at("2026-03-05T10:20:30" + fraction)},
        )
        for name, text, fraction in [
            ("seconds", "1772706030", ""),
            ("seconds-text", '"1772706030"', ""),
            ("fraction", "1772706030.1239", ".123"),
            ("milliseconds", "1772706030123", ".123"),
            ("microseconds", "1772706030123999", ".123"),
            ("exponent", "1.772706030123e12", ".123"),
            ("fraction-of-nanoseconds", "1772706030.123999999999999999", ".123"),
        ]
    ),
    *(
        refused(23, f"no-time-{name}", "invalid_event_timestamp", event_timestamp=text)
        for name, text in {
            "no-leap-year": "2026-02-29T10:00:00Z",
            "month-13": "2026-13-01T10:00:00Z",
            "day-31": "2026-04-31T10:00:00Z",
            "hour-24": "2026-03-05T24:00:00Z",
            "year-0": "0000-01-01T10:00:00Z",
            "leap-second": "2026-03-05T23:59:60Z",
            "free-text": "yesterday",
            "date-only": "2026-03-05",
            "no-seconds": "2026-03-05T10:00Z",
            "comma": "2026-03-05T10:00:00,1Z",
            "newline": "2026-03-05T10:00:00Z\n",
            "space-before": " 2026-03-05T10:00:00Z",
            "far-zone": "2026-03-05T10:00:00+15:00",
            "zone-name": "2026-03-05T10:00:00 Europe/Berlin",
            "negative": -1772706030,
            "nanoseconds": 1772706030123456789,
            "true": True,
            "object": {"$date": 1},
            "1900-no-leap": "1900-02-29T10:00:00Z",
        }.items()
    ),
    refused(23, "leap-day-is-a-day", "too_late", event_timestamp="2024-02-29T10:00:00Z"),
]

LATE = [
    accepted(
        24, "seven-days-before", {"event_timestamp": at("2026-02-26T00:00:00")}, event_timestamp="2026-02-26T00:00:00Z"
    ),
    refused(24, "eight-days-before", "too_late", event_timestamp="2026-02-25T23:59:59.999Z"),
]
HOUR_END = datetime(2026, 3, 5, 11)
FUTURE = [
    accepted(25, "59-minutes-after", {}, event_timestamp=(HOUR_END + timedelta(minutes=59)).isoformat() + "Z"),
    accepted(25, "60-minutes-after", {}, event_timestamp=(HOUR_END + timedelta(minutes=60)).isoformat() + "Z"),
    refused(
        25, "61-minutes-after", "in_the_future", event_timestamp=(HOUR_END + timedelta(minutes=61)).isoformat() + "Z"
    ),
    refused(25, "next-year", "in_the_future", event_timestamp="2027-03-05T10:00:00Z"),
]

HOSTILE_TIMES = ["../../x", "__HIVE_DEFAULT_PARTITION__", "2026-01-01/evil", "2026-03-05T10:00:00Z/../x", "year=2026"]
HOSTILE = [
    refused(31, f"hostile-time-{n}", "invalid_event_timestamp", event_timestamp=text)
    for n, text in enumerate(HOSTILE_TIMES)
]

CASES = [*TIMES, *LATE, *FUTURE, *HOSTILE]
