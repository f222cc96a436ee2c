"""One object's lines to its events, in DuckDB: columns for the many plain lines, `clickstream.judging` for the others.

DuckDB keeps a line only where its value surely is the one that the Glue job finds. All that is left over, bad lines
included, is judged one by one, and so is each distinct text of a column whose rule is more than a comparison. No
verdict and no value thus has a second definition.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from clickstream import layout
from clickstream.contract import load_contract
from clickstream.judging import rules, user_agents
from clickstream.judging.verdicts import Judged, judge, window_of
from clickstream.reasons import BLANK
from clickstream.settings import Limits, limits
from json_to_parquet import queries
from json_to_parquet.suspicion import REPLACED, Shapes, shapes_of, suspect_line, suspect_value

_BLANK = b" \t\r\n\f\x0b"  # what patterns.BLANK_LINE takes: a gzip may inflate to millions of blank lines


@dataclass
class Counts:
    """What became of an object's records. ``rows``: events of the arrival day, which are written."""

    lines: int = 0
    one_by_one: int = 0
    accepted: int = 0
    rows: int = 0
    duplicates: int = 0
    conflicting: int = 0
    blank: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)


class ObjectEvents:
    """The events of one object that Firehose filed under ``arrival_hour`` (aware UTC). A context manager."""

    def __init__(self, arrival_hour: datetime, memory_mib: int, temporary: Path) -> None:
        self.counts = Counts()
        self._contract, self._limits = load_contract(), limits()
        self._hour = arrival_hour
        self._next = 0  # number of the next line
        self._window = window_of(arrival_hour, self._limits)
        self._duckdb = duckdb.connect(
            config={"threads": 1, "memory_limit": f"{memory_mib}MiB", "temp_directory": str(temporary)}
        )
        # The lookups are small, always; with the conditions behind them DuckDB takes the lines for the smaller side.
        self._duckdb.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        self._duckdb.execute("SET checkpoint_threshold = '1TB'")
        self._duckdb.execute(queries.events(self._contract))

    def __enter__(self) -> "ObjectEvents":
        return self

    def __exit__(self, *_: object) -> None:
        self._duckdb.close()

    def add(self, lines: Sequence[bytes]) -> None:
        """Judges a block of lines."""
        kept = [line for line in lines if line.strip(_BLANK)]
        self.counts.lines += len(lines)
        self.counts.blank += len(lines) - len(kept)
        if kept:
            left_over = self._add_plain(kept)
            self.counts.one_by_one += len(left_over)
            self._add_judged(one for number in left_over for one in self._judge(kept[number]))

    def finish(self) -> Counts:
        """Drops what comes again, and counts. Nothing is added afterwards."""
        self._duckdb.execute(queries.REPEATS)
        self.counts.duplicates, self.counts.conflicting = self._row(queries.COUNT_REPEATS)
        self._duckdb.execute(queries.DROP_REPEATS)
        self.counts.accepted, self.counts.rows = self._row(queries.COUNT_ROWS, self._day)
        return self.counts

    def write(self, path: Path, source_object: str, generation: str) -> None:
        """The arrival day's rows as Parquet; the same events give the same bytes, whatever their order was."""
        start, end = self._day
        derived = {
            "arrival_date": str(self._hour.date()), "source_object": source_object, "generation": generation
        }  # fmt: skip
        query = queries.parquet(self._contract).replace("$path", str(path))
        self._duckdb.execute(query, {"start": start, "end": end, **derived})

    @property
    def _day(self) -> tuple[int, int]:
        end = int(layout.day_end(self._hour.date()).timestamp()) * 1000
        return end - 86_400_000, end

    def _judge(self, line: bytes) -> Iterator[Judged]:
        return judge(line, self._window, self._contract, self._limits)

    def _row(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        return self._duckdb.execute(query, parameters).fetchone()

    def _add_plain(self, lines: Sequence[bytes]) -> list[int]:
        """Adds the lines that are surely events; the numbers of the others."""
        numbers = range(self._next, self._next + len(lines))
        texts = [_text(line, self._limits) for line in lines]
        self._duckdb.execute(queries.lines(), [list(numbers), texts, _suspect_line()])
        shapes = shapes_of((names for (names,) in self._duckdb.execute(queries.SHAPES).fetchall()), self._contract)
        self._read_fields(shapes)
        self._look_up()
        query = queries.plain(self._contract, shapes)
        bounds = {**asdict(self._window), "suspect_value": suspect_value(self._contract)}
        self._duckdb.execute(query, {name: value for name, value in bounds.items() if f"${name}" in query})
        found = self._duckdb.execute(queries.LEFT_OVER, {"start": numbers.start, "stop": numbers.stop}).fetchall()
        self._next = numbers.stop
        return [number - numbers.start for (number,) in found]

    def _read_fields(self, shapes: Shapes) -> None:
        flags = [[name in names for names in shapes.trusted] for name in shapes.unknown]
        parameters = {
            "structure": queries.structure(self._contract, shapes.unknown),
            "shapes": shapes.trusted,
            **dict(zip(queries.flag_names(shapes.unknown), flags, strict=True)),
        }
        self._duckdb.execute(queries.fields(self._contract, shapes.unknown), parameters)

    def _look_up(self) -> None:
        """Has the values of each column's distinct texts worked out."""
        *texts, agents = self._row(queries.distinct_texts(self._contract))
        for column, given in zip(queries.looked_up(self._contract), texts, strict=True):
            values = [_as_text(rules.value(column, text, self._contract)) for text in given or ()]
            self._duckdb.execute(queries.lookup(column), [[*(given or ()), None], [*values, None]])
        agents = [*(agents or ()), None]
        told = [[user_agents.fact(agent, fact) for agent in agents] for fact in user_agents.FACTS]
        self._duckdb.execute(queries.agents(), [agents, *told, [user_agents.is_bot(agent) for agent in agents]])

    def _add_judged(self, records: Iterable[Judged]) -> None:
        rows = []
        for record in records:
            if record.reason is None:
                rows.append(record)
            elif record.reason == BLANK:
                self.counts.blank += 1
            else:
                self.counts.quarantined[record.reason] += 1
        columns = queries.stored_columns(self._contract)
        values = [[_as_text(row.values[name]) for row in rows] for name in columns]
        self._duckdb.execute(queries.judged_events(self._contract), [[row.text for row in rows], *values])


def _text(line: bytes, limits: Limits) -> str:
    """The line's text; empty, and so left over, where DuckDB should not see it."""
    text = line.decode("utf-8", "replace").removesuffix("\r")
    return "" if len(line) > limits.max_line_bytes or REPLACED in text else text


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


@cache
def _suspect_line() -> str:
    return suspect_line(load_contract())
