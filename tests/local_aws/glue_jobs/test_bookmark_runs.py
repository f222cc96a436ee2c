"""Bookmarks over S3 and the engine's calls: what each run finds new.

Most runs here are this process: its token and the stand-in's own classes are all that a script has of them. The last
tests start real ones.
"""

import gzip
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_aws.glue_jobs.process import TOKEN
from local_aws.glue_jobs.runs import JobRun
from local_aws.glue_runtime.awsglue.bookmarks import Bookmark
from local_aws.glue_runtime.awsglue.context import GlueContext
from local_aws.glue_runtime.awsglue.dynamicframe import DynamicFrameReader
from local_aws.glue_runtime.awsglue.job import Job
from local_aws.glue_runtime.awsglue.job_executor import JobExecutorError
from local_aws.safety import local_environment

PAUSED, DISABLED = {"job_bookmark_option": "job-bookmark-pause"}, {"job_bookmark_option": "job-bookmark-disable"}


class Source:
    """A folder, and a job over it whose runs are this process."""

    def __init__(self, glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self._glue, self._monkeypatch = glue, monkeypatch
        self.job = glue.job()
        self.runs: list[str] = []
        for name, value in local_environment(glue.endpoint_url, {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(Bookmark, "current", None)
        monkeypatch.setattr(Job, "_name", None)

    def put(self, *names: str) -> None:
        for name in names:
            self._glue.put(f"{self.job}/day/{name}", "{}")

    def init(self, **args: str) -> Job:
        """A new run up to its Job.init, with bookmarks enabled unless said otherwise."""
        run = JobRun(f"jr_{uuid4().hex}", self.job, {}, {}, {}, datetime.now(UTC), "RUNNING")
        self._glue.engine._runs.append(run)
        self._monkeypatch.setenv(TOKEN, run.token)
        self.runs.append(run.id)
        job = Job(GlueContext.__new__(GlueContext))
        job.init(self.job, {"job_bookmark_option": "job-bookmark-enable", **args})
        return job

    def new(self, context: str = "source") -> str:
        """The names of the objects that the run finds."""
        options = {"paths": [f"s3://artifacts/{self.job}/"], "recurse": True}
        frame = DynamicFrameReader(None).from_options("s3", options, "json", transformation_ctx=context)
        return " ".join(sorted(uri.rpartition("/")[2] for uri in frame._uris))

    def run(self, commit: bool = True, **args: str) -> str:
        """A whole run: what it found new."""
        job = self.init(**args)
        found = self.new()
        if commit:
            job.commit()
        return found

    def reset(self, **which: str) -> None:
        self._glue.client.reset_job_bookmark(JobName=self.job, **which)


@pytest.fixture
def source(glue: Any, monkeypatch: pytest.MonkeyPatch) -> Source:
    made = Source(glue, monkeypatch)
    made.put("1", "2")
    return made


def test_second_run_sees_only_what_is_new_or_written_again(source: Source) -> None:
    assert source.run() == "1 2"
    time.sleep(1.1)  # S3 tells whole seconds
    source.put("2", "3")
    assert source.run() == "2 3"
    assert source.run() == ""


def test_object_of_the_very_second_of_a_run_is_found_by_the_next(source: Source) -> None:
    source.run()
    for name in "3456789":
        source.put(name)
        assert source.run() == name


def test_source_without_a_context_is_seen_whole_and_leaves_no_state(glue: Any, source: Source) -> None:
    job = source.init()
    assert source.new("") == "1 2"
    job.commit()
    assert glue.client.get_job_bookmark(JobName=source.job)["JobBookmarkEntry"]["JobBookmark"] == "{}"
    assert source.run() == "1 2"


def test_source_created_before_init_has_no_bookmark(source: Source) -> None:
    source.run()
    Bookmark.current = None  # as in a new process
    assert source.new() == "1 2"


def test_bookmark_needs_no_action_on_the_frame(source: Source) -> None:
    job = source.init()
    source.new()  # listed, and never read
    job.commit()
    assert source.run() == ""


def test_run_that_never_commits_advances_nothing(source: Source) -> None:
    assert source.run(commit=False) == "1 2"
    assert source.run() == "1 2"
    source.put("3")
    assert source.run(commit=False) == "3"
    assert source.run() == "3"


def test_disabled_run_sees_everything_and_advances_nothing(source: Source) -> None:
    assert source.run(**DISABLED) == "1 2"
    assert source.run() == "1 2"
    assert source.run(**DISABLED) == "1 2"
    assert source.run() == ""


def test_paused_run_sees_what_is_new_and_advances_nothing(source: Source) -> None:
    assert source.run(**PAUSED) == "1 2"
    source.run()
    source.put("3")
    assert source.run(**PAUSED) == source.run(**PAUSED) == "3"
    assert source.run() == "3"


def test_paused_range_is_what_its_runs_had_after_the_first(source: Source) -> None:
    for name in ("3", "4", "5"):
        source.run()
        source.put(name)
    limits = {"job_bookmark_from": source.runs[0], "job_bookmark_to": source.runs[2]}
    assert source.run(**PAUSED, **limits) == "3 4"
    assert source.run(**PAUSED) == "5"
    with pytest.raises(JobExecutorError, match="EntityNotFoundException: Continuation for job .* and run jr_absent"):
        source.run(**PAUSED, job_bookmark_from="jr_absent", job_bookmark_to=source.runs[2])


def test_reset_goes_back_to_nothing_or_to_a_run(source: Source) -> None:
    for name in ("3", "4"):
        source.run()
        source.put(name)
    source.run()
    source.reset(RunId=source.runs[0])
    assert source.run() == "3 4"
    source.reset()
    assert source.run() == "1 2 3 4"


def test_entry_names_the_runs_and_holds_a_state_per_context(glue: Any, source: Source) -> None:
    source.run()
    source.run()
    entry = glue.client.get_job_bookmark(JobName=source.job)["JobBookmarkEntry"]
    assert [entry["PreviousRunId"], entry["RunId"]] == source.runs
    assert (entry["Version"], entry["Run"], entry["Attempt"]) == (4, 3, 0)
    ((context, state),) = json.loads(entry["JobBookmark"]).items()
    assert (context, len(state["timestamps"]["INCLUDE_LIST"].split(","))) == ("source", 2)
    first = glue.client.get_job_bookmark(JobName=source.job, RunId=source.runs[0])["JobBookmarkEntry"]
    assert (first["RunId"], first["Version"]) == (source.runs[0], 2)


def test_deleted_job_has_no_bookmark(glue: Any, source: Source) -> None:
    source.run()
    glue.client.delete_job(JobName=source.job)
    for call in (glue.client.get_job_bookmark, glue.client.reset_job_bookmark):
        with pytest.raises(ClientError, match=r"EntityNotFoundException.*Continuation for job .* not found"):
            call(JobName=source.job)


def test_commit_of_the_run_that_began_first_fails_with_glues_words(source: Source) -> None:
    source.init()
    first, token = Bookmark.current, os.environ[TOKEN]
    assert source.run() == "1 2"
    os.environ[TOKEN] = token
    assert first is not None
    with pytest.raises(JobExecutorError) as refused:
        first.commit()
    assert str(refused.value) == (
        "com.amazonaws.services.gluejobexecutor.model.VersionMismatchException: "
        "Continuation update failed due to version mismatch. Expected version 1 but found version 3"
    )


def test_init_with_another_jobs_name_is_refused(source: Source) -> None:
    job = source.init()
    with pytest.raises(JobExecutorError, match=f"Job.init expects the job's own name {source.job}, got 'another'"):
        job.init("another", {"job_bookmark_option": "job-bookmark-enable"})


def test_moved_clock_neither_hides_objects_nor_shows_them_again(glue: Any, source: Source) -> None:
    try:
        for year, expected in ((2024, "1 2"), (2034, ""), (2014, "")):
            glue.clock.set(datetime(year, 12, 25, tzinfo=UTC))
            assert source.run() == expected
    finally:
        glue.clock.set(None)


INIT = """
import sys, time
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrameReader
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "folder", "then"])
options = {"paths": [f"s3://artifacts/{args['folder']}/"], "recurse": True}
"""
LIST = """
job = Job(GlueContext.__new__(GlueContext))  # without Java, which only reading needs
job.init(args["JOB_NAME"], args)
frame = DynamicFrameReader(None).from_options("s3", options, "json", transformation_ctx="raw_objects")
print(*sorted(uri.rpartition("/")[2] for uri in frame._uris), flush=True)
if "commit" in args["then"]:
    job.commit()
if "fail" in args["then"]:
    raise ValueError("after all")
time.sleep(60 if "wait" in args["then"] else 0)
"""
READ = """
glue_context = GlueContext(SparkContext.getOrCreate())
job = Job(glue_context)
job.init(args["JOB_NAME"], args)
frame = glue_context.create_dynamic_frame.from_options(
    connection_type="s3", connection_options=options, format="json", transformation_ctx="raw_objects"
)
print(frame.count(), frame.toDF().columns, *sorted(row["n"] for row in frame.toDF().collect()))
job.commit()
"""


def bookmarked(glue: Any, script: str) -> str:
    """A job that keeps bookmarks."""
    return str(glue.job(INIT + script, DefaultArguments={"--job-bookmark-option": "job-bookmark-enable"}))


def printed(glue: Any, job: str, run_id: str) -> bool:
    """Whether a running run has printed something; its log comes with its first line, or later."""
    with suppress(ClientError):
        return glue.look(job, run_id)["JobRunState"] == "RUNNING" and bool(glue.output(run_id))
    return False


@pytest.mark.slow
def test_real_run_advances_by_its_commit_however_it_ends(glue: Any) -> None:
    job = bookmarked(glue, LIST)

    def start(then: str) -> str:
        return str(glue.start(job, Arguments={"--folder": job, "--then": then}))

    glue.put(f"{job}/1", "{}")
    failed, committed = (glue.wait(job, start(then)) for then in ("fail", "commit, then fail"))
    assert [run["ErrorMessage"] for run in (failed, committed)] == ["ValueError: after all"] * 2
    assert glue.output(failed["Id"]) == glue.output(committed["Id"]) == ["1"]
    glue.put(f"{job}/2", "{}")
    stopped = start("wait")
    while not printed(glue, job, stopped):
        time.sleep(0.1)
    glue.stop(job, stopped)
    assert glue.wait(job, stopped)["JobRunState"] == "STOPPED"
    last = glue.wait(job, start("commit"))
    assert glue.output(stopped) == glue.output(last["Id"]) == ["2"]


@pytest.mark.slow
def test_real_run_reads_what_is_new_with_spark(glue: Any) -> None:
    job = bookmarked(glue, READ)
    printed = []
    for lines in ('{"n": 1}\n{"n": broken\n\n{"n": 2}', '{"n": 3}'):
        key = f"{job}/year=2024/{uuid4().hex}.gz"
        glue.s3.put_object(Bucket="artifacts", Key=key, Body=gzip.compress(lines.encode()))
        run = glue.run(job, Arguments={"--folder": job, "--then": ""})
        assert run["JobRunState"] == "SUCCEEDED", (run["ErrorMessage"], glue.error(run["Id"]))
        printed += glue.output(run["Id"])
    assert printed == ["2 ['n'] 1 2", "1 ['n'] 3"]
