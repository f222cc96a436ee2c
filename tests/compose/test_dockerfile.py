import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePosixPath

import pytest

from tests.compose.rules import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
IGNORED = (REPOSITORY / ".dockerignore").read_text("utf-8")
HASHES = "--require-hashes --requirement requirements-local.txt"


def problems(dockerfile: str) -> Iterator[str]:
    """What an image must keep to, by instruction."""
    lines = dockerfile.replace("\\\n", " ").splitlines()
    if "ARG PYTHON_IMAGE=python:3.12-slim-bookworm" not in lines:
        yield "base: expected ARG PYTHON_IMAGE=python:3.12-slim-bookworm"
    if [line for line in lines if line.startswith("FROM")] != ["FROM ${PYTHON_IMAGE}"]:
        yield "base: expected one FROM, of PYTHON_IMAGE"
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    if users[-1:] != ["airflow"]:
        yield f"user: expected airflow at the end, got {users}"
    if 'test "$AIRFLOW_UID" -gt 0' not in dockerfile:
        yield "user: expected a refusal of the user id 0"
    installs = re.findall(r"(?:pip|uv) (?:pip )?install[^&]*", dockerfile.replace("\\\n", " "))
    if not installs or not all(HASHES in " ".join(one.split()) for one in installs):
        yield "packages: expected all from the lock, with its hashes"
    if re.search(r"https?://|^ADD |curl|wget", dockerfile, re.MULTILINE):
        yield "source: expected no address, what clients download is in the locks"
    if re.search(r"(PASSWORD|SECRET|TOKEN|_KEY)\s*=", dockerfile):
        yield "secret: expected none in the image"
    if re.search(r"ch(mod|own) (-\w*R|--recursive)", dockerfile):
        yield "size: expected no change of all files at once, which stores the packages twice (1.6 GB)"


MUTATIONS = {
    "base": ("python:3.12-slim-bookworm", "python:latest"),
    "user": ("USER airflow", "USER root"),
    "packages": ("--require-hashes ", ""),
    "source": ("COPY . .", "ADD https://example.com/x.tar.gz ."),
    "secret": ("WORKDIR", "ENV AIRFLOW__CORE__FERNET_KEY=abc\nWORKDIR"),
    "size": ("-exec chmod a+rX {} +", "&& chmod -R a+rX ."),
}


def test_the_dockerfile_keeps_every_rule() -> None:
    assert list(problems(DOCKERFILE)) == []


@pytest.mark.parametrize("rule", MUTATIONS)
def test_mutation_breaks_the_rule_that_names_it(rule: str) -> None:
    assert {found.partition(":")[0] for found in problems(DOCKERFILE.replace(*MUTATIONS[rule]))} == {rule}


def test_image_of_root_is_refused() -> None:
    assert list(problems(DOCKERFILE.replace("-gt 0", "-ge 0"))) == ["user: expected a refusal of the user id 0"]


def entering(path: str, ignored: str) -> bool:
    """Whether a file of the repository enters the image, by .dockerignore: the last line that fits decides."""
    enters = True
    for line in filter(lambda line: line and not line.startswith("#"), ignored.splitlines()):
        pattern = line.removeprefix("!")
        parents = [PurePosixPath(path), *PurePosixPath(path).parents]
        if pattern == "*" or any(fnmatch(str(parent), pattern) for parent in parents):
            enters = line.startswith("!")
    return enters


@pytest.mark.parametrize("path", [".env", ".env.bak", ".git/config", "terraform/x.tfstate", "tests/promise/oracle.py"])
def test_secret_and_state_stay_outside(path: str) -> None:
    assert not entering(path, IGNORED)
    assert entering(path, "")


@pytest.mark.parametrize("path", ["dags/clickstream_daily.py", "requirements-local.txt", "local_aws/stack.json"])
def test_what_runs_enters(path: str) -> None:
    assert entering(path, IGNORED)


def copied() -> set[str]:
    """The files that Dockerfile's COPY instructions name."""
    instructions = re.findall(r"^COPY (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
    return {source for one in instructions for source in one.split()[:-1]} - {"."}


def test_what_is_copied_one_by_one_is_in_git_and_enters() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert copied() <= set(listed.splitlines())
    assert all(entering(path, IGNORED) for path in copied())
