"""Glue jobs and job runs.

Supports: CreateJob, GetJob, GetJobs, ListJobs, UpdateJob, DeleteJob, StartJobRun, GetJobRun, GetJobRuns,
BatchStopJobRun, GetJobBookmark, ResetJobBookmark; Spark ETL jobs (``glueetl``, Glue 5.0 and 5.1, Python 3) with
DefaultArguments, NonOverridableArguments, a run's Arguments, ``--extra-py-files`` (.zip, .py), ``--conf``, Timeout,
MaxConcurrentRuns, worker types G.1X to G.8X (as parallelism, at most this machine's cores); output in the log groups
``/aws-glue/jobs/output`` and ``/aws-glue/jobs/error``; bookmarks (``--job-bookmark-option``, ``--job-bookmark-from``
and ``-to``) over the frames that the stand-in for ``awsglue`` has: of S3 objects by modification time, advanced by
Job.commit only, back to nothing or to a run by ResetJobBookmark; of two runs at a time the one that began first fails
at its commit.
Does not support: automatic retries, queuing, connections, capacity in units instead of workers, Python shell, Ray,
streaming, other versions, ``--additional-python-modules``, ``--extra-jars`` and the other parameters of
``arguments.REFUSED``. A run calls AWS as its role (``principals``), whose rights nobody checks, in real time:
a moved clock dates it, and neither shortens nor lengthens it; S3 dates its objects in real time too, and bookmarks look
at nothing else.
"""

import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local_aws.clock import Clock
from local_aws.engine import Engine, Operation, Reply
from local_aws.errors import ServiceError, unsupported
from local_aws.glue_jobs import arguments, jobs
from local_aws.glue_jobs.bookmarks import Bookmarks
from local_aws.glue_jobs.execution import Execution
from local_aws.glue_jobs.runs import JobRun, carry_out

Request = dict[str, Any]
MAX_RUNS_PAGE = 200
MAX_JOBS_PAGE = 1000


