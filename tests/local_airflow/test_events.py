import argparse
from datetime import date

import pytest

from local_airflow import events
from local_airflow.events import Events
from local_aws.stack import Stack


def test_the_last_day_is_counted_from_the_first():
    assert Events(1, 2, date(2024, 12, 31), 0).last_day == date(2025, 1, 1)


def test_options_are_what_the_makefile_gives():
    parser = argparse.ArgumentParser()
    events.add_options(parser)
    given = parser.parse_args(["--events", "9", "--days", "2", "--first-day", "2024-02-29", "--seed", "3"])
    assert events.of_options(given) == Events(9, 2, date(2024, 2, 29), 3)


def test_events_arrive_on_their_days_and_are_counted(local_aws, tmp_path):
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_stream()
    events.send(Events(60, 2, date(2024, 12, 31), 7), stack, events.summary_file(tmp_path))
    made = events.made(tmp_path)
    assert list(made) == ["2024-12-31", "2025-01-01"]
    assert sum(day["lines"] for day in made.values()) >= 60
    found = stack.client("s3").list_objects_v2(Bucket=stack.name("raw_bucket"), Prefix="events/year=2025/")
    assert found["KeyCount"] > 0


def test_a_generator_that_fails_says_why(local_aws, tmp_path):
    with pytest.raises(RuntimeError, match="generate_events.py.*ended with"):
        events.send(Events(1, 1, date(2024, 12, 31), 7), Stack(local_aws.endpoint_url), tmp_path / "summary.json")
