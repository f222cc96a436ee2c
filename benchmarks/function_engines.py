"""The function's engines on one object, each with the full verdicts (`live_engines.py`), from PyPI's newest wheels."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import ROOT

PEERS = ("duckdb==2.0.1", "pandas", "polars", "pyarrow")
EVENTS = ("--count", "55000", "--date", "2026-03-05", "--seed", "7")


def section(rounds: int) -> str:
    """``rounds`` is the benchmark's own: three."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "events.ndjson"
        generate = [sys.executable, str(ROOT / "scripts" / "generate_events.py"), *EVENTS, "--output", str(lines)]
        subprocess.run(generate, check=True, capture_output=True)  # noqa: S603
        packages = [part for peer in PEERS for part in ("--with", peer)]
        measure = [sys.executable, "-m", "uv", "run", "--no-project", *packages]
        done = subprocess.run(  # noqa: S603
            [*measure, str(ROOT / "benchmarks" / "live_engines.py"), str(lines)], capture_output=True, text=True
        )
    if done.returncode:
        sys.exit(done.stderr)
    return f"```text\n{done.stdout.strip()}\n```"
