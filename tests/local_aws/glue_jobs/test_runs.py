from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.glue_jobs.runs import TRANSITIONS, JobRun, carry_out

STARTED = datetime(2024, 12, 25, 10, tzinfo=UTC)
SETTINGS = {
    "Timeout": 480,
    "WorkerType": "G.1X",
    "NumberOfWorkers": 2,
    "AllocatedCapacity": 2,
    "MaxCapacity": 2.0,
    "GlueVersion": "5.1",
    "ExecutionClass": "STANDARD",
}


def run(state: str = "STARTING", **settings: Any) -> JobRun:
    return JobRun("jr_1", "job", SETTINGS | settings, {}, {}, STARTED, state)


@pytest.mark.parametrize("state", [state for state, following in TRANSITIONS.items() if not following])
def test_run_that_ended_never_changes_again(state: str) -> None:
    ended = run(state)
    assert not any(ended.move(other) for other in TRANSITIONS)
    assert not ended.stop()
    assert ended.state == state


def test_every_state_can_be_reached_and_is_one_of_glues() -> None:
    reached = {"STARTING"}.union(*TRANSITIONS.values())
    assert reached == set(TRANSITIONS)


@pytest.mark.parametrize("state", ["SUCCEEDED", "FAILED", "TIMEOUT"])
def test_stop_wins_over_an_end_that_comes_after_it(state: str) -> None:
    stopping = run("RUNNING")
    assert stopping.stop()
    stopping.end(state, "too late")
    assert stopping.describe()["JobRunState"] == "STOPPED"
    assert "ErrorMessage" not in stopping.describe()


def test_second_stop_is_not_accepted() -> None:
    stopping = run("RUNNING")
    assert [stopping.stop(), stopping.stop()] == [True, False]


def test_run_repeats_what_it_took_of_its_job() -> None:
    described = run(SecurityConfiguration="kms").describe()
    assert described["SecurityConfiguration"] == "kms"
    assert {name: described[name] for name in SETTINGS} == SETTINGS


def test_failure_of_the_local_aws_itself_is_error_not_failed() -> None:
    broken = run()

    def work(_: JobRun) -> None:
        raise OSError("disk full")

    carry_out(broken, work).join()
    assert broken.describe()["JobRunState"] == "ERROR"
    assert broken.describe()["ErrorMessage"] == "the local AWS failed: OSError: disk full"
