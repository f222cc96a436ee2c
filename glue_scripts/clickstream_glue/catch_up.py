"""Catch-up mode of the job: what `clickstream.catch_up` needs of Spark and Glue."""

from datetime import date, datetime, timezone
from typing import Any

from clickstream import metrics
from clickstream.catalog import connect
from clickstream.catch_up import CatchUp
from clickstream.ledger import Ledger
from clickstream.settings import Settings, prefix
from clickstream_glue.arguments import CatchUpArguments
from clickstream_glue.run import Log, Run, run_day

BOOKMARK = "raw_objects"  # the source's name in the bookmark: under another one it would begin anew


def run_catch_up(glue: Any, arguments: CatchUpArguments, log: Log) -> None:
    """Catches up; ``glue`` is the GlueContext. CatchUpFailed, and whatever S3, Spark, Glue or Athena raised."""
    note_raw_objects(glue, arguments.settings)
    catalog = connect(arguments.settings)
    cloudwatch, environment = metrics.connect(arguments.settings.region), arguments.settings.environment

    def build(day: date) -> Ledger:
        ledger = run_day(Run(glue.spark_session, catalog.s3, arguments.of_day(day), log))
        metrics.send_quarantined_share(cloudwatch, environment, ledger, log)
        return ledger

    def count(days: int) -> None:
        metrics.send_published_days(cloudwatch, environment, days, log)

    catch_up = CatchUp(catalog, build, log, arguments.max_quarantined_share, arguments.allow_empty, count)
    catch_up.run(datetime.now(timezone.utc))


def note_raw_objects(glue: Any, settings: Settings) -> None:
    """Lists the raw objects for the bookmark, which the commit then advances to this moment; nobody reads the frame.

    It comes before our own listing, so whatever the bookmark passes was looked at. What is new the ledgers say, never
    the bookmark: it forgets objects of a day that was open, sees none without a good line, and knows no rollback
    (decision 7).
    """
    glue.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": [settings.raw_uri + prefix("events")], "recurse": True},
        format="json",
        transformation_ctx=BOOKMARK,
    )
