"""What may happen to a deployment, as values that hypothesis draws and shrinks. Days are numbers, 0 to 2.

Nothing here depends on what happened before, so that a sequence replays whatever threads did: a run is named by a
number, taken modulo the day's finished runs.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

FIRST_DAY = date(2024, 2, 28)  # the second is a leap day
DAYS = 3
IDS = 4
RETENTION_OVER = 8  # days


@dataclass(frozen=True)
class Add:
    """A raw object lands."""

    day: int
    lines: tuple[bytes, ...]


@dataclass(frozen=True)
class Run:
    """A run that nobody publishes (yet)."""

    day: int


@dataclass(frozen=True)
class Publish:
    """Finished runs, (day, number) each, in one commit."""

    picks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Rerun:
    """What the DAG does: a run of each day, published in one commit."""

    days: tuple[int, ...]


@dataclass(frozen=True)
class Rollback:
    day: int
    number: int


@dataclass(frozen=True)
class Withdraw:
    day: int


@dataclass(frozen=True)
class Release:
    day: int


@dataclass(frozen=True)
class Janitor:
    """At a moment so many days from now."""

    ahead: int


@dataclass(frozen=True)
class CatchUp:
    """After these objects landed."""

    landed: tuple[Add, ...] = ()


@dataclass(frozen=True)
class Backfill:
    """All days, in this order, one after the other or all at once."""

    order: tuple[int, ...]
    in_parallel: bool


@dataclass(frozen=True)
class Together:
    """Two at the same moment, after these objects landed: what a run reads must not depend on threads."""

    first: "Operation"
    second: "Operation"
    landed: tuple[Add, ...] = ()


Operation = Add | Run | Publish | Rerun | Rollback | Withdraw | Release | Janitor | CatchUp | Backfill | Together


def event_line(number: int, day: int, time: str, title: str) -> bytes:
    event = {
        "event_id": str(uuid.UUID(int=number + 1)),
        "event_type": "page_view",
        "event_timestamp": f"{FIRST_DAY + timedelta(days=day)}T{time}Z",
        "session_id": "s",
        "page_title": title,
    }
    return json.dumps(event).encode()


# Early days come more often: they may arrive late in more than one way.
_events = st.builds(
    event_line,
    st.integers(0, IDS - 1),
    st.sampled_from([0, -1, 1, 2, -1, 0, DAYS]),
    st.sampled_from(["00:30:00", "12:00:00"]),
    st.sampled_from("xy"),
)
_junk = st.sampled_from(
    [b"", b"{bad", event_line(0, -9, "12:00:00", "too late"), event_line(1, 9, "12:00:00", "in the future"), b'{"a"']
)
_lines = st.lists(st.integers(0, 7).flatmap(lambda n: _junk if n == 7 else _events), max_size=8)


_days = st.integers(0, DAYS - 1)
_picks = st.tuples(_days, st.integers(0, 5))
_add = st.builds(Add, _days, _lines.map(tuple))
_several_days = st.lists(_days, min_size=1, max_size=DAYS, unique=True).map(tuple)
_publish = st.lists(_picks, min_size=1, max_size=2, unique_by=lambda pick: pick[0]).map(tuple).map(Publish)
_rollback = _picks.map(lambda pick: Rollback(*pick))
_landed = st.lists(_add, min_size=1, max_size=2).map(tuple)
# A janitor at the end of the retention takes a run that is only being written for a week old.
_beside_the_janitor = st.one_of(_publish, _rollback, _days.map(Withdraw), _days.map(Release))
_publications = st.one_of(_several_days.map(Rerun), _beside_the_janitor, st.just(CatchUp()))
_together = st.one_of(
    st.builds(Together, _publications, _publications, _landed),
    st.builds(Together, st.just(Janitor(RETENTION_OVER)), _beside_the_janitor),
)


@st.composite
def beginnings(draw: st.DrawFn) -> tuple[Operation, ...]:
    """One object per day, each with an event of its day, and a first run of every day."""
    numbers = [draw(st.integers(0, IDS - 1)) for _ in range(DAYS)]
    own = [event_line(number, day, "12:00:00", "x") for day, number in enumerate(numbers)]
    return (*(Add(day, (line, *draw(_lines))) for day, line in enumerate(own)), Rerun(tuple(range(DAYS))))


_operations = st.one_of(
    _several_days.map(Rerun),
    _add,
    _days.map(Run),
    _publish,
    _rollback,
    _days.map(Withdraw),
    _days.map(Release),
    st.sampled_from([0, 6, RETENTION_OVER]).map(Janitor),
    _landed.map(CatchUp),
    st.builds(Backfill, st.permutations(range(DAYS)).map(tuple), st.booleans()),
    _together,
)


def sequences(least: int, most: int) -> st.SearchStrategy[list[Operation]]:
    return st.lists(_operations, min_size=least, max_size=most)


FIRST_OBJECTS = tuple(Add(day, (event_line(0, day, "12:00:00", "x"),)) for day in range(DAYS))
LATE = Add(2, (event_line(1, 0, "00:30:00", "y"),))
BEGINNING = (*FIRST_OBJECTS, Rerun(tuple(range(DAYS))))
ONE_OF_EACH: list[Operation] = [
    LATE, Run(2), Publish(((2, 1),)), Rollback(2, 0), Withdraw(2), Release(2), Janitor(RETENTION_OVER),
    CatchUp((LATE,)), Backfill((2, 0, 1), True), Together(Rerun((0,)), Rerun((1, 2)), (LATE,)),
]  # fmt: skip


def collisions(number: int) -> list[Operation]:
    """Each time an event arrives on its own day and, too, late, and both days are published at the same moment."""
    return [
        Together(
            Rerun((0,)),
            Rerun((1,)),
            landed=(
                Add(0, (event_line(IDS + n, 0, "12:00:00", "x"),)),
                Add(1, (event_line(IDS + n, 0, "00:30:00", "y"),)),
            ),
        )
        for n in range(number)
    ]


def pins_beside_catch_up(number: int) -> list[Operation]:
    """Each time catch-up builds a day that is rolled back meanwhile, before catch-up publishes it."""
    landed = (Add(0, (event_line(0, 0, "12:00:00", "y"),)),)
    return [step for _ in range(number) for step in (Together(CatchUp(), Rollback(0, 0), landed), Release(0))]
