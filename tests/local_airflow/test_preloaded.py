"""What the local scheduler has in memory before its workers are forked."""

import json
import subprocess
import sys

import pytest

from local_airflow.environment import REPOSITORY, airflow_environment

PRELOAD = """
import json, sys
from local_airflow import preloaded
preloaded.preload()
print(json.dumps([[name, getattr(module, "__file__", None)] for name, module in sys.modules.items()]))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> dict[str, str | None]:
    home = tmp_path_factory.mktemp("airflow")
    environment = airflow_environment(home, f"sqlite:///{home / 'airflow.db'}", "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-c", PRELOAD], env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_tasks_need_not_import_the_provider(loaded):
    assert {"airflow.providers.amazon.aws.operators.glue", "boto3"} <= set(loaded)


def test_of_our_own_modules_nothing_stays_so_that_an_edit_counts(loaded):
    ours = [str(REPOSITORY / folder) for folder in ("dags", "plugins")]
    assert [name for name, file in loaded.items() if file and file.startswith(tuple(ours))] == []
