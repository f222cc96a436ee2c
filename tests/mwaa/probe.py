"""Runs in the image: imports the package as each of MWAA's components does, and prints what came of it as JSON."""

import importlib
import json
import logging
import os
import pkgutil
import sys
from pathlib import Path

HOME = Path(os.environ["AIRFLOW_HOME"])


def failures(names):
    """Module names that cannot be imported, with the reason."""
    found = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


def modules(folder):
    return sorted(found.name for found in pkgutil.walk_packages([str(folder)]))


def loaded_plugins():
    """What Airflow's plugin loader makes of plugins/, in every component."""
    from airflow import plugins_manager

    _, errors = plugins_manager._get_plugins()
    by_bare_names = [name for name in map(_stem, modules(HOME / "plugins")) if _is_ours(name)]
    return {"errors": errors, "by_their_bare_names": by_bare_names}


def _stem(name):
    return name.rpartition(".")[2]


def _is_ours(name):
    file = getattr(sys.modules.get(name), "__file__", None) or ""
    return file.startswith(str(HOME)) and name != "clickstream_airflow"


def as_worker():
    """DAG processor and worker: Airflow's own loader puts the bundle's folder on the path, for good."""
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(str(HOME / "dags"), bundle_path=HOME / "dags", bundle_name="dags-folder")
    return {
        "dags": sorted(bag.dags),
        "errors": bag.import_errors,
        "modules": failures([*modules(HOME / "dags"), *modules(HOME / "plugins")]),
    }


def triggers():
    """Where the triggers are defined that the triggerer imports."""
    from airflow.triggers.base import BaseTrigger

    pending, found = [BaseTrigger], set()
    while pending:
        trigger = pending.pop()
        found.add(trigger.__module__)
        pending += trigger.__subclasses__()
    return sorted(name for name in found if name.startswith("clickstream"))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    import airflow.settings

    airflow.settings.initialize()
    # In this order: web server, scheduler and triggerer never have dags/ on the path; a worker does from its first DAG.
    found = {"plugins": loaded_plugins(), "needs_dags": failures(modules(HOME / "plugins"))}
    found |= {"worker": as_worker(), "triggers": triggers()}
    found["blocked"] = failures(["pandas", "numpy", "pyarrow", "pyspark", "duckdb", "moto"])
    print(json.dumps(found))
