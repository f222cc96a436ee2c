"""Job bookmarks: what of each source a job's runs have processed, with the numbers that Glue keeps beside it.

Only runs with ``job-bookmark-enable`` write here: when they begin (Job.init) and when they commit. Either makes a new
version, and a commit is taken only while the version is still the one of the run's own begin: where two runs overlap,
the one that began first fails at its commit, as in Glue. What a state says is the job process's affair
(``awsglue.bookmarks``). Nothing here locks; the engine does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local_aws.errors import ServiceError

States = Mapping[str, Any]  # by transformation_ctx


@dataclass(frozen=True)
class Entry:
    """A job's bookmark as a begin, a commit or a reset left it.

    ``run`` is the number of the run that goes on or comes next, from 1: each commit adds one. ``attempt`` is how many
    runs in a row began before for that number and never committed.
    """

    job_name: str
    version: int = 0
    run: int = 1
    attempt: int = 0
    run_id: str | None = None
    previous_run_id: str | None = None  # the last that had committed before
    states: States = field(default_factory=dict)
    committed: bool = True  # False: begun only

    def describe(self) -> dict[str, Any]:
        """GetJobBookmark's ``JobBookmarkEntry``."""
        ids = {"PreviousRunId": self.previous_run_id, "RunId": self.run_id}
        return {
            "JobName": self.job_name,
            "Version": self.version,
            "Run": self.run,
            "Attempt": self.attempt,
            **{name: value for name, value in ids.items() if value is not None},
            "JobBookmark": json.dumps(self.states, separators=(",", ":")),
        }


class Bookmarks:
    """The bookmarks of all jobs, with their pasts."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}  # oldest first

    def find(self, job_name: str, run_id: str | None = None) -> Entry:
        """The newest entry, or the newest of a run: what had been committed up to and including it.

        EntityNotFoundException where no run of the job, or not that one, ever began with bookmarks enabled.
        """
        for entry in reversed(self._entries.get(job_name, [])):
            if run_id in (None, entry.run_id):
                return entry
        which = f" and run {run_id}" if run_id else ""
        raise ServiceError("EntityNotFoundException", f"Continuation for job {job_name}{which} not found")

    def latest(self, job_name: str) -> Entry:
        """The newest entry, or an empty one: a job's first run has nothing to find."""
        return self._entries[job_name][-1] if job_name in self._entries else Entry(job_name)

    def begin(self, job_name: str, run_id: str) -> Entry:
        """The new entry of a run: its states are where the run goes on, its version is needed for the commit."""
        last = self.latest(job_name)
        return self._add(
            replace(
                last,
                version=last.version + 1,
                attempt=0 if last.committed else last.attempt + 1,
                run_id=run_id,
                previous_run_id=last.run_id if last.committed else last.previous_run_id,
                committed=False,
            )
        )

    def commit(self, job_name: str, version: int, states: States) -> Entry:
        """All of a run's states at once, over those of the sources that it did not read.

        VersionMismatchException where another run began or the bookmark was reset since the run's begin.
        """
        last = self.find(job_name)
        if version != last.version:
            found = f"Expected version {version} but found version {last.version}"
            raise ServiceError(
                "VersionMismatchException", f"Continuation update failed due to version mismatch. {found}"
            )
        merged = {**last.states, **states}
        return self._add(replace(last, version=version + 1, run=last.run + 1, attempt=0, states=merged, committed=True))

    def reset(self, job_name: str, run_id: str | None = None) -> Entry:
        """Back to nothing, or to what a run left: the next run processes all that came after it once more."""
        states = self.find(job_name, run_id).states if run_id else {}
        last = self.find(job_name)
        return self._add(Entry(job_name, last.version + 1, last.run, run_id=run_id, states=states))

    def drop(self, job_name: str) -> None:
        """A deleted job has no bookmark."""
        self._entries.pop(job_name, None)

    def _add(self, entry: Entry) -> Entry:
        self._entries.setdefault(entry.job_name, []).append(entry)
        return entry
