"""The janitor against the local AWS. Time is moved by `now`: what is made here is young, then 8 days old."""

from datetime import UTC, datetime, timedelta

import pytest

from clickstream import changes, janitor, layout, publication
from clickstream.catalog import PublicationConflict, PublicationRefused
from clickstream.inventory import take_inventory
from clickstream.janitor import JanitorIncomplete, clean, plan
from clickstream.publication import publish, rollback
from clickstream.snapshots import Line, Snapshot
from tests.dags.clickstream.test_late_rows import FIFTH, FOURTH, THIRD, run_of, shown
from tests.dags.clickstream.test_publication import register_partition
from tests.parquet import parquet, row

DAY = timedelta(days=1)


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + days * DAY


def keys(catalog) -> set[str]:
    """Every file of rows, by key."""
    return {file.key for file in take_inventory(catalog).files}


def runs_of(catalog) -> set[str]:
    """The runs that have files."""
    return {name for file in take_inventory(catalog).files for name in file.generations if name.startswith("2024")}


@pytest.fixture
def superseded(catalog):
    """The 5th published twice, with late rows for the 3rd each time; returns the first run and the second."""
    first = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]}, "jr_1")
    second = run_of(catalog, FIFTH, {FIFTH: ["b", "c"], THIRD: ["late"]}, "jr_2")
    publish(catalog, {FIFTH: first})
    publish(catalog, {FIFTH: second})
    return first, second


def test_what_was_superseded_within_the_retention_stays(catalog, superseded):
    before = keys(catalog)
    clean(catalog, in_days(6.9), apply=True)
    assert keys(catalog) == before
    rollback(catalog, FIFTH, superseded[0])


def test_what_was_superseded_before_the_retention_goes_and_the_table_stays(catalog, superseded):
    first, second = superseded
    rows = shown(catalog)
    made = clean(catalog, in_days(8), apply=True)
    assert {line.run_id for line in made.retire if line.run_id} == {first}
    assert len([line for line in made.retire if line.generation.startswith("late-")]) == 1
    assert runs_of(catalog) == {second}
    assert shown(catalog) == rows == {"2024-12-03": ["late"], "2024-12-05": ["b", "c"]}


def test_snapshots_that_nobody_reads_any_more_go_but_never_the_initial_one(catalog, superseded):
    clean(catalog, in_days(8), apply=True)
    assert len(take_inventory(catalog).snapshots) == 3  # initial, the publication, the janitor's
    current = take_inventory(catalog).current
    assert {"initial", current} < set(take_inventory(catalog).snapshots)


def test_ledgers_of_retired_runs_stay_and_a_rollback_to_them_is_refused(catalog, superseded):
    clean(catalog, in_days(8), apply=True)
    assert catalog.read_ledger(superseded[0])
    with pytest.raises(PublicationRefused, match="is retired|is gone"):
        rollback(catalog, FIFTH, superseded[0])


def test_a_rollback_to_a_retired_run_is_refused_while_its_files_are_still_there(catalog, superseded, monkeypatch):
    monkeypatch.setattr(janitor, "_delete", lambda *_: None)
    clean(catalog, in_days(8), apply=True)
    with pytest.raises(PublicationRefused, match="is retired"):
        rollback(catalog, FIFTH, superseded[0])


def test_a_dry_run_changes_nothing(catalog, superseded):
    before, publication_id = keys(catalog), take_inventory(catalog).current
    made = clean(catalog, in_days(8))
    assert made.retire
    assert made.files
    assert keys(catalog) == before
    assert take_inventory(catalog).current == publication_id


def test_killed_between_the_commit_and_the_deletion_the_next_run_goes_on(catalog, superseded, monkeypatch):
    first, second = superseded

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(janitor, "_delete", killed)
    with pytest.raises(KeyboardInterrupt):
        clean(catalog, in_days(8), apply=True)
    monkeypatch.undo()
    assert runs_of(catalog) == {first, second}
    clean(catalog, in_days(8), apply=True)
    assert runs_of(catalog) == {second}


def test_nothing_is_deleted_that_was_not_retired_before(catalog, superseded, monkeypatch):
    states = []
    once = janitor._delete

    def delete(catalog, made):
        retired = {line.generation for line in catalog.current_snapshot().lines if line.kind == "retired"}
        states.append(all(file.generations <= retired for file in made.files))
        once(catalog, made)

    monkeypatch.setattr(janitor, "_delete", delete)
    clean(catalog, in_days(8), apply=True)
    assert states == [True]


