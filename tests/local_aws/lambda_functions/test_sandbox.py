import json
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from local_aws.lambda_functions.sandbox import Event, Sandbox, how, peak_memory
from tests.local_aws.lambda_functions.conftest import Lab

ACT = """
import os, time, subprocess, sys
def handle(event, context):
    if "eat" in event:
        eaten = b"x" * (event["eat"] << 20)
    if "child" in event:
        child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
        open(event["child"], "w").write(f"{os.getpid()} {child.pid}")
    time.sleep(event.get("sleep", 0))
    return os.getpid()
"""


def sandbox(lab: Lab, name: str, **changes: Any) -> Sandbox:
    if name not in lab.engine._functions:
        lab.create(name, ACT)
    function = lab.engine.function(name)
    return Sandbox({**function.configuration, **changes}, function.code, function.place)


def act(made: Sandbox, **event: Any) -> Any:
    return json.loads(made.invoke(Event("an-id", json.dumps(event))).payload)


def test_an_environment_answers_one_event_after_the_other(lab: Lab) -> None:
    made = sandbox(lab, "act")
    assert act(made) == act(made)
    made.end()


def test_what_takes_too_long_is_ended(lab: Lab) -> None:
    made = sandbox(lab, "act", Timeout=1)
    error = act(made, sleep=30)
    assert error == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: an-id Error: Task timed out after 1.00 seconds",
    }
    assert not made.alive


@pytest.mark.parametrize("short", [True, False], ids=["that is given back at once", "that is held"])
def test_more_memory_than_it_has_ends_an_environment(lab: Lab, short: bool) -> None:
    made = sandbox(lab, "act", MemorySize=128)
    error = act(made, eat=200, sleep=0 if short else 600)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert not made.alive


def test_memory_within_the_limit_is_left_alone(lab: Lab) -> None:
    made = sandbox(lab, "act", MemorySize=512)
    assert isinstance(act(made, eat=200), int)
    made.end()


def test_an_environment_that_is_killed_at_work_says_so(lab: Lab) -> None:
    made = sandbox(lab, "act")
    act(made)
    threading.Timer(0.2, made.kill).start()
    assert act(made, sleep=600)["errorMessage"].endswith("signal: killed")


def test_nothing_is_left_of_an_environment_its_children_and_files_included(lab: Lab, tmp_path: Path) -> None:
    made = sandbox(lab, "act", Timeout=2)
    act(made, child=str(tmp_path / "pids"), sleep=600)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    deadline = time.monotonic() + 20
    while any(map(running, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(running, pids))
    assert not (made._folder / "tmp").exists()


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_environment_at_work_ends_with_the_local_aws(lab: Lab) -> None:
    """However that ends: its end of the pipe closes."""
    made = sandbox(lab, "act")
    act(made)
    made._send({"request_id": "an-id", "payload": '{"sleep": 600}', "arn": "", "timeout": 600})
    made._requests.close()
    assert made._process.wait(60) < 0


def test_the_report_says_how_much_memory_it_took(lab: Lab) -> None:
    lab.create("eats", ACT)
    lab.invoke("eats", {"eat": 100})
    record = json.loads(lab.log("eats")[-1])["record"]
    assert record["metrics"]["memorySizeMB"] == 512
    assert 100 < record["metrics"]["maxMemoryUsedMB"] < 200


@pytest.mark.parametrize(
    ("status", "text"), [(0, "without providing a reason"), (3, "with error: exit status 3"), (-9, "signal: killed")]
)
def test_an_end_is_told_as_lambda_tells_it(status: int, text: str) -> None:
    assert how(status).endswith(text)


def test_a_process_that_is_gone_holds_no_memory() -> None:
    assert peak_memory(2**22 + 1) == 0
