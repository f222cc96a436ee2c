"""What the DAGs cost Airflow: parsing beyond its own import, and worker slots while AWS works."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import ROOT
from local_airflow.environment import clickstream_options

DAGS = ROOT / "dags"
# As a DAG processor does: everything that Airflow itself imports for such DAGs is there before the file is read.
MEASURE = """
import importlib.util, json, sys, time
import airflow.sdk, airflow.providers.amazon.aws.operators.athena, airflow.providers.amazon.aws.operators.glue
import airflow.providers.amazon.aws.operators.glue_crawler, airflow.providers.amazon.aws.notifications.sns
import airflow.providers.amazon.aws.triggers.athena, airflow.providers.amazon.aws.triggers.glue
start, wall = time.process_time(), time.perf_counter()
spec = importlib.util.spec_from_file_location("measured", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps({"cpu": time.process_time() - start, "wall": time.perf_counter() - wall}))
"""
# What each of them awaits; `publish` has Athena merge late rows, one run at a time.
WAITS = {"await_transform": "Glue", "crawl": "the crawler", "audit": "Athena", "publish": "Athena", "verify": "Athena"}


def section(rounds: int) -> str:
    files = sorted(DAGS.glob("clickstream_*.py"))
    lines = ["| DAG file | parse beyond Airflow's import, CPU s | wall s |", "|---|---|---|"]
    for file in files:
        found = [_parse(file) for _ in range(rounds)]
        cpu, wall = (median(one[name] for one in found) for name in ("cpu", "wall"))
        lines.append(f"| `{file.name}` | {cpu:.2f} | {wall:.2f} |")
    waiting = _deferrable()
    slots = [f"{task} ({what})" for task, what in WAITS.items() if not waiting.get(task)]
    lines += ["", f"Worker slots held while AWS works: {', '.join(slots) or 'none'}; "
              f"{', '.join(task for task in WAITS if waiting.get(task))} wait in the triggerer."]  # fmt: skip
    return "\n".join(lines)


def _run(*arguments: str) -> str:
    path = {"PYTHONPATH": f"{DAGS}{os.pathsep}{DAGS.parent / 'plugins'}"}
    environment = os.environ | clickstream_options() | path
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments], check=True, capture_output=True, text=True, env=environment
    ).stdout


def _parse(file: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(_run("-c", MEASURE, str(file)).splitlines()[-1])
    return found


def _deferrable() -> dict[str, bool]:
    """Task to whether it defers, as the DAG has it."""
    script = (
        "import json, clickstream_daily as m; from airflow.sdk import DAG\n"
        "dag = next(x for x in vars(m).values() if isinstance(x, DAG))\n"
        "print(json.dumps({t.task_id: bool(getattr(t, 'deferrable', False)) for t in dag.tasks}))"
    )
    found: dict[str, bool] = json.loads(_run("-c", script).splitlines()[-1])
    return found
