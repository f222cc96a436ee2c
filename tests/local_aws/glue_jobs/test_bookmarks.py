"""The numbers and the past of a job's bookmark, without a run."""

import json
from typing import Any

import pytest

from local_aws.errors import ServiceError
from local_aws.glue_jobs.bookmarks import Bookmarks, Entry


def run(bookmarks: Bookmarks, run_id: str, commit: bool = True, **states: Any) -> Entry:
    """A whole run of the job "job"."""
    begun = bookmarks.begin("job", run_id)
    return bookmarks.commit("job", begun.version, states) if commit else begun


def refusal(refused: pytest.ExceptionInfo[ServiceError]) -> tuple[str, str]:
    return refused.value.code, refused.value.message


def test_numbers_are_those_of_a_real_job() -> None:
    """As get-job-bookmark showed them after the first and the second run of a job."""
    bookmarks = Bookmarks()
    first = run(bookmarks, "jr_1", source={"n": 1}).describe()
    assert {**first, "JobBookmark": json.loads(first["JobBookmark"])} == {
        "JobName": "job",
        "Version": 2,
        "Run": 2,
        "Attempt": 0,
        "RunId": "jr_1",
        "JobBookmark": {"source": {"n": 1}},
    }
    second = run(bookmarks, "jr_2", source={"n": 2}).describe()
    assert (second["Version"], second["Run"], second["PreviousRunId"], second["RunId"]) == (4, 3, "jr_1", "jr_2")


def test_attempts_are_counted_until_one_commits() -> None:
    bookmarks = Bookmarks()
    attempts = [run(bookmarks, f"jr_{n}", commit=n in (2, 4)) for n in range(5)]
    assert [(entry.run, entry.attempt) for entry in attempts] == [(1, 0), (1, 1), (2, 0), (2, 0), (3, 0)]
    assert attempts[3].previous_run_id == attempts[4].previous_run_id == "jr_2"


def test_run_that_never_commits_advances_nothing() -> None:
    bookmarks = Bookmarks()
    run(bookmarks, "jr_1", source="one")
    run(bookmarks, "jr_2", commit=False)
    assert bookmarks.begin("job", "jr_3").states == {"source": "one"}


def test_commit_keeps_the_sources_that_the_run_did_not_read() -> None:
    bookmarks = Bookmarks()
    run(bookmarks, "jr_1", a="a1", b="b1")
    assert run(bookmarks, "jr_2", b="b2").states == {"a": "a1", "b": "b2"}


def test_of_two_runs_at_a_time_the_one_that_began_first_cannot_commit() -> None:
    bookmarks = Bookmarks()
    first, second = bookmarks.begin("job", "jr_1"), bookmarks.begin("job", "jr_2")
    with pytest.raises(ServiceError) as refused:
        bookmarks.commit("job", first.version, {"source": "first"})
    assert refusal(refused) == (
        "VersionMismatchException",
        "Continuation update failed due to version mismatch. Expected version 1 but found version 2",
    )
    assert bookmarks.commit("job", second.version, {"source": "second"}).states == {"source": "second"}


def test_reset_while_a_run_goes_on_is_not_overwritten_by_its_commit() -> None:
    bookmarks = Bookmarks()
    run(bookmarks, "jr_1", source="one")
    begun = bookmarks.begin("job", "jr_2")
    bookmarks.reset("job")
    with pytest.raises(ServiceError, match="version mismatch"):
        bookmarks.commit("job", begun.version, {"source": "two"})
    assert bookmarks.begin("job", "jr_3").states == {}


def test_reset_forgets_everything_and_its_version_goes_on() -> None:
    bookmarks = Bookmarks()
    before = run(bookmarks, "jr_1", source="one")
    after = bookmarks.reset("job")
    assert (after.states, after.version, after.run, after.attempt) == ({}, before.version + 1, before.run, 0)
    assert bookmarks.find("job") == after


def test_reset_to_a_run_is_what_it_left() -> None:
    bookmarks = Bookmarks()
    for n in range(1, 4):
        run(bookmarks, f"jr_{n}", source=n)
    bookmarks.reset("job", "jr_2")
    assert bookmarks.begin("job", "jr_4").states == {"source": 2}


def test_failed_run_stands_for_the_last_commit_before_it() -> None:
    bookmarks = Bookmarks()
    run(bookmarks, "jr_1", source=1)
    run(bookmarks, "jr_2", commit=False)
    run(bookmarks, "jr_3", source=3)
    assert bookmarks.find("job", "jr_2").states == {"source": 1}
    assert bookmarks.reset("job", "jr_2").states == {"source": 1}


@pytest.mark.parametrize("call", ["find", "reset"])
def test_bookmark_or_run_that_is_not_there_is_named(call: str) -> None:
    bookmarks = Bookmarks()
    with pytest.raises(ServiceError) as refused:
        getattr(bookmarks, call)("job")
    assert refusal(refused) == ("EntityNotFoundException", "Continuation for job job not found")
    run(bookmarks, "jr_1")
    with pytest.raises(ServiceError, match="job job and run jr_2 not found"):
        getattr(bookmarks, call)("job", "jr_2")


def test_dropped_bookmark_is_gone_for_good() -> None:
    bookmarks = Bookmarks()
    begun = run(bookmarks, "jr_1", commit=False)
    bookmarks.drop("job")
    with pytest.raises(ServiceError, match="not found"):
        bookmarks.commit("job", begun.version, {})
    assert bookmarks.begin("job", "jr_1").version == 1
