from datetime import UTC, datetime

import pytest

from clickstream_glue.bookkeeping import RefusedRun, final_keys, make_ledger, refuse, summary
from clickstream_glue.counts import Counts, StagedFile
from clickstream_glue.preflight import Inspected
from clickstream_glue.storage import StoredObject

RUN = "2026-03-05-jr_1"
NOW = datetime(2026, 3, 6, 1, tzinfo=UTC)
MAIN = StagedFile("s/verdict=accepted/event_day=2026-03-05/a.parquet", "accepted", "2026-03-05", 100)
MAIN_TOO = StagedFile("s/verdict=accepted/event_day=2026-03-05/b.parquet", "accepted", "2026-03-05", 100)
LATE = StagedFile("s/verdict=accepted/event_day=2026-03-04/a.parquet", "accepted", "2026-03-04", 50)
BLANK = StagedFile("s/verdict=blank/event_day=-/a.parquet", "blank", "-", 10)
FILES = [LATE, MAIN, MAIN_TOO, BLANK]


def inspected(lines: int, problem: str | None = None) -> Inspected:
    return Inspected(StoredObject("events/a.gz", 10, "etag"), lines, problem)


def counts(**changes: object) -> Counts:
    fields = {"rows": {MAIN.key: 6, MAIN_TOO.key: 1, LATE.key: 1}, "blank": 1, "duplicates": 1, "split": 1}
    return Counts(**(fields | {"quarantined": {"malformed_json": 1}} | changes))  # type: ignore[arg-type]


def ledger(lines: int = 10, **changes: object):  # type: ignore[no-untyped-def]
    return make_ledger(RUN, 1, [inspected(lines)], counts(**changes), FILES, NOW)


def test_files_are_numbered_per_day_and_only_accepted_ones_are_kept() -> None:
    assert final_keys(RUN, FILES) == {
        LATE.key: "candidates/day=2026-03-04/2026-03-05-jr_1-00000.parquet",
        MAIN.key: "year=2026/month=03/day=05/part-2026-03-05-jr_1-00000.parquet",
        MAIN_TOO.key: "year=2026/month=03/day=05/part-2026-03-05-jr_1-00001.parquet",
    }


def test_ledger_counts_rows_by_day() -> None:
    made = ledger()
    assert (made.accepted, made.main_rows, made.candidate_rows) == (8, 7, 1)
    assert dict(made.rows_per_event_day) == {"2026-03-04": 1, "2026-03-05": 7}
    assert made.problems() == []


def test_unreadable_object_is_one_quarantined_line() -> None:
    made = make_ledger(RUN, 1, [inspected(10), inspected(1, "truncated")], counts(), FILES, NOW)
    assert dict(made.quarantined) == {"malformed_json": 1, "unreadable_object": 1}
    assert made.lines == 11
    assert made.problems() == []


def test_sound_ledger_passes() -> None:
    refuse(ledger(), 0.1, "s3://raw/quarantine/")


@pytest.mark.parametrize("lines", [9, 11])
def test_line_without_an_outcome_is_refused(lines: int) -> None:
    with pytest.raises(RefusedRun, match=r"2026-03-05, run 2026-03-05-jr_1: .* but 11 accounted for"):
        refuse(ledger(lines), 1, "s3://raw/quarantine/")


def test_refusal_names_day_share_reasons_and_place() -> None:
    with pytest.raises(RefusedRun) as refusal:
        refuse(ledger(15, quarantined={"a": 1, "b": 3, "c": 1, "d": 1}), 0.39, "s3://raw/quarantine/x/")
    told = str(refusal.value)
    assert "2026-03-05: 40.00%" in told
    assert "b 3, a 1, c 1;" in told
    assert "s3://raw/quarantine/x/" in told


def test_summary_is_the_equation() -> None:
    assert summary(ledger()) == (
        "10 lines + 1 split = 8 accepted + 1 duplicates + 1 quarantined + 1 blank (most frequent: malformed_json 1)"
    )
