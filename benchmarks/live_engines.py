"""The function's full verdicts on one object, side by side: DuckDB's columns, pandas, Polars, pyarrow, plain Python.

    python scripts/generate_events.py --output events.ndjson --count 55000 --date 2026-03-05 --seed 7
    uv run --no-project --with duckdb==2.0.1 --with pandas --with polars --with pyarrow \\
        benchmarks/live_engines.py events.ndjson [ROUNDS]

All keep as many events, or the benchmark fails; the peers give no reasons and no counts of what they drop, which only
the function itself (DuckDB) and plain Python do. One invalid line fails a whole block of Polars' and pyarrow's JSON
readers (``ignore_errors`` too), and neither tells that a name came twice, so they get what Python's strict parser read,
as pandas does. Values of a rule are worked out once per distinct text everywhere. Each engine has a process of its own;
medians of three, or of ROUNDS. CPU seconds include reading the gzip and writing Parquet.
"""

import gzip
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("dags", "lambda_functions")]
KEY = "events/year=2026/month=03/day=05/hour=23/a.gz"
DAY = (1_772_668_800_000, 1_772_755_200_000)


def lines_of(path: Path) -> Iterable[list[bytes]]:
    from clickstream.raw_objects import line_blocks

    return line_blocks(io.BytesIO(path.read_bytes()).read, 16 * 1024 * 1024)


def duckdb_columns(path: Path, target: Path) -> int:
    from clickstream import layout
    from json_to_parquet.columns import ObjectEvents

    hour = layout.arrival_hour(KEY)
    with ObjectEvents(hour, 512, target.parent / "spilled") as events:  # type: ignore[arg-type]
        for lines in lines_of(path):
            events.add(lines)
        counts = events.finish()
        events.write(target, "s3://raw/a.gz", "live")
    return counts.rows


def plain_python(path: Path, target: Path) -> int:
    """Every line alone; without Parquet, which the standard library cannot write."""
    from clickstream import layout
    from clickstream.contract import load_contract
    from clickstream.judging.verdicts import judge, window_of
    from clickstream.settings import limits

    window = window_of(layout.arrival_hour(KEY), limits())  # type: ignore[arg-type]
    judged = (one for lines in lines_of(path) for raw in lines for one in judge(raw, window, load_contract(), limits()))
    good = sorted((x for x in judged if not x.reason), key=lambda x: (x.values["event_timestamp"], x.content))
    first: dict[str, int] = {}
    for one in good:
        first.setdefault(one.values["event_id"], one.values["event_timestamp"])
    target.touch()
    return sum(DAY[0] <= at < DAY[1] for at in first.values())


class Texts:
    """Of each record that is an object, what stands in each column; those that have a nested value fall out."""

    def __init__(self, path: Path) -> None:
        from clickstream.contract import load_contract
        from clickstream.judging.lines import line_of
        from clickstream.judging.properties import properties
        from clickstream.judging.records import NotJson, is_nested, parse, text_of

        self.contract = load_contract()
        self.columns: dict[str, list[Any]] = {column.name: [] for column in self.contract.raw_columns}
        self.columns |= {"properties": [], "content": []}
        given = [(column.name, column.raw_names) for column in self.contract.raw_columns]
        known = self.contract.known_raw_names
        from hashlib import md5

        for raw in (raw for lines in lines_of(path) for raw in lines):
            line = line_of(raw, 1_048_576)
            for text in () if line.state else line.texts:
                try:
                    record = parse(text, 100)
                except NotJson:
                    continue
                if not isinstance(record, tuple):
                    continue
                fields = dict(record)
                row = [next((x for n in names if (x := fields.get(n)) not in (None, "")), None) for _, names in given]
                if any(map(is_nested, row)):
                    continue
                for (name, _), value in zip(given, row, strict=True):
                    self.columns[name].append(text_of(value))
                unknown = {name: value for name, value in fields.items() if name not in known}
                self.columns["properties"].append(properties(unknown, self.contract))
                self.columns["content"].append(md5(text.encode(), usedforsecurity=False).hexdigest())

    def ruled(self) -> list[Any]:
        from clickstream.judging.rules import accepts_all

        return [x for x in self.contract.raw_columns if not (accepts_all(x) and x.rule == "text")]

    def value(self, column: Any, text: Any) -> Any:
        from clickstream.judging.rules import value

        return None if text is None else value(column, text, self.contract)


