"""``awsglue.job``: the start and the end of a job. What Glue's own keeps here are the bookmarks; see ``bookmarks``."""

from collections.abc import Mapping
from typing import ClassVar

from . import bookmarks
from .context import GlueContext


class Job:
    """One per process, as in Glue; RuntimeError where ``commit`` comes before ``init``.

    ``init`` takes the bookmark's state as the last commit left it, ``commit`` leaves the new one, at once: whatever
    becomes of the run afterwards. Sources created before ``init`` have no bookmark.
    """

    _name: ClassVar[str | None] = None

    def __init__(self, glue_context: GlueContext) -> None:
        if not isinstance(glue_context, GlueContext):
            raise TypeError(f"Job expects a GlueContext, got {type(glue_context).__name__}")

    def init(self, job_name: str, args: Mapping[str, str | None] | None = None) -> None:
        bookmarks.Bookmark.current = bookmarks.begin(job_name, args or {})
        Job._name = job_name

    def isInitialized(self) -> bool:
        return Job._name is not None

    def commit(self) -> None:
        if not self.isInitialized():
            raise RuntimeError("Job.commit() expects Job.init(name, args) before it")
        if bookmarks.Bookmark.current:
            bookmarks.Bookmark.current.commit()
