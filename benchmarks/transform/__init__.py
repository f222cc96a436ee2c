"""The Glue transform beside what people would pick instead: whole processes, the same events, the disk."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ROOT, whole
from benchmarks.events import DAY, Events
from local_aws.spark import spark_environment, spark_properties

HERE = Path(__file__).parent
MEMORY = "2g"
VIEW_FS = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"


@dataclass(frozen=True)
class Done:
    """``output``: bytes of the Parquet files with the rows; ``said``: what the process counted."""

    cost: whole.Cost
    output: int
    said: dict[str, int]


def transform(name: str, events: Events, keep: Path | None = None) -> Done:
    """One engine's whole process on these events; ``keep``: the folder that its rows are moved to."""
    with tempfile.TemporaryDirectory(dir=events.buckets.parent) as folder:
        made = Path(folder)
        log = made / "log"
        command, environment, rows = ENGINES[name](events, made)
        cost = whole.run(command, environment, log)
        output = sum(path.stat().st_size for path in rows.rglob("*.parquet"))
        if keep:
            shutil.move(rows, keep)
        said = [line for line in log.read_text().splitlines() if line.startswith('{"')]
        return Done(cost, output, json.loads(said[-1]) if said else {})  # the JVM may have a last word


Engine = tuple[list[str], dict[str, str], Path]


def _python(script: str, *arguments: object) -> list[str]:
    return [sys.executable, str(HERE / script), *map(str, arguments)]


def _environment(*paths: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_TOOL_OPTIONS") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONHASHSEED": "0", "TZ": "UTC"}


def _spark(folder: Path, properties: dict[str, str], *paths: Path) -> dict[str, str]:
    """Equal for both: two cores, 2 GB, the optimising compiler (these are no short jobs)."""
    work = folder / "spark"
    work.mkdir()
    every = spark_properties(None, work, memory=MEMORY, jvm_options="") | properties
    return _environment(*paths) | spark_environment(every, work)


def _ours(events: Events, folder: Path) -> Engine:
    buckets = folder / "buckets"
    buckets.mkdir()
    for name in ("raw", "processed", "work"):
        (buckets / name).mkdir()
    (buckets / "raw" / "events").symlink_to(events.buckets / "raw" / "events")  # the quarantine comes beside it
    properties = {"spark.hadoop.fs.s3.impl": VIEW_FS, "spark.hadoop.fs.viewfs.overload.scheme.target.file.impl":
                  "org.apache.hadoop.fs.LocalFileSystem"}  # fmt: skip
    for name in ("raw", "processed", "work"):
        properties[f"spark.hadoop.fs.viewfs.mounttable.{name}.linkFallback"] = f"file://{buckets / name}"
    paths = (HERE.parent / "on_disk", ROOT / "glue_scripts", ROOT / "dags")
    environment = _spark(folder, properties, *paths) | {"BENCHMARK_BUCKETS": str(buckets)}
    return _python("ours.py", DAY), environment, buckets


def _readme_style(events: Events, folder: Path) -> Engine:
    return _python("readme_style.py", events.buckets / "raw", folder / "out"), _spark(folder, {}), folder / "out"


def _duckdb(events: Events, folder: Path) -> Engine:
    target = folder / "out"
    return _python("duckdb_sql.py", events.buckets / "raw", target), _environment(ROOT / "dags"), target / "rows"


def _gunzip(events: Events, folder: Path) -> Engine:
    return _python("gunzip.py", events.buckets / "raw"), _environment(), folder


ENGINES: dict[str, Callable[[Events, Path], Engine]] = {
    "Clickstream": _ours,
    "README style": _readme_style,
    "DuckDB": _duckdb,
    "gunzip": _gunzip,
}
