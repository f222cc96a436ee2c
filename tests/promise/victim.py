"""The process that forks victims: it imports and connects once, so that each starts within milliseconds.

Reads orders from its input, one JSON a line: the ``task`` and its arguments. Per order it answers two lines: the id of
the process that it forked, and a JSON of how that one ended (`victims.Outcome`).
"""

import json
import os
import sys
import time
import types
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import boto3
import botocore.endpoint
from botocore.config import Config

from clickstream import janitor, publication
from clickstream.catalog import Catalog, connect
from clickstream.catch_up import CatchUp
from clickstream.ledger import Ledger
from clickstream.settings import read_settings
from tests.promise import in_process
from tests.promise.daily_run import MAX_QUARANTINED_SHARE, DailyRun
from tests.promise.overwriting import overwrite_day

HASTE = 0.01  # botocore's pauses between its repeats of a call are shortened to this share


def run_daily(catalog: Catalog, day: str, job_run_id: str, tries: int = 1, repeats: bool = True) -> None:
    """``repeats``: botocore repeats calls, as in production."""
    job_s3 = _job_s3()
    if not repeats:
        catalog = _impatient(catalog)
        job_s3 = catalog.s3
    DailyRun(catalog, job_s3, date.fromisoformat(day), job_run_id, tries)()


def _impatient(catalog: Catalog) -> Catalog:
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    glue, s3, athena = (boto3.client(name, config=once) for name in ("glue", "s3", "athena"))
    return Catalog(glue, s3, athena, catalog.settings)


def run_rollback(catalog: Catalog, day: str, run: str) -> None:
    publication.rollback(catalog, date.fromisoformat(day), run)


def run_janitor(catalog: Catalog, now: str) -> None:
    janitor.clean(catalog, datetime.fromisoformat(now), apply=True)


def run_catch_up(catalog: Catalog, job_run_id: str, now: str) -> None:
    """The Glue job without arguments; its bookmark, which only hints, is left out."""
    job = replace(catalog, s3=_job_s3())

    def build(day: date) -> Ledger:
        return catalog.read_ledger(in_process.run_day(job, day, job_run_id))

    CatchUp(catalog, build, lambda text: None, MAX_QUARANTINED_SHARE).run(datetime.fromisoformat(now))


TASKS: dict[str, Callable[..., None]] = {
    "daily_run": run_daily,
    "overwrite": overwrite_day,
    "catch_up": run_catch_up,
    "rollback": run_rollback,
    "janitor": run_janitor,
}


def _job_s3() -> Any:
    """The Glue job's own client, with boto3's defaults."""
    return boto3.client("s3")


def hasten_retries() -> None:
    """botocore repeats a call as often as ever, but waits less in between."""
    botocore.endpoint.time = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * HASTE))


def limit_publications(deadline: float) -> None:
    """Gives publications another default deadline (seconds)."""
    for function in (publication.commit, publication.publish, publication.rollback):
        function.__defaults__ = (deadline, *(function.__defaults__ or ())[1:])


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whoever else prints must not answer
    hasten_retries()
    catalog = connect(read_settings())
    for line in sys.stdin:
        order = json.loads(line)
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            limit_publications(order.pop("deadline"))
            _live_and_report(TASKS[order.pop("task")], catalog, order, theirs)
        os.close(theirs)
        print(pid, file=answers)
        with os.fdopen(ours) as reader:
            report = json.loads(reader.read() or "{}")
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"error": "", "message": "", **report, "killed": os.WIFSIGNALED(status)}), file=answers)


def _live_and_report(task: Callable[..., None], catalog: Catalog, arguments: dict[str, Any], reports: int) -> None:
    report = {}
    try:
        task(catalog, **arguments)
    except BaseException as error:
        kind = type(error)
        report = {"error": f"{kind.__module__}.{kind.__qualname__}", "message": str(error)}
    finally:
        os.write(reports, json.dumps(report).encode())
        os._exit(0)


if __name__ == "__main__":
    main()
