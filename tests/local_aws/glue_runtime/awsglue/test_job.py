from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local_aws.glue_runtime.awsglue.bookmarks import Bookmark
from local_aws.glue_runtime.awsglue.context import GlueContext
from local_aws.glue_runtime.awsglue.job import Job


@pytest.fixture
def job() -> Iterator[Job]:
    yield Job(GlueContext.__new__(GlueContext))
    Job._name = Bookmark.current = None


def test_commit_before_init_is_refused(job: Job) -> None:
    with pytest.raises(RuntimeError, match=r"Job.init\(name, args\) before it"):
        job.commit()


def test_commit_after_init_is_accepted(job: Job) -> None:
    assert not job.isInitialized()
    job.init("name", {})
    job.commit()
    assert job.isInitialized()


def test_bookmark_goes_from_init_to_commit(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = []
    monkeypatch.setattr(Bookmark, "commit", lambda bookmark: committed.append(bookmark.job_name))
    begun = "local_aws.glue_runtime.awsglue.bookmarks.begin"
    monkeypatch.setattr(begun, lambda name, args: Bookmark(name, datetime.now(UTC), 1, {}) if args else None)
    job.init("name", {"job_bookmark_option": "job-bookmark-enable"})
    job.commit()
    job.init("without bookmarks")
    job.commit()
    assert committed == ["name"]


def test_job_wants_a_glue_context() -> None:
    with pytest.raises(TypeError, match="expects a GlueContext, got str"):
        Job("context")  # type: ignore[arg-type]


def test_what_glues_job_does_not_have_is_refused(job: Job) -> None:
    with pytest.raises(AttributeError, match="reset"):
        job.reset()  # type: ignore[attr-defined]