def pandas_frame(path: Path, target: Path) -> int:
    import pandas as pd

    texts = Texts(path)
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in texts.columns.items()})
    good = frame["session_id"].str.strip(" \t\r\n\f\x0b").fillna("") != ""
    for column in texts.ruled():
        codes, distinct = pd.factorize(frame[column.name])
        values = pd.Series([texts.value(column, text) for text in distinct] + [None], dtype=object)
        given = frame[column.name].notna()
        frame[column.name] = values.take(codes).to_numpy() if len(values) else None
        good &= frame[column.name].notna() | (~given if not column.is_required else False)
    frame = with_agents(frame[good], lambda agents: pd.factorize(agents), pd)
    frame = frame[frame["event_timestamp"].between(DAY[0] - 7 * 86_400_000, DAY[1] + 3_600_000)]
    frame = frame.sort_values(["event_timestamp", "content"]).drop_duplicates("event_id")
    frame = frame[(frame["event_timestamp"] >= DAY[0]) & (frame["event_timestamp"] < DAY[1])]
    frame["event_timestamp"] = pd.to_datetime(frame["event_timestamp"].astype("int64"), unit="ms")
    frame.drop(columns=["content", "ip_address", "user_agent"]).sort_values(
        ["event_type", "event_timestamp"]
    ).to_parquet(target, compression="zstd")
    return len(frame)


def with_agents(frame: Any, factorize: Any, pd: Any) -> Any:
    from clickstream.judging.user_agents import FACTS, fact, is_bot

    codes, agents = factorize(frame["user_agent"])
    frame = frame.copy()
    said_bot = frame["device_type"] == "bot"
    for name in FACTS:
        told = pd.Series([fact(agent, name) for agent in agents] + [None], dtype=object).take(codes)
        frame[name] = frame[name].where(frame[name].notna(), told.to_numpy())
    bots = pd.Series([is_bot(agent) for agent in agents] + [False], dtype=object).take(codes)
    frame["is_bot"] = frame["is_bot"].where(frame["is_bot"].notna(), bots.to_numpy() | said_bot)
    return frame


def polars_frame(path: Path, target: Path) -> int:
    import polars as pl

    from clickstream.judging.user_agents import FACTS, fact, is_bot

    texts = Texts(path)
    frame = pl.DataFrame(texts.columns, schema=dict.fromkeys(texts.columns, pl.String))
    good = pl.col("session_id").str.strip_chars(" \t\r\n\f\x0b").fill_null("") != ""
    for column in texts.ruled():
        name, kind = column.name, polars_type(pl, column)
        distinct = frame[name].unique().to_list()
        values = pl.Series([texts.value(column, text) for text in distinct], dtype=kind, strict=False)
        lookup = pl.DataFrame({name: pl.Series(distinct, dtype=pl.String), f"value {name}": values})
        frame = frame.join(lookup, on=name, how="left", nulls_equal=True)
        valid = pl.col(f"value {name}").is_not_null()
        good &= valid if column.is_required else valid | pl.col(name).is_null()
    frame = frame.filter(good).drop([x.name for x in texts.ruled()])
    frame = frame.rename({f"value {x.name}": x.name for x in texts.ruled()})
    agents = frame["user_agent"].unique().to_list()
    told = {f"told {name}": [fact(agent, name) for agent in agents] for name in FACTS}
    table = pl.DataFrame(
        {"user_agent": agents, **told, "bot": [is_bot(x) for x in agents]},
        schema_overrides=dict.fromkeys(["user_agent", *told], pl.String),
    )
    frame = frame.join(table, on="user_agent", how="left", nulls_equal=True)
    said_bot = (pl.col("device_type") == "bot").fill_null(False)
    frame = frame.with_columns(pl.col("is_bot").fill_null(said_bot | pl.col("bot")))
    frame = frame.with_columns(pl.col(name).fill_null(pl.col(f"told {name}")) for name in FACTS)
    frame = frame.filter(pl.col("event_timestamp").is_between(DAY[0] - 7 * 86_400_000, DAY[1] + 3_600_000))
    frame = frame.sort(["event_timestamp", "content"]).unique("event_id", keep="first", maintain_order=True)
    frame = frame.filter((pl.col("event_timestamp") >= DAY[0]) & (pl.col("event_timestamp") < DAY[1]))
    frame = frame.with_columns(pl.col("event_timestamp").cast(pl.Datetime("ms"))).sort(
        ["event_type", "event_timestamp"]
    )
    frame.drop(["content", "ip_address", "user_agent", "bot", *told]).write_parquet(target, compression="zstd")
    return len(frame)


