"""Which objects are new, by the documented example and at each boundary; the calls of a run are stood in for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.glue_runtime.awsglue import bookmarks
from local_aws.glue_runtime.awsglue.bookmarks import BAND, Bookmark, S3Object, processed, state_of

T1 = datetime(2024, 12, 25, 10, 0, 0, 613_000, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)
SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)


def s3_object(modified: datetime, name: str = "object") -> S3Object:
    return S3Object(f"s3://raw/events/{name}", modified)


def bookmark(began: datetime = T1, states: dict[str, Any] | None = None, **fields: Any) -> Bookmark:
    """The bookmark of a run that began then."""
    return Bookmark("job", began, run=1, states=states or {}, **fields)


def names(items: list[S3Object]) -> list[str]:
    return sorted(item.uri.rpartition("/")[2] for item in items)


def after(began: datetime, *items: S3Object) -> dict[str, Any]:
    """The states after a run that began then and saw the objects."""
    run = bookmark(began)
    run.new("source", items)
    return dict(run.read)


def test_first_run_takes_everything_up_to_its_begin() -> None:
    items = [s3_object(T1 - timedelta(days=9), "old"), s3_object(T1, "now"), s3_object(T1 + MILLISECOND, "later")]
    assert names(bookmark().new("source", items)) == ["now", "old"]


def test_documented_example_finds_late_listed_objects_and_no_other_twice() -> None:
    """The figure of Glue's developer guide: F4' and F5' belong before T1 and were not listed then."""
    within = T1 - BAND / 2
    seen = [s3_object(T1 - BAND - SECOND, "F2"), s3_object(within, "F4"), s3_object(T1, "F5")]
    late = [s3_object(within, "F4'"), s3_object(T1, "F5'")]
    fresh = [s3_object(T1 + SECOND, "F7"), s3_object(T2 - SECOND, "F9"), s3_object(T2, "F10")]
    again = bookmark(T2, after(T1, *seen))
    assert names(again.new("source", [*seen, *late, *fresh])) == ["F10", "F4'", "F5'", "F7", "F9"]


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        pytest.param(T1 - BAND, True, id="before the last minutes: done, listed or not"),
        pytest.param(T1 - BAND + MILLISECOND, False, id="in the last minutes and not in the list"),
        pytest.param(T1, False, id="at the begin and not in the list"),
    ],
)
def test_unlisted_object_is_done_only_where_the_listing_is_sure(modified: datetime, expected: bool) -> None:
    assert processed(after(T1)["source"], s3_object(modified)) is expected


def test_listed_object_is_done_until_it_is_written_again() -> None:
    state = after(T1, s3_object(T1 - SECOND))["source"]
    assert processed(state, s3_object(T1 - SECOND))
    assert processed(state, s3_object(T1))
    assert not processed(state, s3_object(T1 + MILLISECOND))


def test_nothing_is_done_without_a_state() -> None:
    assert not processed(None, s3_object(T1 - timedelta(days=9)))


def test_object_stays_done_over_runs_in_quick_succession() -> None:
    item = s3_object(T1 - SECOND)
    states = after(T1, item)
    for minutes in range(2, 40, 4):
        run = bookmark(T1 + timedelta(minutes=minutes), states)
        assert run.new("source", [item]) == []
        states = dict(run.read)


def test_sources_do_not_know_of_each_other() -> None:
    item = s3_object(T1 - timedelta(days=1))
    assert names(bookmark(T2, after(T1, item)).new("other", [item])) == ["object"]


def test_two_sources_of_one_context_are_refused() -> None:
    run = bookmark()
    run.new("source", [])
    with pytest.raises(ValueError, match="a transformation_ctx for each source, got 'source' twice"):
        run.new("source", [])


