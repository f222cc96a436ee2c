"""The estimate's terms, against figures worked out by hand; and the document's block, against what is printed."""

import re
from pathlib import Path

import estimate_cost
import pytest
from estimate_cost import DAYS, Load, report, terms

ROOT = Path(__file__).parents[2]


def dollars(load: Load) -> dict[str, float]:
    return {term.name.split(",")[0]: term.dollars for term in terms(load)}


def test_firehose_bills_small_records_as_five_kilobytes():
    alone, packed = dollars(Load(1_000_000, 550)), dollars(Load(1_000_000, 550, per_record=100))
    assert alone["Firehose"] == pytest.approx(1e6 * 5120 * DAYS / 1e9 * 0.029)
    assert packed["Firehose"] == pytest.approx(1e4 * 56320 * DAYS / 1e9 * 0.029)  # 55,000 bytes are eleven steps


def test_a_small_day_pays_glues_least_minute_and_a_large_one_its_cpu():
    least = dollars(Load(1, 550, workers=10))["Glue job"]
    assert least == pytest.approx(10 / 60 * DAYS * 0.44)
    one, two = (dollars(Load(events, 550))["Glue job"] for events in (10**9, 2 * 10**9))
    measured = estimate_cost.MEASURED
    slope = measured["glue_cpu_seconds_per_million"] * 1000 / (4 * 0.7) / 3600 * DAYS * 0.44
    assert two - one == pytest.approx(slope)


def test_objects_come_by_time_or_by_size():
    assert Load(1000, 550, buffer_seconds=60).objects == 1440
    assert Load(5 * 10**9, 550).objects == pytest.approx(5 * 10**9 * 550 / 2**27)


def test_what_is_off_costs_nothing():
    names = set(dollars(Load(1000, 550, live=False)))
    assert not names & {"Function", "MWAA", "NAT gateway"}
    assert dollars(Load(1000, 550, airflow=True))["MWAA"] == pytest.approx(0.49 * 730)


def test_the_total_is_the_sum_of_the_lines():
    *lines, total = re.findall(r"^ *([\d,]+\.\d\d) ", report(Load(10**8, 550)), re.MULTILINE)
    assert sum(float(x.replace(",", "")) for x in lines) == pytest.approx(float(total.replace(",", "")), abs=0.05)


@pytest.mark.parametrize("wrong", ["0", "1e6", "many"])
def test_numbers_are_checked(wrong, capsys):
    with pytest.raises(SystemExit):
        estimate_cost.main(["--events-per-day", wrong, "--event-bytes", "550"])
    said = f"--events-per-day: expected a whole number of at least 1, got {wrong!r}"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("events", [10**6, 10**8, 5 * 10**9])
def test_the_document_shows_what_is_printed(events):
    assert report(Load(events, 550)) in (ROOT / "docs" / "costs.md").read_text()


def test_measured_numbers_are_those_of_the_benchmark():
    """Whoever measures anew writes the slope into the estimate, rounded up to the next ten."""
    table = (ROOT / "docs" / "performance.md").read_text()
    row = re.search(r"^\| Clickstream \|(.*)\|$", table, re.MULTILINE)
    assert row
    *_, fixed, slope, _wall, _peak, _peak5, _output = (float(cell) for cell in row[1].split("|"))
    measured = estimate_cost.MEASURED
    assert 0 <= measured["glue_cpu_seconds_per_million"] - slope < 10
    assert 0 <= measured["glue_fixed_cpu_seconds"] - fixed < 10
    function = re.search(r"^duckdb +[\d.]+ +([\d.]+)", table, re.MULTILINE)
    assert function
    assert 0 <= measured["function_cpu_seconds_per_million"] - float(function[1]) / 0.055 < 10
