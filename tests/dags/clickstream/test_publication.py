"""Publication against the local AWS: S3 and the Glue catalog answer, nothing is mocked but failures."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from botocore.exceptions import ClientError

from clickstream import layout, publication
from clickstream.ledger import InputObject, OutputFile
from clickstream.publication import Catalog, PublicationConflict, PublicationRefused, publish, withdraw
from clickstream.settings import table
from clickstream.snapshots import Line, Snapshot
from tests.dags.clickstream.builders import ledger

DAY = date(2024, 12, 25)
HOUR = "events/year=2024/month=12/day=25/hour=07/"


def finished_run(catalog: Catalog, day: date = DAY, name: str = "jr_1", objects: str = "a", **changes) -> str:
    """A run as the Glue job leaves it: its file, its partition, its ledger (inputs: one object per letter)."""
    run = layout.run_id(day, name)
    file = OutputFile(layout.main_key(run, 0), str(day), 8, 1000)
    inputs = tuple(InputObject(f"{HOUR}{letter}.gz", 100, f"etag-{letter}", 10) for letter in objects)
    made = ledger(
        run_id=run, arrival_day=str(day), files=(file,), rows_per_event_day={str(day): 8}, inputs=inputs, **changes
    )
    catalog.s3.put_object(Bucket=catalog.settings.name("processed_bucket"), Key=file.key, Body=b"parquet")
    catalog.s3.put_object(
        Bucket=catalog.settings.name("work_bucket"), Key=layout.ledger_key(run), Body=made.to_json().encode()
    )
    register_partition(catalog, day)
    return run


def register_partition(catalog: Catalog, day: date) -> None:
    where = {"DatabaseName": catalog.settings.name("database"), "TableName": table("generations")}
    found = catalog.glue.get_table(DatabaseName=where["DatabaseName"], Name=where["TableName"])["Table"]
    location = catalog.settings.processed_uri + layout.partition_path(day)
    descriptor = {**found["StorageDescriptor"], "Location": location}
    partition = {"Values": list(layout.partition_values(day)), "StorageDescriptor": descriptor}
    catalog.glue.batch_create_partition(**where, PartitionInputList=[partition])


def visible(catalog: Catalog, day: date = DAY) -> tuple[str, ...]:
    return catalog.current_snapshot().visible_generations(day)


def point_at(catalog: Catalog, snapshot: Snapshot) -> None:
    """Makes a snapshot current, whatever is in it."""
    location = publication._write_snapshot(catalog, f"made-{len(snapshot.lines)}", snapshot)
    assert publication._commit(catalog, catalog.published_table(), location)


def test_a_published_run_is_visible(catalog):
    run = finished_run(catalog)
    done = publish(catalog, {DAY: run})
    assert visible(catalog) == (run,)
    assert done.touched == {DAY}


def test_a_later_run_takes_the_place_of_the_earlier(catalog):
    first, second = finished_run(catalog, name="jr_1"), finished_run(catalog, name="jr_2", written_at="2024-12-27")
    publish(catalog, {DAY: first})
    publish(catalog, {DAY: second})
    assert visible(catalog) == (second,)


def test_publishing_again_changes_nothing(catalog):
    run = finished_run(catalog)
    first = publish(catalog, {DAY: run})
    assert publish(catalog, {DAY: run}).publication_id == first.publication_id


def test_several_days_become_visible_in_one_publication(catalog):
    runs = {day: finished_run(catalog, day) for day in (DAY, DAY + timedelta(days=1))}
    publish(catalog, runs)
    assert [visible(catalog, day) for day in runs] == [(run,) for run in runs.values()]


def test_the_live_rows_of_the_coming_days_are_visible(catalog):
    publish(catalog, {DAY: finished_run(catalog)})
    (today,) = {line.day for line in catalog.current_snapshot().lines if line.kind == "live"} & {
        str(date.today())  # noqa: DTZ011  only whether there is one
    }
    assert today


def test_older_snapshots_stay_as_they_were(catalog):
    first, second = finished_run(catalog, name="jr_1"), finished_run(catalog, name="jr_2", written_at="2024-12-27")
    publish(catalog, {DAY: first})
    location = catalog.published_table()["StorageDescriptor"]["Location"]
    publish(catalog, {DAY: second})
    assert catalog.snapshot_at(location).visible_generations(DAY) == (first,)


def test_an_unregistered_partition_is_refused_before_anything_changes(catalog):
    run = finished_run(catalog)
    catalog.glue.delete_partition(
        DatabaseName=catalog.settings.name("database"),
        TableName=table("generations"),
        PartitionValues=list(layout.partition_values(DAY)),
    )
    with pytest.raises(PublicationRefused, match="year=2024/month=12/day=25/ is not registered.*crawler"):
        publish(catalog, {DAY: run})
    assert visible(catalog) == ()


def test_a_file_that_is_gone_is_named_before_anything_changes(catalog):
    run = finished_run(catalog)
    key = layout.main_key(run, 0)
    catalog.s3.delete_object(Bucket=catalog.settings.name("processed_bucket"), Key=key)
    with pytest.raises(PublicationRefused, match=f"{key} of run {run} is gone"):
        publish(catalog, {DAY: run})
    assert visible(catalog) == ()


def test_a_run_that_lacks_a_published_object_is_refused(catalog):
    publish(catalog, {DAY: finished_run(catalog, name="jr_2", objects="ab")})
    late = finished_run(catalog, name="jr_1", objects="a", written_at="2024-12-28")
    with pytest.raises(PublicationRefused, match="lacks 1 raw objects.*b.gz: something newer is out"):
        publish(catalog, {DAY: late})


def test_of_two_runs_over_the_same_objects_the_later_wins_whoever_comes_last(catalog):
    older = finished_run(catalog, name="jr_1", written_at="2024-12-26T01:00:00+00:00")
    newer = finished_run(catalog, name="jr_2", written_at="2024-12-26T02:00:00+00:00")
    publish(catalog, {DAY: newer})
    with pytest.raises(PublicationRefused, match="is older than the published run"):
        publish(catalog, {DAY: older})
    assert visible(catalog) == (newer,)


def test_a_retired_run_is_refused(catalog):
    run = finished_run(catalog)
    point_at(catalog, Snapshot(frozenset({Line(str(DAY), "retired", run, run)})))
    with pytest.raises(PublicationRefused, match="is retired: its files may be gone"):
        publish(catalog, {DAY: run})


def test_a_snapshot_that_is_missing_is_an_error_and_not_an_empty_table(catalog):
    catalog.s3.delete_object(Bucket=catalog.settings.name("work_bucket"), Key=layout.snapshot_key("initial"))
    with pytest.raises(ClientError, match="NoSuchKey"):
        publish(catalog, {DAY: finished_run(catalog)})


def test_eight_publishers_at_once_lose_nothing(catalog):
    runs = {day: finished_run(catalog, day) for day in (DAY + timedelta(days=n) for n in range(8))}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda pair: publish(catalog, dict([pair])), runs.items()))
    assert {day: visible(catalog, day) for day in runs} == {day: (run,) for day, run in runs.items()}


def test_without_the_version_check_a_publication_is_lost(catalog, monkeypatch):
    """The negative control of the test before: the same race, with UpdateTable as it would be without VersionId."""
    first, second = finished_run(catalog), finished_run(catalog, DAY + timedelta(days=1))
    stale = catalog.published_table()
    publish(catalog, {DAY: first})
    monkeypatch.setattr(Catalog, "published_table", lambda self: {**stale, "VersionId": current_version(self)})
    publish(catalog, {DAY + timedelta(days=1): second})
    monkeypatch.undo()
    assert visible(catalog) == ()


def current_version(catalog: Catalog) -> str:
    name = catalog.settings.name("database")
    return catalog.glue.get_table(DatabaseName=name, Name=table("published"))["Table"]["VersionId"]


def test_a_publisher_that_always_loses_says_so_and_publishes_nothing(catalog, monkeypatch):
    run = finished_run(catalog)
    monkeypatch.setattr(publication, "_commit", lambda *_: False)
    with pytest.raises(PublicationConflict, match=run):
        publish(catalog, {DAY: run}, deadline=0)
    assert visible(catalog) == ()


@pytest.mark.parametrize("carried_out", [True, False], ids=["the commit happened", "it did not"])
def test_a_lost_answer_is_found_out_by_reading_the_table(catalog, carried_out):
    run = finished_run(catalog)
    losing = Catalog(LosesOneAnswer(catalog.glue, carried_out), catalog.s3, catalog.athena, catalog.settings)
    publish(losing, {DAY: run})
    assert visible(catalog) == (run,)


def test_a_commit_whose_answer_was_lost_is_not_repeated_over_what_came_after(catalog):
    """Somebody withdraws the day before we learn that our publication of it went through: it stays withdrawn."""
    run = finished_run(catalog)
    losing = LosesOneAnswer(catalog.glue, carried_out=True, meanwhile=lambda: withdraw(catalog, DAY))
    publish(Catalog(losing, catalog.s3, catalog.athena, catalog.settings), {DAY: run})
    assert visible(catalog) == ()


class LosesOneAnswer:
    """A Glue client whose first UpdateTable fails without saying whether it was carried out."""

    def __init__(self, glue, carried_out, meanwhile=lambda: None):
        self._glue, self._carried_out, self._meanwhile, self._lost = glue, carried_out, meanwhile, False

    def update_table(self, **arguments):
        if self._lost:
            return self._glue.update_table(**arguments)
        self._lost = True
        if self._carried_out:
            self._glue.update_table(**arguments)
        self._meanwhile()
        raise self._glue.exceptions.ClientError({"Error": {"Code": "InternalServiceException"}}, "UpdateTable")

    def __getattr__(self, name):
        return getattr(self._glue, name)


def test_killed_before_the_commit_nothing_is_visible(catalog, monkeypatch):
    run = finished_run(catalog)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(publication, "_commit", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(catalog, {DAY: run})
    assert visible(catalog) == ()


def test_the_table_keeps_everything_but_its_location(catalog):
    before = catalog.published_table()
    publish(catalog, {DAY: finished_run(catalog)})
    after = catalog.published_table()
    before["StorageDescriptor"].pop("Location")
    after["StorageDescriptor"].pop("Location")
    kept = ("Name", "StorageDescriptor", "Parameters", "TableType", "PartitionKeys")
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}


class Throttled:
    """A client of which the first calls of one method fail with a code."""

    def __init__(self, client, method, code, times):
        self._client, self._method, self._code, self._left = client, method, code, times

    def __getattr__(self, name):
        called = getattr(self._client, name)
        if name != self._method or self._left == 0:
            return called
        self._left -= 1

        def refuse(**_):
            raise ClientError({"Error": {"Code": self._code}}, name)

        return refuse


@pytest.mark.parametrize(
    ("service", "method", "code"),
    [("glue", "get_table", "ThrottlingException"), ("s3", "put_object", "SlowDown"), ("s3", "get_object", "500")],
)
def test_a_call_that_is_throttled_for_longer_than_botocore_repeats_it_is_tried_again(catalog, service, method, code):
    run = finished_run(catalog)
    catalog.read_ledger(run)
    clients = {name: getattr(catalog, name) for name in ("glue", "s3", "athena")}
    clients[service] = Throttled(clients[service], method, code, times=2)
    publish(Catalog(**clients, settings=catalog.settings, _ledgers=catalog._ledgers), {DAY: run})
    assert visible(catalog) == (run,)


def test_throttled_until_the_deadline_says_so_and_publishes_nothing(catalog):
    run = finished_run(catalog)
    throttled = Throttled(catalog.glue, "update_table", "ThrottlingException", times=99)
    with pytest.raises(PublicationConflict, match="nothing of it is visible"):
        publish(Catalog(throttled, catalog.s3, catalog.athena, catalog.settings), {DAY: run}, deadline=0)
    assert visible(catalog) == ()


def test_an_error_that_stays_is_not_repeated(catalog):
    run = finished_run(catalog)
    denied = Throttled(catalog.glue, "update_table", "AccessDeniedException", times=1)
    with pytest.raises(ClientError, match="AccessDenied"):
        publish(Catalog(denied, catalog.s3, catalog.athena, catalog.settings), {DAY: run})
    assert visible(catalog) == ()


def test_a_snapshot_that_was_stored_though_its_answer_was_lost_is_used(catalog):
    """botocore repeats the PutObject; the repetition finds the object there."""
    location = publication._write_snapshot(catalog, "p1", Snapshot(frozenset()))
    assert publication._write_snapshot(catalog, "p1", Snapshot(frozenset())) == location


def test_a_snapshot_says_what_it_replaces(catalog):
    done = publish(catalog, {DAY: finished_run(catalog)})
    key = layout.snapshot_key(done.publication_id)
    found = catalog.s3.head_object(Bucket=catalog.settings.name("work_bucket"), Key=key)
    assert found["Metadata"] == {"replaces": "initial"}
