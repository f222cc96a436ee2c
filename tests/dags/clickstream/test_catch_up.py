"""Catch-up against the local AWS, with days built without Spark. The whole job: tests/end_to_end/test_catch_up.py."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from clickstream import audit, catch_up, layout
from clickstream.catalog import PublicationRefused
from clickstream.catch_up import CatchUp, CatchUpFailed
from clickstream.ledger import InputObject, Ledger
from clickstream.publication import publish, release, rollback, withdraw
from clickstream.runs import RefusedRun, register_partition, require_partition
from clickstream.settings import limits
from clickstream.unprocessed import listed_days
from clickstream.verification import WrongPublication
from local_aws.athena.insert import MAX_PARTITIONS
from tests.dags.clickstream.builders import ledger
from tests.dags.clickstream.test_audit import history
from tests.dags.clickstream.test_late_rows import FIFTH, FOURTH, THIRD, put_rows, shown

NOW = datetime(2024, 12, 20, tzinfo=UTC)


class Deployment:
    """Raw objects, each the ids of its events by the day on which they happened; and a job that builds days of them."""

    def __init__(self, catalog) -> None:
        self.catalog = catalog
        self.events: dict[str, Mapping[date, Sequence[str]]] = {}
        self.runs = 0
        self.built: list[date] = []
        self.told: list[str] = []
        self.counted: list[int] = []
        self.refused: dict[date, str] = {}
        self.torn: set[date] = set()  # days whose files will not be what their ledgers say
        self.meanwhile: dict[date, Any] = {}  # what somebody else does while a day is built

    def land(self, arrived: date, name: str, events: Mapping[date, Sequence[str]]) -> str:
        key = f"{layout.raw_prefix(arrived)}hour=07/{name}.gz"
        body = repr(sorted(events.items())).encode()
        self.catalog.s3.put_object(Bucket=self.catalog.settings.name("raw_bucket"), Key=key, Body=body)
        self.events[key] = events
        return key

    def catch_up(self, now: datetime = NOW):
        self.runs += 1
        self.built.clear()
        self.told.clear()
        given = {"max_quarantined_share": 0.05, "count": self.counted.append}
        return CatchUp(self.catalog, self.build, self.told.append, **given).run(now)

    def build(self, day: date) -> Ledger:
        self.built.append(day)
        if day in self.refused:
            raise RefusedRun(self.refused[day])
        listed = dict(listed_days(self.catalog.list_objects("raw_bucket", layout.raw_prefix(day))))[day]
        run = layout.run_id(day, f"jr_{self.runs}")
        ids: dict[date, list[str]] = {}
        for key, _ in sorted(listed):
            for happened, events in self.events[key].items():
                ids.setdefault(happened, []).extend(events)
        files = [put_rows(self.catalog, run, day, happened, events) for happened, events in ids.items()]
        made = self._ledger(run, day, ids, files, listed)
        if day in self.torn:
            put_rows(self.catalog, run, day, day, ids[day][:-1])
        self.meanwhile.pop(day, lambda: None)()
        return made

    def _ledger(self, run, day, ids, files, listed) -> Ledger:
        per_day = {str(happened): len(events) for happened, events in ids.items()}
        total = sum(per_day.values())
        made = ledger(
            run_id=run, arrival_day=str(day), written_at=f"2024-12-{10 + self.runs}", lines=total, blank=0,
            duplicates=0, accepted=total, main_rows=per_day.get(str(day), 0), rows_per_event_day=per_day,
            files=tuple(files), inputs=tuple(InputObject(key, 1, etag, 1) for key, etag in sorted(listed)),
        )  # fmt: skip
        self.catalog.s3.put_object(
            Bucket=self.catalog.settings.name("work_bucket"), Key=layout.ledger_key(run), Body=made.to_json().encode()
        )
        return made

    def main(self, day: date) -> str | None:
        line = self.catalog.current_snapshot().of_kind("main", day)
        return line and line.run_id


FEW = ("rows", "rows_beyond_ledger", "repeated_event_ids")  # Athena takes a second for all of them


@pytest.fixture(autouse=True)
def few_checks(monkeypatch):
    every = audit.checks_of

    def few(*about):
        return [one for one in every(*about) if one.name in FEW]

    monkeypatch.setattr(audit, "checks_of", few)


@pytest.fixture
def job(catalog) -> Deployment:
    made = Deployment(catalog)
    made.land(THIRD, "a", {THIRD: ["a"]})
    made.land(FIFTH, "b", {FIFTH: ["b"], THIRD: ["late"]})
    return made


ALL = {"2024-12-03": ["a", "late"], "2024-12-05": ["b"]}


def test_every_closed_day_with_unprocessed_objects_is_published_in_one_commit(job):
    before = job.catalog.published_table()["StorageDescriptor"]["Location"]
    done = job.catch_up()
    assert job.built == [THIRD, FIFTH]
    assert shown(job.catalog) == ALL
    head = job.catalog.s3.head_object(
        Bucket=job.catalog.settings.name("work_bucket"), Key=layout.snapshot_key(done.publication_id)
    )
    assert before.endswith(f"{head['Metadata']['replaces']}/")
    assert job.told[0] == "2 closed arrival days have unprocessed raw objects"
    assert job.counted == [2]


def test_a_second_run_does_nothing(job):
    done = job.catch_up()
    location = job.catalog.published_table()["StorageDescriptor"]["Location"]
    assert job.catch_up() is None
    assert job.built == []
    assert done.publication_id in location
    assert job.catalog.published_table()["StorageDescriptor"]["Location"] == location
    assert job.told == ["0 closed arrival days have unprocessed raw objects"]


@pytest.mark.slow
def test_only_the_day_for_which_something_landed_is_built_again_and_whole(job):
    job.catch_up()
    job.land(THIRD, "b", {THIRD: ["x"]})
    job.catch_up()
    assert job.built == [THIRD]
    assert shown(job.catalog) == {"2024-12-03": ["a", "late", "x"], "2024-12-05": ["b"]}


@pytest.mark.slow
def test_an_open_day_is_left_until_it_is_closed(job):
    job.catch_up(now=layout.closes_at(THIRD))
    assert (job.built, shown(job.catalog)) == ([THIRD], {"2024-12-03": ["a"]})
    job.catch_up()
    assert (job.built, shown(job.catalog)) == ([FIFTH], ALL)


@pytest.mark.slow
def test_every_check_of_the_dag_is_made_and_recorded(job, monkeypatch):
    monkeypatch.undo()
    job.catch_up()
    for day in (THIRD, FIFTH):
        (document,) = history(job.catalog, job.main(day))
        assert len(document["checks"]) > 20
        assert "fail" not in {check["verdict"] for check in document["checks"]}


@pytest.mark.slow
def test_a_day_that_fails_its_checks_stays_as_it_was_and_the_others_are_published(job):
    job.catch_up()
    job.land(THIRD, "b", {THIRD: ["x"]})
    job.land(FOURTH, "c", {FOURTH: ["c"]})
    job.torn = {THIRD}
    with pytest.raises(CatchUpFailed, match="1 of 2 days failed: 2024-12-03: .* checks of 2024-12-03-jr_2 failed.*"
                       "rows_beyond_ledger is -1.0, expected 0"):  # fmt: skip
        job.catch_up()
    assert shown(job.catalog) == ALL | {"2024-12-04": ["c"]}
    assert [one["verdict"] for one in history(job.catalog, "2024-12-03-jr_2")[0]["checks"]].count("fail") > 0
    assert any(line.startswith("not published: 2024-12-03: ") for line in job.told)


@pytest.mark.slow
def test_a_failed_run_followed_by_a_good_one_loses_and_doubles_nothing(job):
    """The job succeeded, a check failed, the date is run again: the day is never emptied."""
    job.catch_up()
    job.land(THIRD, "b", {THIRD: ["x"]})
    job.torn = {THIRD}
    for _ in range(2):
        with pytest.raises(CatchUpFailed):
            job.catch_up()
        assert shown(job.catalog) == ALL
    job.torn = set()
    job.catch_up()
    assert (job.built, shown(job.catalog)) == ([THIRD], ALL | {"2024-12-03": ["a", "late", "x"]})


def test_a_day_that_the_job_refuses_stays_as_it_was_and_the_others_are_published(job):
    job.refused = {THIRD: "too many quarantined"}
    with pytest.raises(CatchUpFailed, match="1 of 2 days failed: 2024-12-03: too many quarantined"):
        job.catch_up()
    assert shown(job.catalog) == {"2024-12-03": ["late"], "2024-12-05": ["b"]}


def test_where_every_day_fails_nothing_is_published(job):
    job.refused = {THIRD: "no", FIFTH: "neither"}
    before = job.catalog.published_table()["StorageDescriptor"]["Location"]
    with pytest.raises(CatchUpFailed, match="2 of 2 days failed: 2024-12-03: no | 2024-12-05: neither"):
        job.catch_up()
    assert job.catalog.published_table()["StorageDescriptor"]["Location"] == before
    assert job.counted == []


@pytest.mark.slow
def test_a_crash_in_the_middle_leaves_nothing_visible_and_nothing_undone(job):
    def crash():
        raise KeyboardInterrupt

    job.meanwhile = {FIFTH: crash}
    with pytest.raises(KeyboardInterrupt):
        job.catch_up()
    assert shown(job.catalog) == {}
    job.catch_up()
    assert (job.built, shown(job.catalog)) == ([THIRD, FIFTH], ALL)


@pytest.mark.slow
@pytest.mark.parametrize("put_aside", ["rolled back", "withdrawn"])
def test_a_day_that_an_operator_put_aside_is_left_alone_until_it_is_released(job, put_aside):
    job.catch_up()
    rollback(job.catalog, FIFTH, job.main(FIFTH)) if put_aside == "rolled back" else withdraw(job.catalog, FIFTH)
    job.land(FIFTH, "c", {FIFTH: ["c"]})
    assert job.catch_up() is None
    release(job.catalog, FIFTH)
    job.catch_up()
    assert shown(job.catalog) == ALL | {"2024-12-05": ["b", "c"]}


@pytest.mark.slow
def test_a_day_that_is_put_aside_while_it_is_built_is_left_alone(job):
    job.catch_up()
    job.land(FIFTH, "c", {FIFTH: ["c"]})
    job.meanwhile = {FIFTH: lambda: withdraw(job.catalog, FIFTH)}
    job.catch_up()
    assert job.built == [FIFTH]
    assert shown(job.catalog) == {"2024-12-03": ["a"]}
    assert "2024-12-05: was pinned or published by somebody else meanwhile: left alone" in job.told
    assert job.counted == [2, 0]


def test_a_day_that_somebody_else_publishes_while_it_is_built_is_left_alone(job):
    """The daily DAG's run of it, of the same objects and later: no reason to fail the others."""
    other = Deployment(job.catalog)
    other.events, other.runs = job.events, 7

    def publish_it():
        run = other.build(FIFTH).run_id
        register_partition(job.catalog, FIFTH)
        publish(job.catalog, {FIFTH: run})

    job.meanwhile = {FIFTH: publish_it}
    job.catch_up()
    assert (job.main(THIRD), job.main(FIFTH)) == ("2024-12-03-jr_1", "2024-12-05-jr_7")
    assert shown(job.catalog) == ALL