def test_objects_beyond_what_a_state_holds_wait_for_the_next_run() -> None:
    """The oldest go first: Glue does not say which do."""
    recent = [s3_object(T1 - age * SECOND, f"recent-{age}-s") for age in (9, 10, 8, 11, 7)]
    old = [s3_object(T1 - timedelta(days=1), f"old-{n}") for n in range(2)]
    run = bookmark(T1)
    found = run.new("source", [*recent, *old], most_in_band=3)
    assert names(found) == ["old-0", "old-1", "recent-10-s", "recent-11-s", "recent-9-s"]
    soon = bookmark(T1 + SECOND, dict(run.read))
    assert names(soon.new("source", [*recent, *old], most_in_band=4)) == ["recent-8-s"]
    later = bookmark(T2, dict(soon.read))
    assert names(later.new("source", [*recent, *old])) == ["recent-7-s"]


def test_state_has_the_form_of_a_real_one() -> None:
    state = state_of(T1, 3, [s3_object(T1, "a"), s3_object(T1, "b")])
    assert state["jsonClass"] == "HadoopDataSourceJobBookmarkState"
    marks = state["timestamps"]
    assert (marks["RUN"], marks["HIGH_BAND"], marks["CURR_RUN_START_TIME"]) == (
        "3",
        "900000",
        "2024-12-25T10:00:00.613Z",
    )
    assert [len(hashed) for hashed in marks["INCLUDE_LIST"].split(",")] == [32, 32]


def test_range_is_what_the_later_run_had_and_the_earlier_had_not() -> None:
    first, second, third = (s3_object(T1 + n * timedelta(hours=1), str(n)) for n in range(3))
    earlier, later = after(first.modified, first), after(second.modified, first, second)
    run = bookmark(T2 + timedelta(days=1), earlier, until=later)
    assert names(run.new("source", [first, second, third])) == ["1"]
    assert bookmark(T2, earlier, until={}).new("source", [first, second, third]) == []


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the run calls; it is told that its version is 7."""
    made: list[tuple[str, dict[str, Any]]] = []

    def call(operation: str, **members: Any) -> dict[str, Any]:
        made.append((operation, members))
        return {"Run": 2, "States": {}, **({} if members.get("Paused") else {"Version": 7})}

    monkeypatch.setattr(bookmarks, "call", call)
    return made


def test_enabled_bookmark_is_committed_once_with_the_version_of_its_begin(calls: list[Any]) -> None:
    run = bookmarks.begin("job", {"job_bookmark_option": "job-bookmark-enable"})
    assert run is not None
    run.new("source", [])
    run.commit()
    assert calls[1] == ("CommitJobBookmark", {"JobName": "job", "Version": 7, "States": run.read})
    assert run.read["source"]["timestamps"]["RUN"] == "2"
    with pytest.raises(RuntimeError, match="committed already"):
        run.commit()


def test_paused_bookmark_begins_and_commits_nothing(calls: list[Any]) -> None:
    limits = {"job_bookmark_from": "jr_1", "job_bookmark_to": "jr_2"}
    run = bookmarks.begin("job", {"job_bookmark_option": "job-bookmark-pause", **limits})
    assert run is not None
    run.commit()
    assert calls == [("BeginJobBookmark", {"JobName": "job", "Paused": True, "From": "jr_1", "To": "jr_2"})]


@pytest.mark.parametrize("args", [{}, {"job_bookmark_option": None}, {"job_bookmark_option": "job-bookmark-disable"}])
def test_run_that_asks_for_no_bookmark_has_none(calls: list[Any], args: dict[str, str | None]) -> None:
    assert bookmarks.begin("job", args) is None
    assert calls == []


def test_option_that_does_not_exist_is_refused(calls: list[Any]) -> None:
    with pytest.raises(ValueError, match="expects job-bookmark-enable, job-bookmark-pause or .*, got 'on'"):
        bookmarks.begin("job", {"job_bookmark_option": "on"})


def test_begin_is_now_in_real_time_and_whole_milliseconds(calls: list[Any]) -> None:
    run = bookmarks.begin("job", {"job_bookmark_option": "job-bookmark-enable"})
    assert run is not None
    assert abs(datetime.now(UTC) - run.began) < timedelta(minutes=1)
    assert run.began.microsecond % 1000 == 0
