"""The function that S3 invokes for each raw object, asynchronously: what it raises, Lambda tries again, twice, and then
sends the event with the error's text to the dead letter queue.

No text of an error from elsewhere gets into that, or into the log: it might quote a line.
"""

import logging
import os
import time
import traceback
from collections import Counter
from functools import cache
from typing import Any

from clickstream.aws_errors import error_code
from clickstream.catalog import Catalog, connect
from clickstream.raw_objects import UnreadableObject
from clickstream.reasons import UNREADABLE
from clickstream.settings import SettingsError, read_settings
from json_to_parquet import metrics
from json_to_parquet.columns import Counts
from json_to_parquet.convert import convert
from json_to_parquet.notification import RawObject, raw_objects

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


class NotConverted(Exception):
    """Objects, each with the reason."""


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Converts every object of the notification. NotConverted names those that could not be, after all were tried."""
    outcomes, failures = {}, []
    for found in raw_objects(event):
        try:
            outcomes[found.key] = _convert(_catalog(), found)
        except Exception as error:
            log.error("%s: %s", found.key, _described(error))
            if isinstance(error, UnreadableObject):
                _count(Counts(lines=1, quarantined=Counter({UNREADABLE: 1})))  # one record, as in the ledger
            failures.append(f"{found.key}: {_reason(error)}")
    if failures:
        raise NotConverted("; ".join(failures)) from None
    return outcomes


def _convert(catalog: Catalog, found: RawObject) -> str:
    outcome = convert(catalog, found, _memory_mib() // 2)
    log.info("%s: %s, %s", found.key, outcome.what, outcome.counts)
    if outcome.counts:
        _count(outcome.counts)
    return outcome.what


def _count(counts: Counts) -> None:
    for document in metrics.documents(counts, _catalog().settings.environment, time.time_ns() // 1_000_000):
        print(document)


def _reason(error: Exception) -> str:
    """What may be told of an error: our own words, or its kind."""
    if isinstance(error, (UnreadableObject, SettingsError)):
        return str(error)
    return error_code(error) or type(error).__name__


def _described(error: Exception) -> str:
    """The reason and where it was raised; no value of a variable."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return f"{_reason(error)} at " + ", ".join(f"{frame.name}:{frame.lineno}" for frame in frames)


@cache
def _catalog() -> Catalog:
    """One for all invocations of an execution environment."""
    return connect(read_settings())


def _memory_mib() -> int:
    return int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"))
