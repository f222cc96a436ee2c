"""Carries a run out: fetch, start, watch, end, clean up."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from local_aws.clients import local_client
from local_aws.glue_jobs import arguments, jobs
from local_aws.glue_jobs.artifacts import LaunchError, fetch_py_files, fetch_script
from local_aws.glue_jobs.logs import GROUP, LogStream
from local_aws.glue_jobs.process import TOKEN, ScriptProcess, environment
from local_aws.glue_jobs.runs import JobRun
from local_aws.principals import role_name
from local_aws.spark import spark_properties

POLL = 0.2  # seconds between looks at a run: its end, a stop, its deadline
SHIP_EVERY = 5  # polls between two deliveries of its output


class Execution:
    """What every run shares; ``minute`` is the length of Timeout's minute in seconds (tests make it short)."""

    def __init__(self, endpoint_url: str, data_dir: Path, minute: float = 60.0) -> None:
        self._endpoint_url = endpoint_url
        self._data_dir = data_dir
        self.minute = minute

    def _client(self, service: str, run: JobRun) -> Any:
        """As the job's role, which fetches its code and writes its logs."""
        return local_client(service, self._endpoint_url, principal=principal(run))

    def __call__(self, run: JobRun) -> None:
        folder = (self._data_dir / "glue_jobs" / run.id).absolute()
        folder.mkdir(parents=True)
        try:
            self._carry_out(run, folder)
        except LaunchError as error:
            run.end("FAILED", str(error))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _carry_out(self, run: JobRun, folder: Path) -> None:
        s3 = self._client("s3", run)
        script = fetch_script(s3, run.settings["Command"]["ScriptLocation"], folder)
        modules = fetch_py_files(s3, arguments.extra_py_files(run.merged_arguments), folder)
        if not run.move("RUNNING"):
            run.end("STOPPED")
            return
        process = self._start(run, folder, script, modules)
        streams = self._streams(run, process)
        try:
            timed_out = self._watch(run, process, streams)
        finally:
            process.end()
            for stream in streams:
                stream.ship(final=True)
        settle(run, process, timed_out)

    def _start(self, run: JobRun, folder: Path, script: Path, modules: list[Path]) -> ScriptProcess:
        properties = spark_properties(self._endpoint_url, folder, jobs.cores(run.settings), principal=principal(run))
        properties |= arguments.spark_conf(run.merged_arguments)
        environ = environment(self._endpoint_url, folder, modules, properties, principal(run)) | {TOKEN: run.token}
        own = {"--JOB_NAME": run.job_name, "--JOB_ID": job_id(run.job_name), "--JOB_RUN_ID": run.id}
        return ScriptProcess(folder, script, arguments.script_arguments(run.merged_arguments, own), environ)

    def _streams(self, run: JobRun, process: ScriptProcess) -> list[LogStream]:
        files = {"output": process.stdout, "error": process.stderr}
        logs = self._client("logs", run)
        return [LogStream(logs, f"{GROUP}/{name}", run.id, file, run.now) for name, file in files.items()]

    def _watch(self, run: JobRun, process: ScriptProcess, streams: list[LogStream]) -> bool:
        """Until the script ended, or has to; True where its time is up."""
        polls = 0
        while not process.ended_within(POLL) and not run.stop_requested.is_set():
            if run.elapsed() > run.settings["Timeout"] * self.minute:
                return True
            polls += 1
            if polls % SHIP_EVERY == 0:
                for stream in streams:
                    stream.ship()
        return False


def principal(run: JobRun) -> str:
    return role_name(run.settings["Role"])


def settle(run: JobRun, process: ScriptProcess, timed_out: bool) -> None:
    """The run's last state, once nothing of it is left and its log is complete."""
    if timed_out:
        run.end("TIMEOUT", f"Job run exceeded its timeout of {run.settings['Timeout']} minutes")
        return
    error = process.error()
    run.end("FAILED" if error else "SUCCEEDED", error)


def job_id(job_name: str) -> str:
    """``j_`` and 64 hexadecimal digits, the same for every run of a job."""
    return f"j_{hashlib.sha256(job_name.encode()).hexdigest()}"
