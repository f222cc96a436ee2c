"""What the page tells of Airflow's runs, which the books do not know: each test goes on from the last."""

import json
from datetime import timedelta

import pytest

from tests.operations.seen import PICTURES, TODAY, shown_alone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
GOOD = TODAY - timedelta(days=2)
RANGE = f"?from={GOOD}&to={GOOD}"
RUNS = "/api/v2/dags/clickstream_daily/dagRuns"
# Airflow's answers, as far as a test makes them up: by a pattern of the URL, the answer's body.
ANSWERS = """(made => { const real = window.fetch; window.fetch = (url, ...how) => {
    const [, [status, body]] = Object.entries(made).find(([pattern]) => new RegExp(pattern).test(url)) ?? [null, [0]];
    return status ? Promise.resolve(new Response(JSON.stringify(body), {status})) : real(url, ...how); }; })"""


def answering(page, made):
    page.run(f"{ANSWERS}({json.dumps(made)})")
    return page


def ended(site, state, **tasks):
    """A run of the good day that ended in this state."""
    run = site.api.post(RUNS, {"logical_date": None, "partition_key": str(GOOD)})["dag_run_id"]
    for task, new_state in tasks.items():
        site.api.patch(f"{RUNS}/{run}/taskInstances/{task}", {"new_state": new_state})
    site.api.patch(f"{RUNS}/{run}", {"state": state})


def test_a_day_is_not_trusted_where_a_run_failed_after_its_publication(site, page, year):
    shown_alone(site, page, RANGE, f"You can trust {GOOD}")
    ended(site, "failed", verify="failed")
    shown_alone(site, page, RANGE, f"{GOOD} is published, but its last run in Airflow failed", "The red task says what")
    assert page.run("document.querySelector('.headline').className") == "headline failed"
    assert page.run("document.querySelector('a.cell').className") == "cell failed"
    assert page.run("document.querySelector('.legend').innerText").split() == ["\u2715", "failed:", "1"]
    page.picture(PICTURES / "operations_red.png")
    page.click(".headline a", f"Look at {GOOD}").until_shown("its last run in Airflow failed", "log of verify")
    assert page.run("document.querySelector('h1 [aria-hidden]').innerText") == "\u2715"
    page.picture(PICTURES / "operations_red_day.png")


def test_a_failed_run_is_named_beside_a_worse_day(site, page, year):
    shown_alone(site, page, "", "is missing", f"Look at {GOOD}", "The red task says what")


def test_task_lists_that_may_not_be_read_leave_the_list_of_runs(site, page, year):
    shown_alone(site, page, f"days/{GOOD}", "log of verify")
    answering(page, {"taskInstances": [403, {}]}).run("list_runs()")
    text = page.until_shown("Airflow did not tell its tasks: your login may not read this.")
    assert ": failed" in text
    assert "may edit" not in text


def test_where_airflow_does_not_tell_of_its_runs_the_headline_says_what_it_rests_on(site, page, year):
    shown_alone(site, page, RANGE, "its last run in Airflow failed")
    answering(page, {"dagRuns": [403, {}]}).run("mark_runs().catch(unmarked)")
    page.until_shown("This rests on the books alone; Airflow did not tell of its runs: your login may not read this.")


def test_runs_beyond_the_first_hundred_are_marked(site, page, year):
    days = [str(TODAY - timedelta(days=number)) for number in range(30, 180)]
    shown_alone(site, page, f"?from={days[-1]}&to={days[0]}", "You can trust")
    pages = {f"state=running.*offset={start}": [200, {
        "dag_runs": [{"partition_key": day} for day in days[start : start + 100]], "total_entries": len(days),
    }] for start in (0, 100)}  # fmt: skip
    answering(page, pages).run("mark_runs()")
    assert page.run("document.querySelectorAll('a.cell.running').length") == len(days)
    assert f"running: {len(days)}" in page.run("document.querySelector('.legend').innerText")


def test_a_later_run_that_ended_well_ends_it(site, page, year):
    ended(site, "success")
    shown_alone(site, page, RANGE, f"You can trust {GOOD}")
    assert page.run("failed_since_published()") == []
