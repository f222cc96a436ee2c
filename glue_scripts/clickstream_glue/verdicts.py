"""What becomes of each record: its values in the contract's types, or the first reason why it is bad."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from clickstream import patterns
from clickstream.contract import Column as ContractColumn
from clickstream.contract import Contract
from clickstream.layout import day_end
from clickstream.reasons import BLANK, IN_THE_FUTURE, MALFORMED, NOT_AN_OBJECT, SPLIT, TOO_LATE
from clickstream.settings import Limits
from clickstream_glue import plain, user_agents
from clickstream_glue.deduplicate import ACCEPTED
from clickstream_glue.properties import properties
from clickstream_glue.records import field, is_nested, matches, text_of
from clickstream_glue.rules import value

QUARANTINED = "quarantined"
_HOUR = timedelta(hours=1)
_AGENT_IS_BOT = "agent_is_bot"


def with_verdicts(records: DataFrame, contract: Contract, arrival_day: date, limits: Limits) -> DataFrame:
    """Adds the contract's columns that a producer gives, ``properties`` and ``reason`` (NULL: nothing is wrong).

    Needs what ``records.with_fields`` adds, ``state`` and ``source_object``. One projection per step on purpose: Spark
    repeats an expression in every place of one projection that uses it, but computes a column of the step before once.
    """
    marked = [F.coalesce(*map(field, column.raw_names)).alias(_marked(column)) for column in contract.raw_columns]
    texts = [made for column in contract.raw_columns for made in _text_and_nested(column)]
    values = [value(column, _text(column), contract).alias(column.name) for column in contract.raw_columns]
    reasons = [reason for column in contract.raw_columns for reason in _field_reasons(column)]
    judged = (
        records.select("*", *marked, properties(contract).alias("properties"))
        .drop("fields", "unknown", "own_member")
        .select("*", *texts)
        .drop("plain", *map(_marked, contract.raw_columns))
        .select("*", *values)
        .withColumn("reason", F.coalesce(_record_reason(), *reasons, _time_reason(arrival_day, limits)))
    )
    helpers = [name(column) for column in contract.raw_columns for name in (_text, _nested)]
    agent_is_bot = F.coalesce(user_agents.is_bot(F.col("user_agent")), F.lit(False))
    completed = judged.withColumn(_AGENT_IS_BOT, agent_is_bot).withColumns(_from_user_agent())
    return completed.drop(*helpers, _AGENT_IS_BOT)


def verdict() -> Column:
    """``accepted``, ``quarantined``, or the state of what is no record: ``blank``, ``split``. From ``reason``."""
    reason = F.col("reason")
    return F.when(reason.isNull(), ACCEPTED).when(reason.isin(BLANK, SPLIT), reason).otherwise(QUARANTINED)


def _marked(column: ContractColumn) -> str:
    return f"marked_{column.name}"


def _text(column: ContractColumn) -> str:
    return f"text_{column.name}"


def _nested(column: ContractColumn) -> str:
    return f"nested_{column.name}"


def _text_and_nested(column: ContractColumn) -> Iterator[Column]:
    """The text to judge, and whether there is an object or array instead."""
    marked = F.col(_marked(column))
    yield F.coalesce(plain.field("plain", column.raw_names), text_of(marked)).alias(_text(column))
    yield F.coalesce(is_nested(marked), F.lit(False)).alias(_nested(column))


def _record_reason() -> Column:
    """Why the record is not even an object; the state of what is no record at all."""
    return F.coalesce("state", F.when(F.col("is_other_json"), NOT_AN_OBJECT), F.when(~F.col("is_object"), MALFORMED))


def _field_reasons(column: ContractColumn) -> Iterator[Column]:
    """Missing, then invalid; each NULL where it does not hold."""
    text, nested = F.col(_text(column)), F.col(_nested(column))
    if column.is_required:
        absent = (text.isNull() & ~nested) | matches(text, patterns.WHITE_SPACE)
        yield F.when(absent, f"missing_{column.name}")
    yield F.when(nested, f"invalid_{column.name}")
    if column.rule not in ("text", "url"):  # any text fits these
        is_refused = column.when_unknown and column.when_unknown not in column.accepted_values
        reason = column.when_unknown if is_refused else f"invalid_{column.name}"
        yield F.when(text.isNotNull() & F.col(column.name).isNull(), reason)


def _time_reason(arrival_day: date, limits: Limits) -> Column:
    """The event day against the arrival day; the time against the end of the hour under which Firehose filed it."""
    day_start = day_end(arrival_day) - timedelta(days=1)
    earliest = day_start - timedelta(days=limits.max_lateness_days)
    latest_of_hour = day_start + _HOUR + timedelta(minutes=limits.future_tolerance_minutes)
    hour = F.substring_index(F.substring_index("source_object", "/hour=", -1), "/", 1).cast("int")
    milliseconds = F.unix_millis("event_timestamp")
    latest = F.lit(_milliseconds(latest_of_hour)) + hour * F.lit(_HOUR // timedelta(milliseconds=1))
    return F.when(milliseconds < _milliseconds(earliest), TOO_LATE).when(milliseconds > latest, IN_THE_FUTURE)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _from_user_agent() -> dict[str, Column]:
    """What the producer left open and the user agent tells; without one nothing is known, and no bot is assumed."""
    agent = F.col("user_agent")
    agent_is_bot = F.col(_AGENT_IS_BOT)
    device = F.when(agent_is_bot, "bot").otherwise(user_agents.fact(agent, "device_type"))
    said_bot = F.coalesce(F.col("device_type") == "bot", F.lit(False))
    return {
        "device_type": F.coalesce("device_type", device),
        "browser": F.coalesce("browser", user_agents.fact(agent, "browser")),
        "os": F.coalesce("os", user_agents.fact(agent, "os")),
        "is_bot": F.coalesce("is_bot", said_bot | agent_is_bot),
    }
