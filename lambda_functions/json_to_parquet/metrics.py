"""CloudWatch metrics in the embedded metric format: lines of JSON in the log, no call to CloudWatch.

They count what was read, not what there is: an object delivered again, or tried again, is counted again.
"""

import json
from collections.abc import Iterator, Mapping

from clickstream.resources import read_json
from json_to_parquet.columns import Counts

REASON = "Reason"


def documents(counts: Counts, environment: str, milliseconds: int) -> Iterator[str]:
    """One document of the object's numbers, one for each reason. ``milliseconds``: the time, UTC since 1970."""
    numbers = {
        "LiveLines": counts.lines, "LiveRows": counts.rows, "LiveDuplicates": counts.duplicates,
        "LiveConflicting": counts.conflicting, "LiveBlank": counts.blank, "LiveOneByOne": counts.one_by_one,
    }  # fmt: skip
    yield _document({}, numbers, environment, milliseconds)
    for reason, number in sorted(counts.quarantined.items()):
        yield _document({REASON: reason}, {"LiveQuarantined": number}, environment, milliseconds)


def _document(dimensions: Mapping[str, str], numbers: Mapping[str, int], environment: str, milliseconds: int) -> str:
    names = read_json("pipeline.json")["metrics"]
    given = {names["dimension"]: environment, **dimensions}
    described = {
        "Namespace": names["namespace"],
        "Dimensions": [list(given)],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in numbers],
    }
    return json.dumps({"_aws": {"Timestamp": milliseconds, "CloudWatchMetrics": [described]}, **given, **numbers})
