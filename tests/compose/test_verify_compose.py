"""scripts/verify_compose.sh for real, where there is a Docker engine; CI has none, and says so."""

import os
import shutil
import subprocess

import pytest

from tests.compose.rules import REPOSITORY

SCRIPT = REPOSITORY / "scripts" / "verify_compose.sh"


def missing() -> str | None:
    """Why containers cannot be run here; None where they can."""
    if not shutil.which("docker"):
        return "not run: no Docker engine (no docker on PATH)"
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return f"not run: no Docker engine ({' '.join(command)}: {done.stderr.strip()[:200]})"
    return None


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_day_is_published_in_containers_that_survive_a_restart_and_a_kill() -> None:
    reason = missing()
    if reason:
        pytest.skip(reason)
    done = subprocess.run(["sh", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "all of it works" in done.stdout


def test_without_docker_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert missing() == "not run: no Docker engine (no docker on PATH)"


def test_without_an_engine_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'cannot connect to the daemon' >&2\nexit 1\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert missing() == "not run: no Docker engine (docker info: cannot connect to the daemon)"


def test_script_is_plain_sh() -> None:
    for script in (SCRIPT, REPOSITORY / "scripts" / "compose_env.sh"):
        assert script.read_text().startswith("#!/bin/sh\n")
        subprocess.run(["sh", "-n", script], check=True)