@pytest.mark.slow
def test_an_object_that_lands_while_its_day_is_built_is_found_by_the_next_run(job):
    job.meanwhile = {FIFTH: lambda: job.land(FIFTH, "c", {FIFTH: ["c"]})}
    job.catch_up()
    assert shown(job.catalog) == ALL
    job.catch_up()
    assert (job.built, shown(job.catalog)) == ([FIFTH], ALL | {"2024-12-05": ["b", "c"]})


def test_a_published_object_that_changed_is_a_failure_and_costs_no_run(job):
    key = job.land(THIRD, "a", {THIRD: ["a"]})
    job.catch_up()
    job.land(THIRD, "a", {THIRD: ["other"]})
    with pytest.raises(
        CatchUpFailed, match=f"2024-12-03: 1 raw objects that the published run .* gone or changed.*{key}"
    ):
        job.catch_up()
    assert (job.built, shown(job.catalog)) == ([], ALL)


def test_a_publication_that_is_wrong_fails_the_run(job, monkeypatch):
    def wrong(*_):
        raise WrongPublication("so it is")

    monkeypatch.setattr(catch_up.verification, "verify", wrong)
    with pytest.raises(WrongPublication):
        job.catch_up()


def test_a_day_without_rows_of_its_own_needs_no_partition(catalog):
    """Its only event happened two days before."""
    job = Deployment(catalog)
    job.land(FIFTH, "b", {THIRD: ["late"]})
    job.catch_up()
    assert shown(catalog) == {"2024-12-03": ["late"]}
    with pytest.raises(PublicationRefused, match="is not registered"):
        require_partition(catalog, FIFTH)


def test_a_long_backlog_is_published_in_commits_that_athena_can_merge(job, monkeypatch):
    monkeypatch.setattr(catch_up, "DAYS_AT_ONCE", 2)
    job.land(FOURTH, "late", {FOURTH: ["y"], THIRD: ["y-late"]})
    job.land(FIFTH, "late", {FIFTH: ["z"], THIRD: ["z-late"]})
    job.catch_up()
    assert job.counted == [2, 1]
    assert {"y-late", "z-late"} < set(shown(job.catalog)["2024-12-03"])


def test_a_commit_of_catch_up_touches_fewer_days_than_athena_writes_partitions():
    assert catch_up.DAYS_AT_ONCE + limits().max_lateness_days < MAX_PARTITIONS
