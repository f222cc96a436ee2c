import re

import pytest

from clickstream.ledger import OutputFile, parse_ledger
from tests.dags.clickstream.builders import ledger


def test_a_ledger_that_accounts_for_everything_has_no_problems():
    assert ledger().problems() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lines": 11}, "11 records .* but 10 accounted for"),
        ({"split": 1}, "11 records"),
        ({"blank": 0}, "but 9 accounted for"),
        ({"quarantined": {"malformed_json": 1}}, "but 11 accounted for"),
        ({"duplicates": 2}, "but 11 accounted for"),
        ({"rows_per_event_day": {"2024-12-25": 7}}, "rows per event day sum to 7"),
        ({"rows_per_event_day": {"2024-12-24": 8}}, "0 rows of the arrival day"),
        ({"files": (OutputFile("k", "2024-12-25", 7, 1),)}, "files hold 7 rows"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_record_that_is_unaccounted_for_is_a_problem(change, problem):
    assert any(re.search(problem, found) for found in ledger(**change).problems())


def test_share_of_quarantined_is_of_the_records_that_are_not_blank():
    one = ledger(accepted=6, quarantined={"malformed_json": 2})
    assert one.quarantined_share == pytest.approx(2 / 9)


def test_nothing_judged_means_nothing_quarantined():
    assert ledger(lines=0, blank=0, accepted=0, main_rows=0, duplicates=0).quarantined_share == 0.0


def test_a_ledger_survives_its_json():
    assert parse_ledger(ledger().to_json()) == ledger()


def test_a_ledger_is_one_line():
    assert "\n" not in ledger().to_json()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"inputs":[],"files":[]}'])
def test_what_is_no_ledger_is_an_error(text):
    with pytest.raises(ValueError, match="expected a ledger's JSON"):
        parse_ledger(text)
