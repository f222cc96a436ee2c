"""What people use: boto3, PyAthena and Airflow's hook, against the whole local AWS in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # starts the whole local AWS and imports Airflow
SCRIPT = Path(__file__).with_name("clients_script.py")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """moto keeps its state in module globals, and the other tests of this folder have a moto of their own."""
    environment = os.environ | {"AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow"))}
    command = [sys.executable, str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_boto3_waits_pages_and_reads_errors(answers: dict[str, object]) -> None:
    assert answers["boto3"] == {
        "rows": 2501,
        "columns": ["varchar"],
        "failed": "FAILED",
        "reason": "COLUMN_NOT_FOUND: line 1:8: Column 'nonsense' cannot be resolved",
        "refused": ["InvalidRequestException", "WorkGroup nowhere is not found."],
        "unsupported": "UnsupportedOperationException",
    }


def test_pyathena_reads_typed_rows(answers: dict[str, object]) -> None:
    assert answers["pyathena"] == [["2024-12-25", 2500, "10.01", "2024-12-25 10:00:00"]]


def test_airflows_hook_runs_a_query_to_its_end(answers: dict[str, object]) -> None:
    assert answers["airflow"] == ["SUCCEEDED", "2500", "SUCCEEDED"]
