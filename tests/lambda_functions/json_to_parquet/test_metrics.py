import json
from collections import Counter

from json_to_parquet.columns import Counts
from json_to_parquet.metrics import documents


def test_numbers_and_reasons_are_documents_that_cloudwatch_reads() -> None:
    counts = Counts(lines=9, rows=5, duplicates=1, blank=1, quarantined=Counter({"too_late": 2}))
    first, second = map(json.loads, documents(counts, "dev", 1000))
    (described,) = second["_aws"]["CloudWatchMetrics"]
    assert (first["LiveLines"], first["LiveRows"], first["LiveBlank"]) == (9, 5, 1)
    assert (second["Environment"], second["Reason"], second["LiveQuarantined"]) == ("dev", "too_late", 2)
    assert described == {
        "Namespace": "Clickstream",
        "Dimensions": [["Environment", "Reason"]],
        "Metrics": [{"Name": "LiveQuarantined", "Unit": "Count"}],
    }
    assert second["_aws"]["Timestamp"] == 1000