def polars_type(pl: Any, column: Any) -> Any:
    if column.rule == "decimal":
        return pl.Decimal(14, 2)
    return {"integer": pl.Int32, "boolean": pl.Boolean, "timestamp": pl.Int64}.get(column.rule, pl.String)


def pyarrow_frame(path: Path, target: Path) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from clickstream.judging.user_agents import FACTS, fact, is_bot

    texts = Texts(path)
    table = {name: pa.array(values, pa.string()) for name, values in texts.columns.items()}
    good = pc.not_equal(pc.fill_null(pc.ascii_trim(table["session_id"], " \t\r\n\f\x0b"), ""), "")
    for column in texts.ruled():
        coded = table[column.name].dictionary_encode()
        values = pa.array([texts.value(column, x) for x in coded.dictionary.to_pylist()], pyarrow_type(pa, column))
        found = values.take(coded.indices)
        valid = pc.is_valid(found)
        good = pc.and_(good, valid if column.is_required else pc.or_(valid, pc.is_null(table[column.name])))
        table[column.name] = found
    coded = table["user_agent"].dictionary_encode()
    agents = coded.dictionary.to_pylist()
    said_bot = pc.fill_null(pc.equal(table["device_type"], "bot"), False)
    bots = pc.fill_null(pa.array([is_bot(x) for x in agents], pa.bool_()).take(coded.indices), False)
    table["is_bot"] = pc.coalesce(table["is_bot"], pc.or_(said_bot, bots))
    for name in FACTS:
        told = pa.array([fact(x, name) for x in agents], pa.string()).take(coded.indices)
        table[name] = pc.coalesce(table[name], told)
    at = table["event_timestamp"]
    good = pc.and_(good, pc.and_(pc.greater_equal(at, DAY[0] - 7 * 86_400_000), pc.less_equal(at, DAY[1] + 3_600_000)))
    frame = pa.table(table).filter(good).sort_by([("event_timestamp", "ascending"), ("content", "ascending")])
    numbered = pa.table({"id": frame["event_id"], "n": pa.array(range(len(frame)))})
    first = numbered.group_by("id").aggregate([("n", "min")])["n_min"]
    frame = frame.take(first)
    at = frame["event_timestamp"]
    frame = frame.filter(pc.and_(pc.greater_equal(at, DAY[0]), pc.less(at, DAY[1])))
    frame = frame.drop_columns(["content", "ip_address", "user_agent"]).sort_by(
        [("event_type", "ascending"), ("event_timestamp", "ascending")]
    )
    pq.write_table(frame, target, compression="zstd")
    return len(frame)


def pyarrow_type(pa: Any, column: Any) -> Any:
    if column.rule == "decimal":
        return pa.decimal128(14, 2)
    return {"integer": pa.int32(), "boolean": pa.bool_(), "timestamp": pa.int64()}.get(column.rule, pa.string())


ENGINES = {
    "duckdb": duckdb_columns,
    "pandas": pandas_frame,
    "polars": polars_frame,
    "pyarrow": pyarrow_frame,
    "python": plain_python,
}


def measure(engine: str, path: Path) -> None:
    """In a process of its own: CPU seconds of import and work, peak memory, rows."""
    started = time.process_time()
    if engine != "python":
        __import__(engine)
    imported = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        rows = ENGINES[engine](path, Path(folder) / "rows.parquet")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps({"import": imported - started, "work": time.process_time() - imported, "peak": peak, "rows": rows})
    )


def main(events: Path, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gz"
        path.write_bytes(gzip.compress(events.read_bytes()))
        print(f"{'':8} import s  work s  peak MiB    rows   ({events.stat().st_size / 1e6:.0f} MB of lines)")
        rows = set()
        for engine in ENGINES:
            command = [sys.executable, __file__, "--measure", engine, str(path)]
            found = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(rounds)]  # noqa: S603
            middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
            rows.add(middle["rows"])
            print("{:8} {import:8.2f} {work:7.2f} {peak:9.0f} {rows:7.0f}".format(engine, **middle), flush=True)
    if len(rows) != 1:
        sys.exit(f"expected the same rows from all, got {sorted(rows)}")


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
