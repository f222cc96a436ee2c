"""What surrounds a script: its environment, its processes, and their end."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from local_aws.glue_jobs.process import environment, exit_text, living

SHOW = """
import json, os, sys
print(json.dumps({"environ": dict(os.environ), "path": sys.path, "cwd": os.getcwd(), "stdin": sys.stdin.read()}))
"""
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
stray = subprocess.Popen([sys.executable, "-c", "import os, time; os.setpgid(0, 0); time.sleep(60)"])
print(os.getpid(), child.pid, stray.pid, flush=True)
time.sleep(60)
"""
POISON = {
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_SESSION_TOKEN": "real-token",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "DATABASE_PASSWORD": "real-password",
    "PYTHONPATH": str(Path(__file__).parents[3]),
    "PYTHONSTARTUP": "startup.py",
}


def seen(glue: Any) -> dict[str, Any]:
    run = glue.run_script(SHOW)
    found: dict[str, Any] = json.loads(glue.output(run["Id"])[0])
    return found


def pids(glue: Any, job: str, run_id: str) -> list[int]:
    """What the FAMILY script printed."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(ClientError):  # no log stream before the first line of output
            if glue.look(job, run_id)["JobRunState"] == "RUNNING" and (lines := glue.output(run_id)):
                return [int(pid) for pid in lines[0].split()]
        time.sleep(0.1)
    raise AssertionError("the script printed nothing in 20 s")


def alive(found: list[int]) -> list[int]:
    return [pid for pid in found if psutil.pid_exists(pid) and living(psutil.Process(pid))]


def test_nothing_of_the_users_environment_reaches_the_script(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    environ = seen(glue)["environ"]
    assert not [value for value in environ.values() if "real-" in value or "example.com" in value]
    assert environ["AWS_ENDPOINT_URL"] == glue.endpoint_url
    assert environ["AWS_SECRET_ACCESS_KEY"] == "local"
    assert Path(environ["HOME"]) != Path.home()
    assert {"AWS_ENDPOINT_URL_S3", "DATABASE_PASSWORD", "PYTHONSTARTUP"}.isdisjoint(environ)


def test_profile_does_not_reach_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")  # not set around a run: moto in this process would follow it
    made = environment("http://127.0.0.1:1", tmp_path, [], {})
    assert "AWS_PROFILE" not in made
    assert Path(made["AWS_CONFIG_FILE"]).read_text() == ""


def test_environment_for_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected an endpoint on this machine"):
        environment("https://s3.eu-west-1.amazonaws.com", tmp_path, [], {})


def test_project_is_not_on_the_scripts_path(glue: Any) -> None:
    found = seen(glue)
    project = Path(__file__).parents[3]
    ours = [entry for entry in found["path"] if entry and (Path(entry) == project or (Path(entry) / "dags").exists())]
    assert ours == []
    assert found["path"][0].endswith("/script")
    assert project not in [Path(found["cwd"]), *Path(found["cwd"]).parents]
    assert found["stdin"] == ""


def test_run_folder_is_gone_after_the_run(glue: Any) -> None:
    folder = Path(seen(glue)["cwd"])
    deadline = time.monotonic() + 60
    while folder.exists() and time.monotonic() < deadline:  # it goes after the state was written down
        time.sleep(0.1)
    assert not folder.exists()


def test_stop_ends_every_process_of_the_run(glue: Any) -> None:
    job = glue.job(FAMILY)
    run_id = glue.start(job)
    family = pids(glue, job, run_id)
    assert alive(family) == family
    glue.stop(job, run_id)
    glue.wait(job, run_id)
    assert alive(family) == []


def test_script_that_ignores_sigterm_is_killed_after_the_grace(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_aws.glue_jobs.process.ScriptProcess.end.__defaults__", (0.5,))
    job = glue.job("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + FAMILY)
    run_id = glue.start(job)
    family = pids(glue, job, run_id)
    glue.stop(job, run_id)
    assert glue.wait(job, run_id)["JobRunState"] == "STOPPED"
    assert alive(family) == []


def test_children_that_a_finished_script_leaves_behind_are_ended(glue: Any) -> None:
    run = glue.run_script(FAMILY.removesuffix("time.sleep(60)\n"))
    assert run["JobRunState"] == "SUCCEEDED"
    assert alive([int(pid) for pid in glue.output(run["Id"])[0].split()]) == []


HOST = """
import sys, time
from local_aws.server import LocalAws
from local_aws.clients import local_client
with LocalAws() as aws:
    s3, glue = local_client("s3", aws.endpoint_url), local_client("glue", aws.endpoint_url)
    s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="artifacts", Key="job.py", Body=sys.argv[1].encode())
    command = {"Name": "glueetl", "ScriptLocation": "s3://artifacts/job.py"}
    glue.create_job(Name="job", Role="r", GlueVersion="5.1", Command=command)
    run_id = glue.start_job_run(JobName="job")["JobRunId"]
    logs = local_client("logs", aws.endpoint_url)
    while True:
        try:
            events = logs.get_log_events(logGroupName="/aws-glue/jobs/output", logStreamName=run_id)["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        if events:
            break
        time.sleep(0.1)
    print(events[0]["message"], flush=True)
    if sys.argv[2] == "stay":
        time.sleep(60)
"""


def host(ending: str) -> subprocess.Popen[str]:
    """Another process with a local AWS and one run in it."""
    return subprocess.Popen(
        [sys.executable, "-c", HOST, FAMILY, ending], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )


def printed_by(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout is not None
    return [int(pid) for pid in process.stdout.readline().split()]


@pytest.mark.slow
def test_close_leaves_no_process_behind() -> None:
    process = host("leave")
    family = printed_by(process)
    assert len(family) == 3
    assert process.wait(timeout=30) == 0
    assert alive(family) == []


@pytest.mark.slow
def test_runs_end_when_the_local_aws_is_killed() -> None:
    process = host("stay")
    script, child, stray = printed_by(process)
    os.kill(stray, signal.SIGKILL)  # in a group of its own: Spark's workers are too, and end with their Java
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    psutil.wait_procs([psutil.Process(pid) for pid in alive([script, child])], timeout=10)
    assert alive([script, child]) == []


@pytest.mark.parametrize(
    ("status", "text"),
    [
        pytest.param(0, None, id="success"),
        pytest.param(3, "Command failed with exit code 3", id="status"),
        pytest.param(-15, "Command failed with exit code 143 (SIGTERM)", id="signal"),
    ],
)
def test_exit_status_is_told_as_a_shell_tells_it(status: int, text: str | None) -> None:
    assert exit_text(status) == text