def test_a_run_that_was_never_published_goes_after_seven_days(catalog):
    run = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    clean(catalog, in_days(6.9), apply=True)
    assert runs_of(catalog) == {run}
    clean(catalog, in_days(7.1), apply=True)
    assert keys(catalog) == set()


def test_late_rows_of_a_publisher_that_was_killed_go_by_the_rows_in_their_file(catalog, monkeypatch):
    """Athena names the files; only the rows say of which merge they are."""
    run = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    monkeypatch.setattr(publication, "_commit", lambda *_: False)
    with pytest.raises(PublicationConflict):
        publish(catalog, {FIFTH: run}, deadline=0)
    monkeypatch.undo()
    publish(catalog, {FIFTH: run})
    merges = [x for x in take_inventory(catalog).files if any(g.startswith("late-") for g in x.generations)]
    assert len(merges) == 2
    clean(catalog, in_days(8), apply=True)
    assert len([x for x in take_inventory(catalog).files if x in merges]) == 1
    assert shown(catalog) == {"2024-12-03": ["late"], "2024-12-05": ["b"]}


def test_a_publication_between_plan_and_commit_keeps_its_run(catalog, monkeypatch):
    """The janitor planned to take the run for rubbish; then the run is published: it is planned anew."""
    run = run_of(catalog, FIFTH, {FIFTH: ["b"]})
    once, published = janitor._retire, []

    def publish_first(catalog, made):
        if not published:
            assert [line.generation for line in made.retire] == [run]
            published.append(publish(catalog, {FIFTH: run}))
        return once(catalog, made)

    monkeypatch.setattr(janitor, "_retire", publish_first)
    clean(catalog, in_days(8), apply=True)
    assert shown(catalog) == {"2024-12-05": ["b"]}
    assert keys(catalog) == {layout.main_key(run, 0)}


def test_a_janitor_between_reading_and_commit_of_a_rollback_makes_it_refuse(catalog, superseded, monkeypatch):
    first, second = superseded
    once, cleaned = publication._write_snapshot, []

    def clean_first(*arguments, **more):
        if not cleaned:
            cleaned.append(True)
            clean(catalog, in_days(8), apply=True)
        return once(*arguments, **more)

    monkeypatch.setattr(publication, "_write_snapshot", clean_first)
    with pytest.raises(PublicationRefused, match="is retired"):
        rollback(catalog, FIFTH, first)
    monkeypatch.undo()
    assert catalog.current_snapshot().visible_generations(FIFTH) == (second,)


def test_a_janitor_between_merge_and_commit_makes_the_publisher_merge_again(catalog, monkeypatch):
    """At a time when the merge of a running publisher looks like rubbish, its run is young all the same."""
    publish(catalog, {FOURTH: run_of(catalog, FOURTH, {FOURTH: ["c"]})})
    run = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    once, cleaned = publication._write_snapshot, []

    def clean_first(*arguments, **more):
        if not cleaned:
            cleaned.append(True)
            clean(catalog, in_days(8), apply=True)
        return once(*arguments, **more)

    monkeypatch.setattr(janitor, "_rubbish", late_rubbish(janitor._rubbish))
    monkeypatch.setattr(publication, "_write_snapshot", clean_first)
    publish(catalog, {FIFTH: run})
    assert cleaned
    assert shown(catalog) == {"2024-12-03": ["late"], "2024-12-04": ["c"], "2024-12-05": ["b"]}


def late_rubbish(rubbish):
    return lambda *arguments: {name: x for name, x in rubbish(*arguments).items() if name.startswith("late-")}


def test_others_that_publish_all_the_time_stop_the_janitor_and_nothing_is_deleted(catalog, superseded, monkeypatch):
    before = keys(catalog)
    monkeypatch.setattr(janitor, "_retire", lambda *_: False)
    with pytest.raises(PublicationConflict, match="between plan and commit"):
        clean(catalog, in_days(8), apply=True)
    assert keys(catalog) == before


@pytest.mark.slow
def test_more_than_a_thousand_objects_are_listed_and_deleted(catalog):
    bucket = catalog.settings.name("processed_bucket")
    run = layout.run_id(FIFTH, "jr_big")
    for number in range(1100):
        catalog.s3.put_object(Bucket=bucket, Key=layout.main_key(run, number), Body=b"x")
    made = clean(catalog, in_days(8), apply=True)
    assert len(made.files) == 1100
    assert keys(catalog) == set()


