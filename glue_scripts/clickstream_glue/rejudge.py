"""Rejudge mode of the job: the quarantined records of published runs under today's contract. It changes nothing.

The same transforms judge them as in a run, from the record that the quarantine keeps.
"""

import json
from datetime import date
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from clickstream import layout, replay
from clickstream.catalog import connect
from clickstream.contract import Column as ContractColumn
from clickstream.contract import Contract, load_contract
from clickstream.ledger import Ledger
from clickstream.reasons import BAD_ENCODING, TOO_LARGE, UNREADABLE
from clickstream.replay import Example, Rejudged, Replay, Tally
from clickstream.settings import Limits, limits
from clickstream_glue import storage, transform, verdicts
from clickstream_glue.arguments import RejudgeArguments
from clickstream_glue.records import with_fields
from clickstream_glue.run import Log

EXAMPLES = 3  # per reason and run
MASK = "***"
# A damaged record counts as one that the quarantine holds no more; FAILFAST would quote it in Glue's message.
_MODE = "DROPMALFORMED"
_RECORD = "reason string, source_object string, line string, line_bytes bigint"


def run_rejudge(glue: Any, arguments: RejudgeArguments, log: Log) -> None:
    """Writes what it finds to `replays/`; ``glue`` is the GlueContext."""
    for option, value in transform.SESSION.items():
        glue.spark_session.conf.set(option, value)
    catalog, contract = connect(arguments.settings), load_contract()
    raw = catalog.settings.name("raw_bucket")
    runs = tuple(
        rejudge(glue.spark_session, catalog.s3, raw, catalog.fetch_ledger(run), arguments.reasons, contract)
        for run in arguments.runs
    )
    key = layout.replay_key(arguments.job_run_id)
    text = Replay(arguments.job_run_id, contract.version, runs).to_json()
    storage.put_once(catalog.s3, catalog.settings.name("work_bucket"), key, text)
    log(f"{key}: {sum(one.records for run in runs for one in run.tallies)} records of {len(runs)} runs judged again")


def rejudge(
    spark: SparkSession, s3: Any, raw_bucket: str, ledger: Ledger, reasons: tuple[str, ...], contract: Contract
) -> Rejudged:
    """What became of the quarantined records of one run, those of ``reasons`` (none: all)."""
    quarantined = storage.list_objects(s3, raw_bucket, layout.quarantine_prefix(ledger.run_id))
    if not quarantined:
        return Rejudged(ledger.run_id, replay.with_expired((), ledger, reasons))
    records = spark.read.schema(_RECORD).json([f"s3://{raw_bucket}/{one.key}" for one in quarantined], mode=_MODE)
    chosen = records.where(F.col("reason").isin(*reasons)) if reasons else records
    judged = rejudged(chosen, contract, layout.arrival_day_of(ledger.run_id), limits()).cache()
    try:
        tallies = [Tally(*row) for row in judged.groupBy("was", "now").count().collect()]
        return Rejudged(ledger.run_id, replay.with_expired(tallies, ledger, reasons), _examples(judged, contract))
    finally:
        judged.unpersist()


def rejudged(records: DataFrame, contract: Contract, arrival_day: date, limits_: Limits) -> DataFrame:
    """The quarantine's records with their reason ``was``, what they would be ``now``, and an event's values."""
    found = records.select(
        "source_object",
        F.col("reason").alias("was"),
        _state(limits_).alias("state"),
        F.col("line").alias("text"),
        F.col("line_bytes").cast("int").alias("bytes"),
    )
    judged = verdicts.with_verdicts(with_fields(found, contract), contract, arrival_day, limits_)
    return judged.withColumn("now", F.coalesce("reason", F.lit(replay.ACCEPTED)))


def _state(limits_: Limits) -> Column:
    """What the record's text cannot tell: of a large line only the head is kept, of an object only its name; and what
    was no UTF-8 has been replaced, which no contract undoes.
    """
    was, fits = F.col("reason"), F.col("line_bytes") <= limits_.max_line_bytes
    return (
        F.when(was == UNREADABLE, replay.NEEDS_A_RUN)
        .when((was == TOO_LARGE) & fits, replay.NEEDS_A_RUN)
        .when(was == BAD_ENCODING, BAD_ENCODING)
        .when(~fits, TOO_LARGE)
    )


def _examples(judged: DataFrame, contract: Contract) -> tuple[Example, ...]:
    first = Window.partitionBy("was").orderBy("event_timestamp", "event_id")
    shown = [
        _shown(one) for one in contract.table_columns if one.name in judged.columns and one.name != "source_object"
    ]
    rows = (
        judged.where(F.col("now") == replay.ACCEPTED)
        .withColumn("number", F.row_number().over(first))
        .where(F.col("number") <= EXAMPLES)
        .select("was", F.to_json(F.struct(*shown)).alias("event"))
        .orderBy("was", "event")
    )
    return tuple(Example(row["was"], json.loads(row["event"])) for row in rows.collect())


def _shown(column: ContractColumn) -> Column:
    """The value where its rule leaves no room for a person; a mask where any text would pass."""
    value = F.col(column.name)
    is_telling = column.sensitivity or column.rule in ("text", "url")
    return (F.when(value.isNotNull(), MASK) if is_telling else value).alias(column.name)
