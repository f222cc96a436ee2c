"""Made-up events, three days: from Firehose through Airflow's scheduler to the view, compared with what was made."""

import re

import pytest

from local_airflow.backfill import await_run, error, trigger
from local_airflow.environment import REPOSITORY
from local_airflow.report import last_results
from tests.end_to_end.backfilled_days import GENERATED_DAYS as DAYS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # seconds: the days' backfill is in it
MADE = f"arrival_date <= DATE '{DAYS[-1]}' AND arrival_date >= DATE '{DAYS[0]}'"  # what the generator made, in the view


@pytest.fixture(scope="module")
def made(days):
    """What the generator made, after the days ran."""
    return days.made


@pytest.mark.parametrize("day", DAYS)
def test_the_ledger_is_what_the_generator_made(pipeline, made, day):
    ledger = pipeline.ledger(day)
    assert ledger.problems() == []
    for term in ("lines", "accepted", "main_rows", "duplicates", "conflicting", "blank"):
        assert getattr(ledger, term) == made[day][term], term
    assert dict(ledger.quarantined) == made[day]["quarantined"]
    assert dict(ledger.rows_per_event_day) == made[day]["rows_per_event_day"]


def by_event_day(made) -> dict[str, int]:
    """Accepted rows by the day on which they happened, whenever they arrived."""
    days: dict[str, int] = {}
    for tally in made.values():
        for day, rows in tally["rows_per_event_day"].items():
            days[day] = days.get(day, 0) + rows
    return days


def test_the_view_shows_every_event_once_on_the_day_on_which_it_happened(pipeline, made):
    rows = pipeline.ask(
        "SELECT concat(year, '-', month, '-', day) AS day, count(*) AS n, count(DISTINCT event_id) AS ids "
        f"FROM clickstream_events WHERE year = '2024' AND {MADE} GROUP BY 1 ORDER BY 1"
    )
    assert {row["day"]: int(row["n"]) for row in rows} == by_event_day(made)
    assert all(row["n"] == row["ids"] for row in rows)
    assert len(rows) > len(DAYS), "late events lie before the first day"


@pytest.mark.parametrize("day", DAYS)
def test_every_check_ran_and_none_failed(pipeline, made, day):
    results = last_results(pipeline.catalog, pipeline.ledger(day).run_id)
    assert len(results) > 20
    assert [result for result in results if result.verdict == "fail"] == []


def test_a_day_with_too_many_bad_lines_is_refused_by_the_job(pipeline, made):
    """The share comes from the form, the day from the partition key."""
    before = pipeline.main_of(DAYS[1])
    run = trigger(pipeline.airflow, {"max_quarantined_share": 0}, partition_key=DAYS[1])
    assert await_run(pipeline.airflow, run, timeout=600) == "failed"
    assert f"arrival day {DAYS[1]}" in error(pipeline.airflow, run, "await_transform")
    assert pipeline.main_of(DAYS[1]) == before


def test_ledgers_and_checks_can_be_asked_for(pipeline, made):
    (ledger,) = pipeline.ask(
        f"SELECT lines, accepted, quarantined['malformed_json'] AS malformed FROM clickstream_ledgers "
        f"WHERE arrival_date = '{DAYS[1]}' AND run_id = '{pipeline.main_of(DAYS[1])}'"
    )
    assert int(ledger["lines"]) == made[DAYS[1]]["lines"]
    assert int(ledger["malformed"]) == made[DAYS[1]]["quarantined"]["malformed_json"]
    rows = pipeline.ask(
        "SELECT name, value FROM clickstream_quality "
        "CROSS JOIN UNNEST(checks) AS t(name, value, minimum, maximum, severity, verdict) "
        f"WHERE arrival_date = '{DAYS[1]}'"
    )
    assert {"name": "rows", "value": str(float(made[DAYS[1]]["accepted"]))} in rows


@pytest.mark.parametrize("path", sorted((REPOSITORY / "sql").glob("*.sql")), ids=lambda path: path.stem)
def test_a_sample_query_answers(pipeline, made, path):
    assert pipeline.ask(path.read_text())


def test_total_events_is_the_sum_of_the_days(pipeline, made):
    (row,) = pipeline.ask(f"SELECT count(*) AS events FROM clickstream_events WHERE year = '2024' AND {MADE}")
    assert int(row["events"]) == sum(made[day]["accepted"] for day in DAYS)


def test_the_processed_bucket_holds_parquet_of_the_layout_and_nothing_else(pipeline, made):
    keys = pipeline.objects("processed_bucket")
    assert keys
    names = {key: re.fullmatch(r"year=\d{4}/month=\d\d/day=\d\d/([^/]+)", key) for key in keys}
    assert all(names.values())
    # A run's own files, those of live rows, and those of the merge of late rows, which carry Athena's own names.
    own = r"part-\d{4}-\d\d-\d\d-(jr_|live-[0-9a-f]{32}\.parquet)|\d{8}_\d{6}_"
    assert all(re.match(own, name[1]) for name in names.values())


def test_staging_is_empty_when_a_run_is_over(pipeline, made):
    assert pipeline.objects("work_bucket", "staging/") == {}


def test_quarantined_lines_can_be_asked_for(pipeline, made):
    rows = pipeline.ask(
        "SELECT reason, count(*) AS n FROM clickstream_quarantine "
        f"WHERE arrival_date BETWEEN '{DAYS[0]}' AND '{DAYS[-1]}' GROUP BY reason"
    )
    expected: dict[str, int] = {}
    for day in DAYS:
        for reason, count in made[day]["quarantined"].items():
            expected[reason] = expected.get(reason, 0) + count
    assert {row["reason"]: int(row["n"]) for row in rows} == expected


def test_dags_test_takes_the_day_from_its_conf(pipeline, made, dags_test):
    before = pipeline.main_of(DAYS[0])
    done = dags_test({"arrival_day": DAYS[0]})
    assert done.returncode == 0, done.stdout[-3000:]
    again = pipeline.ledger(DAYS[0])
    assert again.run_id != before
    assert again.main_rows == made[DAYS[0]]["main_rows"]
    (row,) = pipeline.ask("SELECT count(*) AS n FROM clickstream_events WHERE year='2024' AND month='12' AND day='24'")
    assert int(row["n"]) == by_event_day(made)[DAYS[0]]
