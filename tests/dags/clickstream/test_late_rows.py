"""Late rows through real publications: candidates as Parquet in S3, the merge by the local Athena."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream import late_rows, layout
from clickstream.late_rows import DayInputs
from clickstream.ledger import InputObject, OutputFile
from clickstream.publication import Catalog, PublicationConflict, publish
from clickstream.snapshots import Line, Snapshot
from tests.dags.clickstream.builders import ledger
from tests.dags.clickstream.test_publication import register_partition
from tests.parquet import parquet, row

THIRD, FOURTH, FIFTH = (date(2024, 12, day) for day in (3, 4, 5))


def run_of(catalog: Catalog, arrived: date, ids: Mapping[date, Sequence[str]], name: str = "jr_1") -> str:
    """A finished run of ``arrived`` with these event ids by the day on which they happened."""
    run = layout.run_id(arrived, name)
    files = [put_rows(catalog, run, arrived, day, events) for day, events in ids.items()]
    per_day = {str(day): len(events) for day, events in ids.items()}
    total, mains = sum(per_day.values()), per_day.get(str(arrived), 0)
    made = ledger(
        run_id=run, arrival_day=str(arrived), written_at=f"2024-12-31T{name[-1]}", lines=total, blank=0, duplicates=0,
        accepted=total, main_rows=mains, rows_per_event_day=per_day, files=tuple(files),
        inputs=(InputObject(layout.raw_prefix(arrived) + "hour=01/a.gz", 1, "e", total),),
    )  # fmt: skip
    catalog.s3.put_object(
        Bucket=catalog.settings.name("work_bucket"), Key=layout.ledger_key(run), Body=made.to_json().encode()
    )
    register_partition(catalog, arrived)
    return run


def put_rows(catalog: Catalog, run: str, arrived: date, day: date, events: Sequence[str]) -> OutputFile:
    role = "processed_bucket" if day == arrived else "work_bucket"
    key = layout.main_key(run, 0) if day == arrived else layout.candidate_key(day, run, 0)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).replace(tzinfo=None)
    rows = [row(event, noon, arrived, run, page_title=f"arrived {arrived}") for event in events]
    catalog.s3.put_object(Bucket=catalog.settings.name(role), Key=key, Body=parquet(rows))
    return OutputFile(key, str(day), len(rows), 1)


def shown(catalog: Catalog) -> dict[str, list[str]]:
    """Event ids by day, as the view shows them (with repetitions)."""
    rows = catalog.ask(
        "SELECT concat(year, '-', month, '-', day) AS day, event_id FROM clickstream_events ORDER BY 1, 2"
    )
    found: dict[str, list[str]] = {}
    for one in rows:
        found.setdefault(one["day"], []).append(one["event_id"])
    return found


def test_an_event_that_arrives_on_the_fifth_and_happened_on_the_third_appears_on_the_third(catalog):
    publish(catalog, {THIRD: run_of(catalog, THIRD, {THIRD: ["a"]})})
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})})
    assert shown(catalog) == {"2024-12-03": ["a", "late"], "2024-12-05": ["b"]}


def test_a_late_event_that_its_day_has_already_counts_once(catalog):
    publish(catalog, {THIRD: run_of(catalog, THIRD, {THIRD: ["a"]})})
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["a"]})})
    assert shown(catalog) == {"2024-12-03": ["a"], "2024-12-05": ["b"]}


def test_of_a_late_event_that_arrived_twice_the_first_arrival_stays(catalog):
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})})
    publish(catalog, {FOURTH: run_of(catalog, FOURTH, {FOURTH: ["c"], THIRD: ["late"]})})
    rows = catalog.ask("SELECT page_title FROM clickstream_events WHERE event_id = 'late'")
    assert [one["page_title"] for one in rows] == ["arrived 2024-12-04"]


def test_late_rows_of_a_day_without_a_run_of_its_own_are_shown(catalog):
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})})
    assert shown(catalog) == {"2024-12-03": ["late"], "2024-12-05": ["b"]}


def test_the_order_of_publications_does_not_matter(catalog):
    third = run_of(catalog, THIRD, {THIRD: ["a", "x"]})
    fifth = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late", "x"]})
    publish(catalog, {FIFTH: fifth})
    publish(catalog, {THIRD: third})
    assert shown(catalog) == {"2024-12-03": ["a", "late", "x"], "2024-12-05": ["b"]}


def test_both_days_in_one_commit_give_the_same(catalog):
    runs = {
        THIRD: run_of(catalog, THIRD, {THIRD: ["a", "x"]}),
        FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late", "x"]}),
    }
    publish(catalog, runs)
    assert shown(catalog) == {"2024-12-03": ["a", "late", "x"], "2024-12-05": ["b"]}


def test_a_rerun_without_the_late_event_takes_it_away(catalog):
    publish(catalog, {THIRD: run_of(catalog, THIRD, {THIRD: ["a"]})})
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})})
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"]}, name="jr_2")})
    assert shown(catalog) == {"2024-12-03": ["a"], "2024-12-05": ["b"]}


def test_a_day_that_is_merged_again_alone_shows_nothing_of_the_former_merge(catalog):
    """The first merge covers two days, the second only one: each day's late rows are a generation of their own."""
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"], FOURTH: ["later"]})})
    publish(catalog, {THIRD: run_of(catalog, THIRD, {THIRD: ["a"]})})
    assert shown(catalog) == {"2024-12-03": ["a", "late"], "2024-12-04": ["later"], "2024-12-05": ["b"]}


