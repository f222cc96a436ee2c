"""The runner alone, as the engine starts it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.glue_jobs.process import RUNNER


def run(tmp_path: Path, script: str, *arguments: str) -> tuple[int, str, str | None]:
    """(exit status, standard output, recorded error) of a script."""
    source, outcome = tmp_path / "script.py", tmp_path / "outcome.json"
    source.write_text(script)
    command = [sys.executable, str(RUNNER), str(outcome), str(source), *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=tmp_path
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    return process.wait(timeout=20), printed, json.loads(outcome.read_text())["error"]


def test_script_is_main_with_its_own_argv(tmp_path: Path) -> None:
    status, printed, error = run(tmp_path, "import sys; print(__name__, sys.argv)", "--a", "b c")
    assert (status, error) == (0, None)
    assert printed == f"__main__ {[str(tmp_path / 'script.py'), '--a', 'b c']}\n"


def test_script_imports_its_neighbours_and_not_the_runners(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("")
    assert run(tmp_path, "import neighbour")[2] is None
    assert run(tmp_path, "import artifacts")[2] == "ModuleNotFoundError: No module named 'artifacts'"


@pytest.mark.parametrize(
    ("script", "status", "error"),
    [
        pytest.param("raise SystemExit(3)", 3, "SystemExit: 3", id="status"),
        pytest.param("raise SystemExit(True)", 1, "SystemExit: True", id="bool"),
        pytest.param("raise SystemExit(0)", 0, None, id="zero"),
        pytest.param("raise KeyboardInterrupt", 1, "KeyboardInterrupt: ", id="interrupt"),
        pytest.param("class E(Exception): pass\nraise E('é')", 1, "E: é", id="own exception"),
    ],
)
def test_ending_is_recorded(tmp_path: Path, script: str, status: int, error: str | None) -> None:
    assert run(tmp_path, script)[::2] == (status, error)