class KeepsOneKey:
    """An S3 client whose DeleteObjects answers 200 and keeps the first key of each page."""

    def __init__(self, s3):
        self._s3 = s3

    def delete_objects(self, Bucket, Delete):
        kept, *gone = Delete["Objects"]
        if gone:
            self._s3.delete_objects(Bucket=Bucket, Delete={"Objects": gone})
        return {"Errors": [{"Key": kept["Key"], "Code": "AccessDenied", "Message": "no"}]}

    def __getattr__(self, name):
        return getattr(self._s3, name)


def test_what_s3_kept_is_named_with_its_reason_after_everything_else_was_deleted(catalog, superseded):
    limping = publication.Catalog(catalog.glue, KeepsOneKey(catalog.s3), catalog.athena, catalog.settings)
    with pytest.raises(JanitorIncomplete, match="S3 kept 2 of 4 objects: .*AccessDenied no; .*jr_1.*AccessDenied no"):
        clean(limping, in_days(8), apply=True)
    assert len([key for key in keys(catalog) if "jr_1" in key]) == 1
    clean(catalog, in_days(8), apply=True)
    assert runs_of(catalog) == {superseded[1]}


def test_live_rows_go_once_their_days_main_is_long_published(catalog):
    noon = datetime(2024, 12, 5, 12)
    body = parquet([row("b", noon, FIFTH, "live-2024-12-05")])
    key = layout.partition_path(FIFTH) + "part-live.parquet"
    catalog.s3.put_object(Bucket=catalog.settings.name("processed_bucket"), Key=key, Body=body)
    register_partition(catalog, FIFTH)
    show = changes.Change("show live rows", frozenset(), lambda x: Snapshot(x.lines | {live}))
    live = Line(str(FIFTH), "live", "live-2024-12-05")
    publication.commit(catalog, show)
    clean(catalog, in_days(8), apply=True)
    assert key in keys(catalog)
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"]})})
    clean(catalog, in_days(6.9), apply=True)
    assert key in keys(catalog)
    clean(catalog, in_days(8), apply=True)
    assert key not in keys(catalog)
    assert shown(catalog) == {"2024-12-05": ["b"]}


def test_a_file_of_which_nobody_can_tell_whose_it_is_stays_and_is_shown(catalog):
    bucket = catalog.settings.name("processed_bucket")
    catalog.s3.put_object(Bucket=bucket, Key="year=2024/month=12/day=05/who-knows", Body=b"x")
    made = clean(catalog, in_days(8), apply=True)
    assert [file.key for file in made.unknown] == ["year=2024/month=12/day=05/who-knows"]
    assert any("left alone" in line for line in janitor.describe(made, catalog, applied=True))
    assert keys(catalog) == {"year=2024/month=12/day=05/who-knows"}


def test_retired_late_rows_are_forgotten_once_nothing_is_left_of_them(catalog, superseded):
    first, _ = superseded
    clean(catalog, in_days(8), apply=True)
    assert len([x for x in catalog.current_snapshot().lines if x.kind == "retired"]) == 2
    clean(catalog, in_days(6), apply=True)  # a snapshot of the retention still shows them
    assert len([x for x in catalog.current_snapshot().lines if x.kind == "retired"]) == 2
    clean(catalog, in_days(8), apply=True)
    assert [x.generation for x in catalog.current_snapshot().lines if x.kind == "retired"] == [first]


def test_the_description_names_every_object(catalog, superseded):
    made = clean(catalog, in_days(8))
    text = "\n".join(janitor.describe(made, catalog, applied=False))
    assert f"would retire  {superseded[0]}" in text
    assert all(f"/{key}" in text for _, key in made.keys)
    assert "nothing was: make janitor APPLY=1 deletes" in text


def test_by_hand_it_is_a_dry_run_and_knows_one_option(catalog, monkeypatch):
    with pytest.raises(SystemExit, match="expected nothing or --apply"):
        janitor.main(["--aply"])
    applied = []
    monkeypatch.setattr(janitor, "read_settings", lambda: catalog.settings)
    monkeypatch.setattr(janitor, "connect", lambda _: catalog)
    monkeypatch.setattr(janitor, "clean", lambda c, now, apply: applied.append(apply) or plan(take_inventory(c), now))
    assert (janitor.main([]), janitor.main(["--apply"])) == (0, 0)
    assert applied == [False, True]
