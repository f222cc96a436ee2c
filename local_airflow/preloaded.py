"""Airflow's command, with what the DAGs import from elsewhere in memory.

    python -m local_airflow.preloaded scheduler

The scheduler's workers are forks of it, and tasks forks of those, so no task imports the Amazon provider anew, which is
most of what a short task costs. Our own modules are left out: an edit counts from the next task on.
"""

import importlib
import sys
from contextlib import suppress
from pathlib import Path

from airflow.__main__ import main

from local_airflow.environment import REPOSITORY

OURS = [REPOSITORY / folder for folder in ("dags", "plugins")]


def preload() -> None:
    for file in (REPOSITORY / "dags").glob("*.py"):
        with suppress(Exception):  # a broken DAG is shown on Airflow's pages; it stops nothing here
            importlib.import_module(file.stem)
    for name, module in list(sys.modules.items()):
        if _is_ours(module):
            del sys.modules[name]


def _is_ours(module: object) -> bool:
    file = getattr(module, "__file__", None) or ""
    return any(Path(file).is_relative_to(folder) for folder in OURS)


if __name__ == "__main__":
    preload()
    main()  # type: ignore[no-untyped-call]
