"""What arrives in which hour: visits along the day's curve, late events, re-deliveries, bad lines; and their count.

Events are made hour by hour, so memory holds two hours of events, not a day.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from event_model import SITE, uuid4
from event_sessions import Shop
from producer import Hour

HOUR = 3_600_000  # milliseconds
# How busy an hour of the day (UTC) is, from midnight on
CURVE = (14, 9, 6, 5, 5, 7, 13, 22, 32, 40, 45, 48, 52, 50, 47, 46, 49, 56, 66, 75, 78, 67, 45, 26)
CONFLICTING_SHARE = 0.1  # of the re-deliveries: the same id with another payload


@dataclass(frozen=True)
class Plan:
    """``count`` records in all, spread evenly over ``days`` arrival days; the shares are shares of the records.

    ``last_hour``: the last day ends after that hour (UTC). ValueError for shares that cannot be met.
    """

    first_day: date
    days: int
    count: int
    seed: int
    max_lateness_days: int
    bad_share: float = 0.01
    duplicate_share: float = 0.02
    late_share: float = 0.01
    last_hour: int = 23

    def __post_init__(self) -> None:
        shares = (self.bad_share, self.duplicate_share, self.late_share)
        if min(shares) < 0 or self.bad_share + 2 * self.duplicate_share > 1 or sum(shares) > 1:
            raise ValueError(
                "expected shares of at least 0, bad + duplicate + late <= 1 and bad + 2 x duplicate <= 1 "
                f"(an event is delivered twice at most), got {shares}"
            )
        if self.days < 1 or self.count < 1 or not 0 <= self.last_hour <= 23:
            raise ValueError(
                f"expected 1 or more days and records and a last hour from 0 to 23, "
                f"got {self.days} days, {self.count} records, last hour {self.last_hour}"
            )

    def arrival_days(self) -> list[tuple[date, int]]:
        """Each day with its number of records; the first days take what does not divide evenly."""
        share, rest = divmod(self.count, self.days)
        return [(self.first_day + timedelta(number), share + (number < rest)) for number in range(self.days)]


@dataclass
class Tally:
    """What one arrival day must come to in its run's ledger, under the ledger's own names."""

    lines: int = 0
    accepted: int = 0
    main_rows: int = 0
    duplicates: int = 0
    conflicting: int = 0
    blank: int = 0
    quarantined: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rows_per_event_day: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def as_dict(self) -> dict[str, Any]:
        counts = {"quarantined": dict(self.quarantined), "rows_per_event_day": dict(self.rows_per_event_day)}
        return vars(self) | counts

    def accept(self, event_day: date, arrival_day: date, rows: int) -> None:
        if rows:
            self.rows_per_event_day[str(event_day)] += rows
        self.accepted += rows
        self.main_rows += rows * (event_day == arrival_day)


def _changed(**changes: Any) -> Callable[[dict[str, Any]], bytes]:
    return lambda event: json.dumps(event | changes).encode()


def _without(name: str) -> Callable[[dict[str, Any]], bytes]:
    return lambda event: json.dumps({key: value for key, value in event.items() if key != name}).encode()


BLANK = "blank"
# (kind, the reason that the quarantine must give, or BLANK; how it is made of a good event)
BAD_LINES: tuple[tuple[str, str, Callable[[dict[str, Any]], bytes]], ...] = (
    ("truncated", "malformed_json", lambda event: json.dumps(event).encode()[:90]),
    ("no number", "malformed_json", _changed(price=float("nan"))),
    ("single quotes", "malformed_json", lambda event: str(event).encode()),
    ("trailing comma", "malformed_json", lambda event: json.dumps(event).encode()[:-1] + b",}"),
    ("array", "not_an_object", lambda event: json.dumps(list(event.values())).encode()),
    ("null", "not_an_object", lambda event: b"null"),
    ("no UTF-8", "bad_encoding", lambda event: json.dumps(event | {"page_title": "@"}).encode().replace(b"@", b"\xff")),
    ("no id", "missing_event_id", _without("event_id")),
    ("no session", "missing_session_id", _changed(session_id=None)),
    ("no uuid", "invalid_event_id", _changed(event_id="42")),
    ("no such date", "invalid_event_timestamp", _changed(event_timestamp="2026-02-30T10:00:00Z")),
    ("unknown type", "unknown_event_type", _changed(event_type="teleport")),
    ("negative price", "invalid_price", _changed(price=-1.5)),
    ("half a piece", "invalid_quantity", _changed(quantity=1.5)),
    ("no country", "invalid_country", _changed(country="Atlantis")),
    ("from last century", "too_late", _changed(event_timestamp="1999-12-31T23:59:59Z")),
    ("from the future", "in_the_future", _changed(event_timestamp="2099-01-01T00:00:00Z")),
    ("blank", BLANK, lambda event: b"  "),
)


def arrivals(plan: Plan, tallies: dict[date, Tally]) -> Iterator[Hour]:
    """The records hour by hour, in order; ``tallies`` is filled on the way. The same plan gives the same bytes."""
    rng = random.Random(plan.seed)
    shop = Shop(rng)
    for day, count in plan.arrival_days():
        tallies[day] = Tally()
        last_hour = plan.last_hour if day == plan.arrival_days()[-1][0] else 23
        yield from ArrivalDay(plan, day, count, last_hour, shop, rng, tallies[day]).hours()


class ArrivalDay:
    """One arrival day: how many of each kind, and when."""

    def __init__(
        self, plan: Plan, day: date, count: int, last_hour: int, shop: Shop, rng: random.Random, tally: Tally
    ) -> None:
        self._day, self._last_hour, self._shop, self._rng, self._tally = day, last_hour, shop, rng, tally
        self._max_lateness_days = plan.max_lateness_days
        self._bad, self._duplicates, self._late = (
            int(count * share + 1e-9) for share in (plan.bad_share, plan.duplicate_share, plan.late_share)
        )
        self._punctual = count - self._bad - self._duplicates - self._late
        self._ahead: dict[int, list[tuple[int, bytes]]] = defaultdict(list)  # events made, by their hour
        self._once: list[tuple[int, bytes]] = []  # what was delivered once so far

    def hours(self) -> Iterator[Hour]:
        for hour in range(self._last_hour + 1):
            self._visits(hour)
            arriving = self._ahead.pop(hour, []) + self._late_events(hour)
            self._once += arriving
            arriving += self._redelivered(hour) + self._bad_lines(hour)
            arriving.sort(key=lambda arrival: arrival[0])
            self._tally.lines += len(arriving)
            moment = datetime(self._day.year, self._day.month, self._day.day, hour, tzinfo=timezone.utc)
            yield moment, [line for _, line in arriving]

    def _due(self, total: int, hour: int) -> int:
        """Of ``total`` in the day, this hour's part."""
        curve = CURVE[: self._last_hour + 1]
        before, after = sum(curve[:hour]), sum(curve[: hour + 1])
        return total * after // sum(curve) - total * before // sum(curve)

    def _visits(self, hour: int) -> None:
        """Visits that begin in this hour; some of their events come in the next."""
        due = self._due(self._punctual, hour)
        self._tally.accept(self._day, self._day, due)
        while due:
            start = hour * HOUR + self._rng.randrange(HOUR)
            events = self._shop.visit(self._day, start, until=(self._last_hour + 1) * HOUR)[:due]
            due -= len(events)
            for moment, line in events:
                self._ahead[moment // HOUR].append((moment, line))

    def _late_events(self, hour: int) -> list[tuple[int, bytes]]:
        """Visits of one to seven days ago that a device could only report now, in this hour."""
        due = self._due(self._late, hour)
        late: list[tuple[int, bytes]] = []
        while len(late) < due:
            event_day = self._day - timedelta(self._rng.randint(1, self._max_lateness_days))
            start = self._rng.choices(range(24), CURVE)[0] * HOUR + self._rng.randrange(HOUR)
            visit = self._shop.visit(event_day, start, until=24 * HOUR)[: due - len(late)]
            self._tally.accept(event_day, self._day, len(visit))
            late += [(self._moment_in(hour), line) for _, line in visit]
        return late

    def _redelivered(self, hour: int) -> list[tuple[int, bytes]]:
        """Second deliveries of what arrived in this hour or before, later than the first."""
        rng = self._rng
        due = self._due(self._duplicates, hour) + self._owed(hour)
        again = []
        for _ in range(min(due, len(self._once))):
            at = rng.randrange(len(self._once))
            self._once[at], self._once[-1] = self._once[-1], self._once[at]
            first, line = self._once.pop()
            moment = max(self._moment_in(hour), first)
            if rng.random() < CONFLICTING_SHARE:
                line = line[:-1] + b',"tracker_revision":2}'
                self._tally.conflicting += 1
            again.append((moment, line))
        self._tally.duplicates += len(again)
        left = self._duplicates - self._tally.duplicates
        del self._once[: max(0, len(self._once) - max(left, 1000))]  # older ones are not needed any more
        return again

    def _owed(self, hour: int) -> int:
        """Re-deliveries that earlier hours had nothing for."""
        return sum(self._due(self._duplicates, earlier) for earlier in range(hour)) - self._tally.duplicates

    def _bad_lines(self, hour: int) -> list[tuple[int, bytes]]:
        bad = []
        for _ in range(self._due(self._bad, hour)):
            made = self._tally.blank + sum(self._tally.quarantined.values())
            _, reason, make = BAD_LINES[(made + self._day.toordinal()) % len(BAD_LINES)]
            if reason == BLANK:
                self._tally.blank += 1
            else:
                self._tally.quarantined[reason] += 1
            bad.append((self._moment_in(hour), make(self._good_event(hour))))
        return bad

    def _good_event(self, hour: int) -> dict[str, Any]:
        return {
            "event_id": uuid4(self._rng),
            "event_type": "page_view",
            "event_timestamp": f"{self._day}T{hour:02d}:30:00Z",
            "session_id": f"s-{self._rng.getrandbits(64):016x}",
            "page_url": f"{SITE}/sale",
            "ip_address": "192.0.2.1",
            "user_agent": "broken-tracker/0.1",
        }

    def _moment_in(self, hour: int) -> int:
        return hour * HOUR + self._rng.randrange(HOUR)
