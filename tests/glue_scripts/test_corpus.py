"""Every row of CORPUS.md against the Glue engine: all cases lie in one arrival day, and one run judges them."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from clickstream import layout
from clickstream.contract import load_contract
from clickstream.ledger import Ledger
from clickstream.reasons import UNREADABLE
from clickstream.replay import NEEDS_A_RUN, Tally
from tests.corpus import ARRIVAL_DAY, Case, all_cases

pytestmark = pytest.mark.slow
CASES = all_cases()


@dataclass
class Judged:
    """What one run made of all cases: accepted rows and quarantine records by the case that they came from."""

    day: Any
    ledger: Ledger
    rows: dict[str, list[dict[str, Any]]]
    quarantined: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def judged(new_day: Callable[[], Any]) -> Judged:
    day = new_day()
    case_of = {}
    for case in CASES:
        for number, found in enumerate(case.objects):
            key = found.name or f"{layout.raw_prefix(ARRIVAL_DAY)}hour={found.hour:02d}/{case.id}-{number}.gz"
            day.s3.put_object(Bucket=day.bucket("raw"), Key=key, Body=found.data)
            case_of[f"s3://{day.bucket('raw')}/{key}"] = case.id
    ledger = day.run(max_quarantined_share="1")
    return Judged(day, ledger, _by_case(day.rows(ledger), case_of), _by_case(day.quarantined(ledger), case_of))


def _by_case(found: list[dict[str, Any]], case_of: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        grouped[case_of[one["source_object"]]].append(one)
    return grouped


def _shown(row: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    return {name: _utc_naive(row[name]) for name in columns}


def _utc_naive(value: Any) -> Any:
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule:02d}-{case.id}")
def test_case_gets_its_verdict(judged: Judged, case: Case) -> None:
    rows, bad = judged.rows[case.id], judged.quarantined[case.id]
    assert (len(rows), Counter(record["reason"] for record in bad)) == (len(case.accepted), Counter(case.quarantined))
    if case.accepted:
        wanted = case.accepted[0]
        expected = {name: _utc_naive(value) for name, value in wanted.items()}
        assert [_shown(row, wanted) for row in rows] == [expected] * len(rows)


def test_every_row_of_the_corpus_has_a_case() -> None:
    vanishing = {38}  # tests/glue_scripts/test_transform_job.py
    assert {case.rule for case in CASES} | vanishing == set(range(1, 39))


def test_case_ids_are_unique() -> None:
    assert [case_id for case_id, times in Counter(case.id for case in CASES).items() if times > 1] == []


@pytest.mark.parametrize("count", ["duplicates", "conflicting", "blank", "split"])
def test_ledger_counts_what_left_no_row(judged: Judged, count: str) -> None:
    assert getattr(judged.ledger, count) == sum(getattr(case, count) for case in CASES)


def test_ledger_counts_each_reason(judged: Judged) -> None:
    assert dict(judged.ledger.quarantined) == Counter(reason for case in CASES for reason in case.quarantined)


def test_ledger_of_the_worst_day_adds_up(judged: Judged) -> None:
    assert judged.ledger.problems() == []
    assert judged.ledger.accepted == sum(len(case.accepted) for case in CASES)


def test_line_that_is_too_large_leaves_its_first_bytes_only(judged: Judged) -> None:
    (record,) = judged.quarantined["line-too-large"]
    assert (len(record["line"]), record["line_bytes"]) == (1000, 1_048_577)


def test_unreadable_object_is_pointed_at_with_a_reason(judged: Judged) -> None:
    (record,) = judged.quarantined["truncated"]
    assert "line" not in record
    assert "truncated" in record["detail"]


def test_quarantine_record_names_the_field(judged: Judged) -> None:
    fields = {
        case: judged.quarantined[case][0].get("field")
        for case in ("price-letters", "type-unknown", "eight-days-before", "json-nan")
    }
    assert fields == {
        "price-letters": "price",
        "type-unknown": "event_type",
        "eight-days-before": "event_timestamp",
        "json-nan": None,
    }


def test_what_is_in_quarantine_is_judged_alike_again(judged: Judged) -> None:
    from clickstream_glue.rejudge import rejudge

    found = rejudge(judged.day.spark, judged.day.s3, judged.day.bucket("raw"), judged.ledger, (), load_contract())
    now = {reason: NEEDS_A_RUN if reason == UNREADABLE else reason for reason in judged.ledger.quarantined}
    assert found.tallies == tuple(Tally(was, now[was], number) for was, number in judged.ledger.quarantined.items())
    assert found.examples == ()
