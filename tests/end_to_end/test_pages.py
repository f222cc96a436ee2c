"""Airflow's own pages in a browser: the trigger form, the backfill form, the grid, a red task. For days without events.

What they looked like is in build/screenshots.
"""

import os
import time
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from local_airflow.backfill import await_run, error, runs
from local_airflow.environment import REPOSITORY
from tests.end_to_end import browser

pytestmark = pytest.mark.slow
PICTURES = REPOSITORY / "build" / "screenshots"
RANGE = ["2023-06-30", "2023-07-01"]
TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))
DAY = "input[name=element_arrival_day]"
SHARE = "input[name=element_max_quarantined_share]"


@pytest.fixture(scope="module")
def page(pipeline, tmp_path_factory):
    if browser.program() is None:
        # GitHub's machines for macOS and Arm have none under these names.
        is_ci = os.environ.get("CI") == "true" and not os.environ.get("GITHUB_ACTIONS")
        (pytest.fail if is_ci else pytest.skip)(f"expected a browser, one of {browser.PROGRAMS}")
    with browser.opened(tmp_path_factory.mktemp("browser") / "profile") as page:
        page.open(f"{pipeline.airflow.url}/dags/clickstream_daily").until_shown("Sign into Airflow")
        page.type("input[name=username]", pipeline.airflow.login.user)
        page.type("input[name=password]", pipeline.airflow.login.password)
        page.click("button", "Sign in").until_shown("Latest Dag Version")
        yield page


def form(pipeline, page, tab: str) -> str:
    """Opens the DAG's form at a tab; what it reads."""
    page.open(f"{pipeline.airflow.url}/dags/clickstream_daily").until_shown("Latest Dag Version")
    page.click("button", "Trigger").click("label", tab)
    return page.until_shown("Run Parameters", "max_quarantined_share")


def await_new_runs(pipeline, before):
    """The runs that are there now and were not, as soon as there is one."""
    deadline = time.monotonic() + browser.PATIENCE
    while not (new := {run: one for run, one in runs(pipeline.airflow).items() if run not in before}):
        assert time.monotonic() < deadline, "the form made no run"
        time.sleep(0.5)
    return new


def test_the_form_asks_for_each_parameter_with_its_own_kind_of_input(pipeline, page):
    text = form(pipeline, page, "Single Run")
    page.picture(PICTURES / "trigger.png")
    for words in ("The day to run", "Leave it empty in a backfill", "Accept a day on which nothing", "(0 to 1)"):
        assert words in text
    kinds = {name: page.run(f"document.querySelector('[name=element_{name}]').type")
             for name in ("arrival_day", "allow_empty", "max_quarantined_share")}  # fmt: skip
    assert kinds == {"arrival_day": "date", "allow_empty": "checkbox", "max_quarantined_share": "text"}
    assert page.run(f"document.querySelector('{SHARE}').getAttribute('role')") == "spinbutton"


def test_the_form_takes_no_share_out_of_bounds_and_nothing_that_is_no_day(pipeline, page):
    form(pipeline, page, "Single Run")
    page.type(SHARE, "7").until(f"document.querySelector('{SHARE}').value === '1'")
    page.pick(DAY, RANGE[0]).until(f"document.querySelector('{DAY}').value === '{RANGE[0]}'")
    page.pick(DAY, "2026-13-40").until(f"document.querySelector('{DAY}').value === ''")
    page.picture(PICTURES / "corrected.png")


def test_a_day_picked_in_the_form_is_the_runs_day(pipeline, page):
    before = set(pipeline.states())
    form(pipeline, page, "Single Run")
    page.pick(DAY, TOMORROW).click("button", "Trigger")
    (run,) = await_new_runs(pipeline, before)
    assert await_run(pipeline.airflow, run, timeout=600) == "failed"
    assert error(pipeline.airflow, run, "await_day_closed").startswith(f"Arrival day {TOMORROW} has not begun")


@pytest.fixture(scope="module")
def backfilled(pipeline, page):
    """The runs that the backfill form made, ended."""
    before = set(pipeline.states())
    form(pipeline, page, "Backfill")
    page.pick("input[name=from_date]", f"{RANGE[0]}T00:00").pick("input[name=to_date]", f"{RANGE[-1]}T00:00")
    page.type("input[name=max_active_runs]", "4").until_shown("2 runs will be triggered")
    page.picture(PICTURES / "backfill.png")
    page.click("button", "Run Backfill").until_shown("Backfill generated")
    made = await_new_runs(pipeline, before)
    for run in made:
        await_run(pipeline.airflow, run, timeout=600)
    return made


def test_an_inclusive_range_gives_exactly_its_days(backfilled):
    assert sorted(run["partition_key"] for run in backfilled.values()) == RANGE


def test_the_grid_shows_them(pipeline, page, backfilled):
    page.open(f"{pipeline.airflow.url}/dags/clickstream_daily")
    page.until_shown("await_day_closed", "transform", "verify")
    page.until(f"{len(backfilled)} <= document.querySelectorAll('a[href*=\"/runs/backfill__2023\"]').length")
    page.picture(PICTURES / "grid.png")


def test_a_day_before_any_data_exists_explains_itself(pipeline, page, backfilled):
    """What a person sees who takes the DAG off pause before events are sent."""
    run = next(iter(backfilled))
    said = error(pipeline.airflow, run, "await_transform").splitlines()[0]
    assert said.startswith("Glue run ended FAILED: RefusedRun: arrival day 2023-")
    for words in ("no object under s3://", "look at the Firehose stream", "allow_empty"):
        assert words in said
    page.open(f"{pipeline.airflow.url}/dags/clickstream_daily/runs/{run}/tasks/await_transform")
    page.until_shown("no object under s3://", "look at the Firehose stream")
    page.picture(PICTURES / "red_task.png")


def test_no_browser_is_left(tmp_path):
    with browser.opened(tmp_path / "profile"):
        assert of_profile(tmp_path)
    assert of_profile(tmp_path) == []


def of_profile(folder) -> list[int]:
    lines = {one.pid: " ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])}
    return [pid for pid, line in lines.items() if str(folder) in line]
