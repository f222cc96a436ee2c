"""What can be queried within minutes, before any daily run, and what it becomes once the run has published the day."""

import time
from collections.abc import Iterable, Mapping

from clickstream.publication import Catalog
from clickstream.settings import table
from local_airflow.report import DayReport

LOOK = 0.2  # seconds between two looks at the crawler


def crawl(catalog: Catalog) -> None:
    """What clickstream_live does each hour, and here for days that are long past: live rows' partitions registered."""
    crawler = {"Name": catalog.settings.name("crawler")}
    catalog.glue.start_crawler(**crawler)
    while catalog.glue.get_crawler(**crawler)["Crawler"]["State"] != "READY":
        time.sleep(LOOK)


def events_per_day(catalog: Catalog) -> dict[str, int]:
    """How many events people see, by the day on which they happened."""
    day = "year || '-' || month || '-' || day"
    answer = catalog.ask(f"SELECT {day} AS day, count(*) AS events FROM {table('events')} GROUP BY 1 ORDER BY 1")  # noqa: S608  our own names
    return {row["day"]: int(row["events"]) for row in answer}


def comparison(live: Mapping[str, int], published: Iterable[DayReport]) -> list[str]:
    """One line a day: the live events, and the same without those that had come again."""
    return [
        f"{one.day}  {live[str(one.day)]:,} events before its run, {one.ledger.main_rows:,} after it: "
        f"{live[str(one.day)] - one.ledger.main_rows:,} had come twice, in two objects"
        for one in published
        if str(one.day) in live
    ]
