import base64
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.compose.rules import REPOSITORY

SCRIPT = REPOSITORY / "scripts" / "compose_env.sh"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A copy in a tree of its own, whose .env is nobody's."""
    (tmp_path / "scripts").mkdir()
    return Path(shutil.copy(SCRIPT, tmp_path / "scripts"))


def run(script: Path, *arguments: str, path: str | None = None) -> str:
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]}
    done = subprocess.run(["sh", script, *arguments], capture_output=True, text=True, check=True, env=environment)
    return done.stdout


def values(script: Path) -> dict[str, str]:
    lines = (script.parents[1] / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def user(tmp_path: Path, uid: int) -> str:
    """A folder for PATH, in which `id -u` says this."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "id").write_text(f"#!/bin/sh\necho {uid}\n")
    (folder / "id").chmod(0o755)
    return str(folder)


def test_only_you_can_read_the_file_whatever_the_umask(script: Path) -> None:
    before = os.umask(0)
    try:
        run(script)
    finally:
        os.umask(before)
    assert stat.S_IMODE((script.parents[1] / ".env").stat().st_mode) == 0o600


def test_file_that_others_could_read_is_closed(script: Path) -> None:
    env = script.parents[1] / ".env"
    env.write_text("AIRFLOW_PORT=8081\n")
    env.chmod(0o644)
    run(script)
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_second_run_changes_nothing(script: Path) -> None:
    run(script)
    before = values(script)
    assert "nothing was changed" in run(script)
    assert values(script) == before


def test_what_is_missing_or_empty_is_added_and_what_is_yours_stays(script: Path) -> None:
    (script.parents[1] / ".env").write_text("POSTGRES_PASSWORD=mine\nAIRFLOW_PORT=8081\nAIRFLOW_JWT_SECRET=")
    run(script)
    assert values(script)["POSTGRES_PASSWORD"] == "mine"
    assert values(script)["AIRFLOW_PORT"] == "8081"
    assert values(script)["AIRFLOW_JWT_SECRET"]
    assert values(script)["AIRFLOW_SECRET_KEY"]


def test_secrets_are_new_each_time_long_and_need_no_quoting(script: Path, tmp_path: Path) -> None:
    run(script)
    first = values(script)
    (tmp_path / ".env").unlink()
    run(script)
    for name in first.keys() - {"AIRFLOW_UID"}:
        assert values(script)[name] != first[name]
        assert len(first[name]) >= 20
        assert set(first[name].rstrip("=")) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_fernet_key_is_one(script: Path) -> None:
    run(script)
    assert len(base64.urlsafe_b64decode(values(script)["AIRFLOW_FERNET_KEY"])) == 32


def test_secrets_are_not_printed(script: Path) -> None:
    told = run(script)
    assert not [name for name, value in values(script).items() if name != "AIRFLOW_UID" and value in told]


@pytest.mark.parametrize(("uid", "expected"), [(1000, "1000"), (501, "501"), (0, "50000")])
def test_containers_run_as_you_but_never_as_root(script: Path, tmp_path: Path, uid: int, expected: str) -> None:
    run(script, path=user(tmp_path, uid))
    assert values(script)["AIRFLOW_UID"] == expected


def test_git_ignores_the_file() -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", ".env"], cwd=REPOSITORY).returncode == 0
