"""Late rows: what arrived on another day than it happened, merged into the day on which it happened (DESIGN section 5).

A run leaves such rows as candidates. A publication merges, for every day that it touches, the candidates of all
published runs into one new generation: lowest arrival day first per (day, event_id), minus the ids of the day's main.
So what a day shows depends on which runs are published, not on the order in which they were.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clickstream import layout
from clickstream.contract import load_contract
from clickstream.ledger import Ledger
from clickstream.settings import limits, table
from clickstream.snapshots import LATE, MAIN, Line, Snapshot

ReadLedger = Callable[[str], Ledger]


@dataclass(frozen=True)
class DayInputs:
    """What the late rows of ``day`` are a function of: the day's main run (or None) and the runs with candidates."""

    day: date
    main: str | None
    sources: tuple[str, ...]


def touched_days(ledgers: Iterable[Ledger]) -> set[date]:
    """Arrival days and event days of these runs: the days whose late rows a publication of them may change."""
    return {layout.parse_day(day) for ledger in ledgers for day in (ledger.arrival_day, *ledger.rows_per_event_day)}


def inputs_of(snapshot: Snapshot, day: date, read_ledger: ReadLedger) -> DayInputs:
    """The inputs of a day's late rows under a snapshot."""
    main = snapshot.of_kind(MAIN, day)
    others = (snapshot.of_kind(MAIN, arrival) for arrival in _arrival_days(day))
    sources = [x.run_id for x in others if x and read_ledger(x.run_id).rows_per_event_day.get(str(day))]
    return DayInputs(day, main.run_id if main else None, tuple(sources))


def _arrival_days(day: date) -> Iterable[date]:
    """Days on which an event of ``day`` may have arrived: the day before (a clock ahead) to the last late one."""
    return (day + timedelta(days=n) for n in range(-1, limits().max_lateness_days + 1) if n)


def with_late(snapshot: Snapshot, merged: Mapping[date, str | None]) -> Snapshot:
    """The snapshot with these late generations in place of the days' former ones (None: the day has no late rows)."""
    days = {str(day) for day in merged}
    kept = {line for line in snapshot.lines if not (line.kind == LATE and line.day in days)}
    made = {Line(str(day), LATE, generation, "") for day, generation in merged.items() if generation}
    return Snapshot(frozenset(kept | made))


def late_generation(merge: str, day: date) -> str:
    """The generation of a day's late rows from one merge. One per day: the next merge may be of fewer days."""
    return f"{merge}-{day}"


def insert_query(days: Sequence[DayInputs], merge: str) -> str:
    """One INSERT for all the days; ``merge`` is a name of its own. Everything pasted is a parsed day or checked id."""
    columns = [column.name for column in load_contract().table_columns if column.name != "generation"]
    listed = ", ".join(columns)
    sources = sorted({source for one in days for source in one.sources})
    return f"""INSERT INTO {table("generations")}
SELECT {", ".join(f"candidate.{name}" for name in columns)},
  concat('{layout.checked_generation(merge)}-', candidate.day) AS generation,
  substr(candidate.day, 1, 4) AS year, substr(candidate.day, 6, 2) AS month, substr(candidate.day, 9, 2) AS day
FROM (
  SELECT {listed}, day,
    row_number() OVER (PARTITION BY day, event_id ORDER BY arrival_date, event_timestamp, source_object) AS place
  FROM {table("candidates")}
  WHERE day IN ({_quoted(str(one.day) for one in days)}) AND generation IN ({_quoted(sources)})
) candidate
LEFT JOIN (
  SELECT event_id, concat(year, '-', month, '-', day) AS day FROM {table("generations")}
  WHERE {_main_rows(days)}
) main ON main.event_id = candidate.event_id AND main.day = candidate.day
WHERE candidate.place = 1 AND main.event_id IS NULL"""


def count_query(days: Sequence[DayInputs], merge: str) -> str:
    """Rows and distinct ids per day of what one merge wrote."""
    generations = _quoted(late_generation(merge, one.day) for one in days)
    return f"""SELECT concat(year, '-', month, '-', day) AS day, count(*) AS rows, count(DISTINCT event_id) AS ids
FROM {table("generations")}
WHERE ({" OR ".join(partition(one.day) for one in days)}) AND generation IN ({generations})
GROUP BY 1"""


def partition(day: date) -> str:
    """The SQL condition that reads one day's partition only."""
    year, month, day_ = layout.partition_values(day)
    return f"(year = '{year}' AND month = '{month}' AND day = '{day_}')"


def _main_rows(days: Sequence[DayInputs]) -> str:
    """The condition for the mains' rows of these days; none of them published: no row."""
    mains = [f"({partition(one.day)} AND generation IN ({_quoted([one.main])}))" for one in days if one.main]
    return " OR ".join(mains) or "1 = 0"


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{layout.checked_generation(value)}'" for value in values)
