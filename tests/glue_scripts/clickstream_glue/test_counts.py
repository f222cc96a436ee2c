from typing import Any

import pytest

from clickstream_glue import counts
from clickstream_glue.counts import Counts, StagedFile, staged_files, uris
from clickstream_glue.storage import StoredObject

ACCEPTED = "staging/r/records/verdict=accepted/event_day=2026-03-05/part-0.zstd.parquet"
BLANK = "staging/r/records/verdict=blank/event_day=-/part-0.zstd.parquet"


def stored(key: str) -> StoredObject:
    return StoredObject(key, 5, "e")


def test_only_parquet_under_a_verdict_is_a_staged_file() -> None:
    listing = [
        stored(key)
        for key in (
            ACCEPTED,
            BLANK,
            "staging/r/records/_SUCCESS",
            "staging/r/records/",
            "staging/r/quarantine/0.json.gz",
        )
    ]
    assert staged_files(listing) == [
        StagedFile(ACCEPTED, "accepted", "2026-03-05", 5),
        StagedFile(BLANK, "blank", "-", 5),
    ]


def test_uris_are_of_the_verdicts_asked_for() -> None:
    assert uris("b", staged_files([stored(ACCEPTED), stored(BLANK)]), "blank") == [f"s3://b/{BLANK}"]


@pytest.mark.slow
def test_nothing_staged_counts_nothing(spark: Any) -> None:
    assert counts.count(spark, "b", []) == Counts()


@pytest.mark.slow
def test_names_of_unknown_fields_are_bounded(day: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.corpus import line

    monkeypatch.setattr(counts, "MOST_NAMES", 2)
    day.put_lines(line("c", 1, a=1, b=1), line("c", 2, b=1, c=1), line("c", 3, b=1, c=1))
    assert dict(day.run().unknown_fields) == {"b": 3, "c": 2}
