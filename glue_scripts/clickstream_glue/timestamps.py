"""Event times: ISO 8601 text or epoch numbers, to UTC timestamps of milliseconds."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from clickstream import patterns
from clickstream_glue.records import matches

# Each unit reaches to the year 5138, so no two overlap.
_SECONDS_BELOW, _MILLISECONDS_BELOW, _MICROSECONDS_BELOW = 10**11, 10**14, 10**17


def timestamp(text: Column) -> Column:
    """The instant, or NULL where the text is none. Without an offset the time is UTC.

    Digits beyond milliseconds are cut, not rounded: an event never moves into the next day.
    """
    from_iso = F.when(matches(text, patterns.ISO_TIME), F.unix_millis(_instant(text)))
    return F.timestamp_millis(from_iso.when(matches(text, patterns.EPOCH), _epoch_milliseconds(text)))


def _instant(iso: Column) -> Column:
    utc = F.when(iso.rlike(rf"{patterns.OFFSET}\z"), "").otherwise("Z")
    return F.concat(F.upper(iso), utc).cast("timestamp")


def _epoch_milliseconds(text: Column) -> Column:
    """Decimals, because a double has no room for microseconds with a fraction."""
    number = F.regexp_replace(text, r"(\.[0-9]{12})[0-9]+\z", "$1").cast("decimal(30,12)")
    milliseconds = (
        F.when(number < _SECONDS_BELOW, number * 1000)
        .when(number < _MILLISECONDS_BELOW, number)
        .when(number < _MICROSECONDS_BELOW, number / 1000)
    )
    return F.floor(milliseconds).cast("bigint")
