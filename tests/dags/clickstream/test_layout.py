from datetime import UTC, date, datetime

import pytest

from clickstream import layout

CHRISTMAS = date(2024, 12, 25)
RUN = "2024-12-25-jr_0a1b"


def test_a_day_is_parsed():
    assert layout.parse_day("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-40",
        "../x",
        "",
        "2024-1-1",
        "20241225",
        "2024-12-25 ",
        "2024-12-25\n",
        "٢٠٢٤-12-25",
        None,
        5,
    ],
)
def test_what_is_no_date_is_refused_with_what_came(text):
    with pytest.raises(ValueError, match="expected a real date written YYYY-MM-DD"):
        layout.parse_day(text)


def test_run_id_holds_the_day_and_glues_run_id():
    assert layout.run_id(CHRISTMAS, "jr_0a1b") == RUN
    assert layout.arrival_day_of(RUN) == CHRISTMAS


def test_a_run_ids_digits_are_ascii():
    with pytest.raises(ValueError, match="expected a run id"):
        layout.arrival_day_of("٢٠٢٤-12-25-jr_0a1b")


@pytest.mark.parametrize("job_run_id", ["", "a/b", "a'b", "a b", "../x"])
def test_a_job_run_id_that_could_break_a_key_or_sql_is_refused(job_run_id):
    with pytest.raises(ValueError, match="expected a Glue job run id"):
        layout.run_id(CHRISTMAS, job_run_id)
    with pytest.raises(ValueError, match="expected a Glue job run id"):
        layout.replay_key(job_run_id)


def test_keys_of_a_run():
    assert layout.main_key(RUN, 3) == f"year=2024/month=12/day=25/part-{RUN}-00003.parquet"
    assert layout.candidate_key(date(2024, 12, 24), RUN, 0) == f"candidates/day=2024-12-24/{RUN}-00000.parquet"
    assert layout.ledger_key(RUN) == f"ledgers/arrival_date=2024-12-25/{RUN}.json"
    assert layout.quarantine_prefix(RUN) == f"quarantine/arrival_date=2024-12-25/run_id={RUN}/"
    assert layout.raw_prefix(CHRISTMAS) == "events/year=2024/month=12/day=25/"
    assert layout.replay_key("jr_0a1b") == "replays/jr_0a1b.json"
    assert layout.snapshot_key("p1") == "snapshots/p1/published.json"


def test_arrival_hour_is_read_from_the_key():
    key = "events/year=2024/month=12/day=25/hour=07/clickstream-1.gz"
    assert layout.arrival_hour(key) == datetime(2024, 12, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "key",
    [
        "events/year=2024/month=12/day=25/hour=24/x.gz",
        "events/year=2024/month=02/day=30/hour=01/x.gz",
        "events/year=2024/month=12/day=25/hour=07/x.json",
        "events/year=2024/month=12/day=25/x.gz",
        "events/year=2024/month=12/day=25/hour=07/deeper/x.gz",
        "other/year=2024/month=12/day=25/hour=07/x.gz",
        "events/year=٢٠٢٤/month=12/day=25/hour=07/x.gz",
    ],
)
def test_a_key_that_firehose_would_not_make_has_no_hour(key):
    assert layout.arrival_hour(key) is None


def test_a_day_ends_at_midnight_utc_of_the_next():
    assert layout.day_end(date(2024, 12, 31)) == datetime(2025, 1, 1, tzinfo=UTC)


def test_uris_are_split_into_bucket_and_key():
    assert layout.split_uri("s3://a-bucket/a/key") == ("a-bucket", "a/key")


@pytest.mark.parametrize("uri", ["a-bucket/key", "s3://UPPER/key", "s3://b", "https://b/key"])
def test_what_is_no_s3_uri_is_refused(uri):
    with pytest.raises(ValueError, match="expected s3://"):
        layout.split_uri(uri)


@pytest.mark.parametrize("generation", ["a'b", "", "x" * 121, "a;b"])
def test_a_generation_that_could_break_sql_is_refused(generation):
    with pytest.raises(ValueError, match="expected a generation"):
        layout.checked_generation(generation)


def test_a_runs_files_say_whose_they_are():
    assert layout.run_of_file(layout.main_key(RUN, 3)) == RUN
    assert layout.run_of_file(layout.candidate_key(date(2024, 12, 24), RUN, 0)) == RUN
    assert layout.run_of_ledger(layout.ledger_key(RUN)) == RUN


@pytest.mark.parametrize(
    "key",
    [
        "year=2024/month=12/day=25/20241225_0102_00001_abcde_0f0f",
        "year=2024/month=12/day=25/part-live-2024-12-25-00000.parquet",
        "year=2024/month=12/day=25/part-2024-12-25-jr_0a1b.parquet",
        "year=2024/month=12/day=25/part-2024-12-25-jr_0a1b-0000४.parquet",
    ],
    ids=["Athena's own name", "live rows", "no number", "other digits"],
)
def test_other_files_do_not_say_whose_they_are(key):
    assert layout.run_of_file(key) is None


@pytest.mark.parametrize(
    "key", ["year=2024/month=02/day=30/x", "x", "year=2024/month=12/day=25/deeper/x", "year=٢٠٢٤/month=12/day=25/x"]
)
def test_a_key_in_no_days_partition_has_no_event_day(key):
    assert layout.event_day_of(key) is None


def test_a_file_lies_in_the_partition_of_its_event_day():
    assert layout.event_day_of(layout.main_key(RUN, 0)) == CHRISTMAS


def test_a_day_closes_45_minutes_after_its_end():
    assert layout.closes_at(date(2024, 12, 31)) == datetime(2025, 1, 1, 0, 45, tzinfo=UTC)


@pytest.mark.parametrize("name", ["hour=10/a.gz", "hour=99/a.txt", "a.gz", "", "hour=10/two\nlines.gz"])
def test_whatever_a_run_of_the_day_lists_lies_in_its_day(name):
    """A run lists all below `raw_prefix`, however it is named."""
    assert layout.arrival_day_of_raw(layout.raw_prefix(CHRISTMAS) + name) == CHRISTMAS


@pytest.mark.parametrize(
    "key",
    [
        "events/a.gz",
        "events/year=2024/month=12/day=32/a.gz",
        "events/year=2024/month=12/day=25",
        "errors/a",
        "events/year=٢٠٢٤/month=12/day=25/a.gz",
    ],
)
def test_what_lies_in_no_days_folder_has_no_arrival_day(key):
    assert layout.arrival_day_of_raw(key) is None
