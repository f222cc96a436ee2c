from clickstream.checks import Check, Result
from clickstream_airflow import tables
from tests.dags.clickstream.builders import ledger


def test_the_ledger_table_shows_the_equation_with_reasons():
    text = tables.ledger(ledger(lines=13, quarantined={"malformed_json": 2, "too_late": 1}))
    rows = [line.split()[:3] for line in text.splitlines()]
    assert ["records", "13", "13"] in rows
    assert ["=", "accepted", "8"] in rows
    assert ["+", "quarantined", "3"] in rows
    assert ["malformed_json", "2"] in rows


def test_what_did_not_pass_comes_first():
    passed, failed = (Result(Check(name, "m", "fail", "d", 0, 1), value) for name, value in (("good", 1), ("bad", 2)))
    lines = tables.results([passed, failed]).splitlines()
    assert lines[2].split() == ["fail", "bad", "2", "0", "..", "1"]
    assert lines[3].startswith("pass")
