"""The README's promises: its length, its links, and every command in it."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from clickstream_plugin import ClickstreamPlugin

from local_airflow.environment import REPOSITORY
from local_aws.safety import local_environment
from local_aws.stack import Stack

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    *REPOSITORY.glob("*.md"),
    *(REPOSITORY / "docs").rglob("*.md"),
    *(REPOSITORY / "dags").rglob("*.md"),
    *(REPOSITORY / "terraform").glob("*.md"),
]


def shell_lines(text: str) -> list[str]:
    """The commands in the ```sh blocks, one a line."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip() and not line.startswith("#")]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (REPOSITORY / "Makefile").read_text(), re.M))


AIRFLOW_PAGES = {f"/plugin/{view['url_route']}" for view in ClickstreamPlugin.external_views}


def test_readme_is_short():
    assert len(README.splitlines()) < 200


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if link not in AIRFLOW_PAGES and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_make_target_in_the_documents_exists(path):
    named = set(re.findall(r"`?make ([a-z][a-z-]+)", "\n".join(code(path.read_text(encoding="utf-8")))))
    assert named <= make_targets()


def code(text: str) -> list[str]:
    return [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"```.*?\n(.*?)```", text, re.S)]


def test_the_commands_are_those_that_a_test_here_runs():
    targets = ("make demo", "make airflow", "make test", "make test-fast", "make lint")
    known = (*targets, "pip install -r scripts/requirements.txt")
    others = [line for line in shell_lines(README) if line not in known]
    assert others
    assert all(line.startswith("python scripts/") for line in others), others


def test_the_producers_requirements_are_what_is_locked():
    (pin,) = [x for x in (REPOSITORY / "scripts" / "requirements.txt").read_text().split() if x.startswith("boto3==")]
    assert f"\n{pin} " in (REPOSITORY / "requirements-local.txt").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("command", [line for line in shell_lines(README) if line.startswith("python ")])
def test_a_producers_command_works(command, local_aws, tmp_path):
    """As it stands, but for the log's path and the stream, which is the local one."""
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_stream()
    log = tmp_path / "access.log.gz"
    log.write_bytes(_access_log())
    words = shlex.split(command.replace("clickstream-events-dev", stack.name("stream")).replace(log.name, str(log)))
    environment = local_environment(local_aws.endpoint_url, os.environ)
    done = subprocess.run([sys.executable, *words[1:]], cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "failed 0" in done.stderr


def _access_log() -> bytes:
    import gzip
    from datetime import UTC, datetime

    now = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return gzip.compress(f'192.0.2.1 - - [{now}] "GET /a?q=shoes HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'.encode())


def shown_steps(text: str) -> set[str]:
    """The lines that begin with a time, without what differs from run to run: numbers, and how columns are aligned."""
    lines = re.findall(r"^ *[\d.]+ s  .*$", text, re.M)
    return {" ".join(re.sub(r"\d[\d.,:]*", "0", line).split()) for line in lines}


@pytest.mark.slow
def test_make_demo_works_and_leaves_nothing_running(tmp_path):
    """The block to copy, with fewer events; what it printed in the README is what it prints."""
    done = subprocess.run(
        ["make", "demo", "EVENTS=900", "DAYS=1"], cwd=REPOSITORY, capture_output=True, text=True, timeout=420
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert shown_steps(README) >= {"0 s all done, nothing is left running"}
    assert shown_steps(README) <= shown_steps(done.stdout)
    assert re.search(r" [1-9][\d,]* of them can be queried, before any daily run", done.stdout)
    (before, after), *_ = re.findall(r"([\d,]+) events before its run, ([\d,]+) after it", done.stdout)
    assert int(before.replace(",", "")) >= int(after.replace(",", "")) > 0
    for path in sorted((REPOSITORY / "sql").glob("*.sql")):
        assert f"sql/{path.name}" in done.stdout
    assert _processes_under(str(REPOSITORY / ".local" / "demo")) == []


def _processes_under(folder: str) -> list[str]:
    """Command lines of processes that still work in the demo's folder."""
    import psutil

    lines = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if folder in line]