class GlueJobsEngine(Engine):
    """``operations["StartJobRun"]({"JobName": ...})``; runs go on in threads until ``close()``."""

    service = "glue"
    target_prefix = "AWSGlue"

    def __init__(self, endpoint_url: str, clock: Clock, data_dir: Path) -> None:
        self._clock = clock
        self.execution = Execution(endpoint_url, data_dir)
        self._jobs: dict[str, jobs.Definition] = {}
        self._runs: list[JobRun] = []  # oldest first
        self._bookmarks = Bookmarks()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._lock = threading.Lock()
        self._operations: dict[str, Operation] = {
            "CreateJob": self._create_job,
            "GetJob": self._get_job,
            "GetJobs": self._get_jobs,
            "ListJobs": self._list_jobs,
            "UpdateJob": self._update_job,
            "DeleteJob": self._delete_job,
            "StartJobRun": self._start_job_run,
            "GetJobRun": self._get_job_run,
            "GetJobRuns": self._get_job_runs,
            "BatchStopJobRun": self._batch_stop_job_run,
            "GetJobBookmark": self._get_job_bookmark,
            "ResetJobBookmark": self._reset_job_bookmark,
            "BeginJobBookmark": self._begin_job_bookmark,
            "CommitJobBookmark": self._commit_job_bookmark,
        }

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self._operations

    def close(self) -> None:
        """Stops every run and waits until none of its processes is left."""
        with self._lock:
            self._closed = True
            runs, threads = list(self._runs), list(self._threads)
        for run in runs:
            run.stop()
        for thread in threads:
            thread.join()

    def _create_job(self, request: Request) -> Reply:
        now = self._clock.now()
        made = jobs.definition(request, now, now)
        with self._lock:
            if made["Name"] in self._jobs:
                raise ServiceError("AlreadyExistsException", f"Job {made['Name']} already exists")
            self._jobs[made["Name"]] = made
        return {"Name": made["Name"]}

    def _update_job(self, request: Request) -> Reply:
        """The update replaces the whole definition, as in Glue."""
        name = request["JobName"]
        with self._lock:
            old = self._job(name)
            update = {"Name": name, "Role": old["Role"], "Command": old["Command"], **request["JobUpdate"]}
            update |= {"Tags": old["Tags"]} if "Tags" in old else {}
            self._jobs[name] = jobs.definition(update, old["CreatedOn"], self._clock.now())
        return {"JobName": name}

    def _delete_job(self, request: Request) -> Reply:
        """Deleting what is not there succeeds, as in Glue; a run that goes on goes on."""
        with self._lock:
            self._jobs.pop(request["JobName"], None)
            self._bookmarks.drop(request["JobName"])
            self._runs = [run for run in self._runs if run.job_name != request["JobName"] or not run.ended]
        return {"JobName": request["JobName"]}

    def _get_job(self, request: Request) -> Reply:
        with self._lock:
            return {"Job": without_tags(self._job(request["JobName"]))}

    def _get_jobs(self, request: Request) -> Reply:
        with self._lock:
            found = [without_tags(job) for job in self._jobs.values()]
        return page(found, "Name", "Jobs", request, MAX_JOBS_PAGE)

    def _list_jobs(self, request: Request) -> Reply:
        wanted = (request.get("Tags") or {}).items()
        with self._lock:
            found = [job for job in self._jobs.values() if wanted <= job.get("Tags", {}).items()]
        listed = page(found, "Name", "JobNames", request, MAX_JOBS_PAGE)
        return {**listed, "JobNames": [job["Name"] for job in listed["JobNames"]]}

    def _job(self, name: str) -> jobs.Definition:
        if name not in self._jobs:
            raise ServiceError("EntityNotFoundException", f"Job {name} is not found.")
        return self._jobs[name]

    def _start_job_run(self, request: Request) -> Reply:
        with self._lock:
            if self._closed:
                raise ServiceError("InternalServiceException", "the local AWS is shutting down", status=500)
            run = self._new_run(self._job(request["JobName"]), request)
            self._runs.append(run)
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._threads.append(carry_out(run, self.execution))
        return {"JobRunId": run.id}

    def _new_run(self, job: jobs.Definition, request: Request) -> JobRun:
        own = {name: value for name, value in request.items() if name not in ("JobName", "Arguments")}
        jobs.check_fields(jobs.RUN_FIELDS, own)
        given = arguments.checked(request.get("Arguments") or {}, "Arguments")
        fixed = job.get("NonOverridableArguments", {})
        all_arguments = arguments.merged(job.get("DefaultArguments", {}), given, fixed)
        arguments.spark_conf(all_arguments)
        going_on = sum(run.job_name == job["Name"] and not run.ended for run in self._runs)
        if going_on >= job["ExecutionProperty"]["MaxConcurrentRuns"]:
            raise ServiceError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job['Name']}")
        settings = jobs.with_capacity({**job, **own})
        return JobRun(f"jr_{secrets.token_hex(32)}", job["Name"], settings, given, all_arguments, self._clock.now())

    def _get_job_run(self, request: Request) -> Reply:
        with self._lock:
            return {"JobRun": self._run(request["JobName"], request["RunId"]).describe()}

    def _run(self, job_name: str, run_id: str) -> JobRun:
        for run in self._runs:
            if run.id == run_id and run.job_name == job_name:
                return run
        raise ServiceError("EntityNotFoundException", f"Job run {run_id} of job {job_name} is not found.")

    def _get_job_runs(self, request: Request) -> Reply:
        """Newest first."""
        with self._lock:
            self._job(request["JobName"])
            found = [run.describe() for run in reversed(self._runs) if run.job_name == request["JobName"]]
        return page(found, "Id", "JobRuns", request, MAX_RUNS_PAGE)

    def _batch_stop_job_run(self, request: Request) -> Reply:
        name = request["JobName"]
        errors = {run_id: self._stop(name, run_id) for run_id in request["JobRunIds"]}
        return {
            "SuccessfulSubmissions": [{"JobName": name, "JobRunId": i} for i, error in errors.items() if not error],
            "Errors": [{"JobName": name, "JobRunId": i, "ErrorDetail": detail(e)} for i, e in errors.items() if e],
        }

    def _stop(self, job_name: str, run_id: str) -> ServiceError | None:
        try:
            with self._lock:
                run = self._run(job_name, run_id)
        except ServiceError as error:
            return error
        if run.stop():
            return None
        return ServiceError("InvalidInputException", f"Job run {run_id} is {run.state} and cannot be stopped")

    def _get_job_bookmark(self, request: Request) -> Reply:
        with self._lock:
            return {"JobBookmarkEntry": self._bookmarks.find(request["JobName"], request.get("RunId")).describe()}

    def _reset_job_bookmark(self, request: Request) -> Reply:
        with self._lock:
            return {"JobBookmarkEntry": self._bookmarks.reset(request["JobName"], request.get("RunId")).describe()}

    def _begin_job_bookmark(self, request: Request) -> Reply:
        """Job.init of a run: with its bookmark enabled, or paused (then nothing changes), maybe for a range of runs."""
        with self._lock:
            run = self._asking("BeginJobBookmark", request)
            if not request["Paused"]:
                entry = self._bookmarks.begin(run.job_name, run.id)
                return {"Version": entry.version, "Run": entry.run, "States": entry.states}
            entry = self._bookmarks.latest(run.job_name)
            if request["From"] is None:
                return {"Run": entry.run, "States": entry.states}
            first, last = (self._bookmarks.find(run.job_name, request[end]) for end in ("From", "To"))
            return {"Run": entry.run, "States": first.states, "Until": last.states}

    def _commit_job_bookmark(self, request: Request) -> Reply:
        with self._lock:
            run = self._asking("CommitJobBookmark", request)
            return {"Version": self._bookmarks.commit(run.job_name, request["Version"], request["States"]).version}

    def _asking(self, call: str, request: Request) -> JobRun:
        """The run whose own process calls. Glue has no such calls, and so everybody else is told."""
        for run in self._runs:
            if run.token == request.get("Token") and not run.ended:
                if run.job_name != request["JobName"]:
                    raise jobs.invalid("Job.init", f"the job's own name {run.job_name}", request["JobName"])
                return run
        raise unsupported(self.service, call)


def detail(error: ServiceError) -> Reply:
    return {"ErrorCode": error.code, "ErrorMessage": error.message}


def without_tags(job: jobs.Definition) -> Reply:
    return {name: value for name, value in job.items() if name != "Tags"}


def page(items: Sequence[Reply], key: str, name: str, request: Request, limit: int) -> Reply:
    """One page; its token is the key of its last item, so that a run started meanwhile does not shift the next one."""
    size = request.get("MaxResults") or limit
    if not 1 <= size <= limit:
        raise jobs.invalid("MaxResults", f"1 to {limit}", size)
    start = 0
    if request.get("NextToken"):
        start = 1 + position(items, key, request["NextToken"])
    chosen = list(items[start : start + size])
    more = start + size < len(items)
    return {name: chosen, **({"NextToken": chosen[-1][key]} if more else {})}


def position(items: Sequence[Reply], key: str, token: str) -> int:
    for index, item in enumerate(items):
        if item[key] == token:
            return index
    raise jobs.invalid("NextToken", "a token of an earlier page", token)
