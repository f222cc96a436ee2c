"""What a job bookmark says of S3 objects, and a running job's part in it. Glue's own does this in Java.

A source's state has the form of a real one: the time at which the run that left it began, and hashes of the objects
that were processed of the 15 minutes before. Objects are judged by their modification time; the hashes find those that
S3 lists later than their time says (it tells whole seconds).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from .job_executor import call

ENABLED, PAUSED, DISABLED = "job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"
BAND = timedelta(minutes=15)  # Glue's default of maxBand
MAX_FILES_IN_BAND = 1000  # Glue's default of maxFilesInBand
MILLISECOND = timedelta(milliseconds=1)

State = Mapping[str, Any]
States = Mapping[str, State]  # by transformation_ctx


@dataclass(frozen=True)
class S3Object:
    uri: str
    modified: datetime  # as S3 lists it

    @property
    def hash(self) -> str:
        return hashlib.md5(self.uri.encode(), usedforsecurity=False).hexdigest()


def processed(state: State | None, item: S3Object) -> bool:
    """Whether the object is of those that were processed when ``state`` was left; None: nothing was."""
    if state is None:
        return False
    marks = state["timestamps"]
    began = datetime.fromisoformat(marks["CURR_RUN_START_TIME"])
    if item.modified <= began - int(marks["HIGH_BAND"]) * MILLISECOND:
        return True
    return item.modified <= began and item.hash in marks["INCLUDE_LIST"].split(",")


def state_of(began: datetime, run: int, in_band: Iterable[S3Object]) -> State:
    """What a run leaves; ``in_band``: of the last minutes before it began, what is processed."""
    marks = {
        "RUN": str(run),
        "HIGH_BAND": str(BAND // MILLISECOND),
        "CURR_LATEST_PARTITION": "0",
        "CURR_LATEST_PARTITIONS": "",
        "CURR_RUN_START_TIME": began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "INCLUDE_LIST": ",".join(item.hash for item in in_band),
    }
    return {"jsonClass": "HadoopDataSourceJobBookmarkState", "timestamps": marks}


@dataclass
class Bookmark:
    """The bookmark of the run in this process. ``began`` is aware and on S3's clock: real time, also where the local
    AWS's own clock was moved.

    ``version`` is what the commit needs, None where the bookmark is paused. ``until`` are the states at the end of a
    range: what had not been processed by then does not count.
    """

    job_name: str
    began: datetime
    run: int
    states: States
    version: int | None = None
    until: States | None = None
    committed: bool = False
    read: dict[str, State] = field(default_factory=dict)  # what the commit leaves

    current: ClassVar["Bookmark | None"] = None  # Job.init's

    def new(self, context: str, listed: Sequence[S3Object], most_in_band: int = MAX_FILES_IN_BAND) -> list[S3Object]:
        """The objects of a source that this run is to read; ValueError where two sources have one context.

        Not those that came after the run began. Nor, of the last 15 minutes, more than the state can hold: the next
        run reads the rest.
        """
        if context in self.read:
            raise ValueError(f"expected a transformation_ctx for each source, got {context!r} twice")
        done, new = self._divided(context, [item for item in listed if item.modified <= self.began])
        floor = self.began - BAND
        known = [item for item in done if item.modified > floor]
        recent = sorted((item for item in new if item.modified > floor), key=lambda item: (item.modified, item.uri))
        taken = recent[: max(0, most_in_band - len(known))]
        self.read[context] = state_of(self.began, self.run, [*known, *taken])
        return [*(item for item in new if item.modified <= floor), *taken]

    def _divided(self, context: str, items: Sequence[S3Object]) -> tuple[list[S3Object], list[S3Object]]:
        """What is processed already, and what is new."""
        before = self.states.get(context)
        done = [item for item in items if processed(before, item)]
        new = [item for item in items if not processed(before, item)]
        if self.until is not None:
            end = self.until.get(context)
            new = [item for item in new if processed(end, item)]
        return done, new

    def commit(self) -> None:
        """Leaves the states of all sources read; JobExecutorError where the bookmark has changed since ``begin``."""
        if self.version is None:
            return
        if self.committed:
            raise RuntimeError("the local stand-in of Job commits a bookmark once per run, and it is committed already")
        call("CommitJobBookmark", JobName=self.job_name, Version=self.version, States=self.read)
        self.committed = True


def begin(job_name: str, args: Mapping[str, str | None]) -> Bookmark | None:
    """The bookmark that a run's ``args`` (of getResolvedOptions) ask for, or None."""
    option = args.get("job_bookmark_option") or DISABLED
    if option not in (ENABLED, PAUSED, DISABLED):
        raise ValueError(f"job_bookmark_option expects {ENABLED}, {PAUSED} or {DISABLED}, got {option!r}")
    if option == DISABLED:
        return None
    now = datetime.now(UTC)
    limits = {"From": args.get("job_bookmark_from"), "To": args.get("job_bookmark_to")}
    found = call("BeginJobBookmark", JobName=job_name, Paused=option == PAUSED, **limits)
    began = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return Bookmark(job_name, began, found["Run"], found["States"], found.get("Version"), found.get("Until"))
