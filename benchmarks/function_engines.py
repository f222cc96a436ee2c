"""The function's engines on one object, each with the full verdicts (`live_engines.py`), from PyPI's newest wheels."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import ROOT

PEERS = ("duckdb==2.0.1", "pandas", "polars", "pyarrow")
EVENTS = ("--count", "55000", "--date", "2026-03-05", "--seed", "7")


# What a cold start pays before the first event, boto3 included.
IMPORT = """
import time
start, wall = time.process_time(), time.perf_counter()
import json_to_parquet.handler
print(time.process_time() - start, time.perf_counter() - wall)
"""


def section(rounds: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "events.ndjson"
        generate = [sys.executable, str(ROOT / "scripts" / "generate_events.py"), *EVENTS, "--output", str(lines)]
        subprocess.run(generate, check=True, capture_output=True)  # noqa: S603
        packages = [part for peer in PEERS for part in ("--with", peer)]
        measure = [sys.executable, "-m", "uv", "run", "--no-project", *packages]
        script = [str(ROOT / "benchmarks" / "live_engines.py"), str(lines), str(rounds)]
        done = subprocess.run([*measure, *script], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.exit(done.stderr)
    cpu, wall = (median(one) for one in zip(*(_import() for _ in range(rounds)), strict=True))
    imported = f"Import of the handler: {cpu:.2f} s CPU, {wall:.2f} s wall (goal 1.5 s)."
    return f"```text\n{done.stdout.strip()}\n```\n\n{imported}"


def _import() -> tuple[float, float]:
    path = os.pathsep.join(str(ROOT / folder) for folder in ("lambda_functions", "dags"))
    environment = os.environ | {"PYTHONPATH": path, "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", IMPORT], env=environment, capture_output=True, text=True, check=True
    )
    cpu, wall = map(float, done.stdout.split())
    return cpu, wall
