"""Live rows as the demo shows them; the whole of it is in the demo's own test."""

from dataclasses import replace
from datetime import date

from local_airflow.live import comparison, crawl, events_per_day
from local_airflow.report import DayReport
from local_aws.server import LocalAws
from local_aws.stack import Stack
from tests.dags.clickstream.builders import ledger


def test_a_day_is_compared_with_what_its_run_published() -> None:
    published = DayReport(date(2024, 12, 25), ledger(main_rows=95), [])
    (line,) = comparison({"2024-12-25": 100, "2024-12-26": 7}, [published, replace(published, day=date(2024, 12, 27))])
    assert line == "2024-12-25  100 events before its run, 95 after it: 5 had come twice, in two objects"


def test_nothing_is_there_before_the_first_event(local_aws: LocalAws) -> None:
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    stack.create_crawler()
    crawl(stack.catalog)
    assert events_per_day(stack.catalog) == {}