def test_an_event_ahead_of_its_arrival_day_counts_once_with_that_days_own(catalog):
    publish(catalog, {FOURTH: run_of(catalog, FOURTH, {FOURTH: ["c"], FIFTH: ["ahead"]})})
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b", "ahead"]})})
    assert shown(catalog) == {"2024-12-04": ["c"], "2024-12-05": ["ahead", "b"]}


def test_values_survive_the_merge(catalog):
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})})
    (one,) = catalog.ask(
        "SELECT event_timestamp, price, arrival_date, generation FROM clickstream_events WHERE event_id = 'late'"
    )
    assert (one["event_timestamp"], one["price"], one["arrival_date"]) == (
        "2024-12-03 12:00:00.000",
        "1.50",
        "2024-12-05",
    )
    assert one["generation"].startswith("late-")


def test_a_publication_without_late_rows_asks_nothing(catalog, monkeypatch):
    run = run_of(catalog, THIRD, {THIRD: ["a"]})
    monkeypatch.setattr(Catalog, "ask", lambda *_: pytest.fail("no query is needed"))
    publish(catalog, {THIRD: run})


@pytest.mark.slow
def test_rows_that_athena_wrote_twice_are_never_published(catalog, monkeypatch):
    """Athena may execute an INSERT twice after a transient error: every merge of this test is executed twice."""
    run = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    once = Catalog.ask
    monkeypatch.setattr(Catalog, "ask", lambda self, sql: (once(self, sql), once(self, sql))[1])
    with pytest.raises(PublicationConflict, match="wrote late rows twice"):
        publish(catalog, {FIFTH: run})
    monkeypatch.undo()
    assert shown(catalog) == {}


def test_one_insert_that_was_executed_twice_is_made_again(catalog, monkeypatch):
    run = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    once, asked = Catalog.ask, []

    def first_twice(self, sql):
        asked.append(sql)
        if len(asked) == 1:
            once(self, sql)
        return once(self, sql)

    monkeypatch.setattr(Catalog, "ask", first_twice)
    publish(catalog, {FIFTH: run})
    monkeypatch.undo()
    assert shown(catalog) == {"2024-12-03": ["late"], "2024-12-05": ["b"]}


def test_a_merge_whose_inputs_did_not_change_is_kept_after_a_lost_race(catalog, monkeypatch):
    """Somebody publishes another day between our merge and our commit: the second round needs no second merge."""
    ours = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    far = date(2024, 11, 1)
    theirs = run_of(catalog, far, {far: ["z"]})
    once, inserts = Catalog.ask, []

    def ask(self, sql):
        answer = once(self, sql)
        if sql.startswith("INSERT"):
            inserts.append(sql)
            publish(catalog, {far: theirs})
        return answer

    monkeypatch.setattr(Catalog, "ask", ask)
    publish(catalog, {FIFTH: ours})
    monkeypatch.undo()
    assert len(inserts) == 1
    assert shown(catalog) == {"2024-11-01": ["z"], "2024-12-03": ["late"], "2024-12-05": ["b"]}


def test_touched_are_the_arrival_day_and_the_event_days():
    one = ledger(rows_per_event_day={"2024-12-25": 7, "2024-12-23": 1})
    assert late_rows.touched_days([one]) == {date(2024, 12, 25), date(2024, 12, 23)}


@pytest.mark.parametrize(("days", "is_source"), [(-2, False), (-1, True), (1, True), (7, True), (8, False)])
def test_candidates_can_come_from_the_day_before_to_the_last_late_day(days, is_source):
    arrived = THIRD + timedelta(days=days)
    run = layout.run_id(arrived, "jr_1")
    snapshot = Snapshot(frozenset({Line(str(arrived), "main", run, run)}))
    found = late_rows.inputs_of(snapshot, THIRD, lambda _: ledger(rows_per_event_day={str(THIRD): 1}))
    assert found == DayInputs(THIRD, None, (run,) if is_source else ())
