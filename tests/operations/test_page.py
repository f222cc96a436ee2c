"""The operations page in Airflow's navigation, in a browser: each test goes on from the last.

What it looked like is in build/screenshots.
"""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from local_airflow.environment import REPOSITORY
from tests.end_to_end import browser
from tests.operations.made_books import MadeBooks, good_days, hostile_check, made_checks, made_ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PICTURES = REPOSITORY / "build" / "screenshots"
TODAY = datetime.now(UTC).date()
FAILED, UNUSUAL, PAST = (TODAY - timedelta(days=number) for number in (5, 3, 9))
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
WITHIN = "document.querySelector('iframe').contentDocument"


@pytest.fixture(scope="module")
def books(site):
    return MadeBooks(site.stack.catalog)


@pytest.fixture(scope="module")
def page(site, tmp_path_factory):
    if browser.program() is None:
        is_ci = os.environ.get("CI") == "true" and not os.environ.get("GITHUB_ACTIONS")
        (pytest.fail if is_ci else pytest.skip)(f"expected a browser, one of {browser.PROGRAMS}")
    with browser.opened(tmp_path_factory.mktemp("browser") / "profile") as page:
        page.open(f"{site.url}/dags").until_shown("Sign into Airflow")
        page.type("input[name=username]", site.login.user)
        page.type("input[name=password]", site.login.password)
        page.click("button", "Sign in").until_shown("Clickstream")
        yield page


def shown_alone(site, page, path: str = "", *texts: str) -> str:
    """Opens a page without Airflow's frame around it; its text."""
    page.open(f"{site.url}/clickstream/{path}")
    return page.until_shown(*texts)


@pytest.mark.parametrize("path", ["", "days/2024-12-25", "api/days"])
def test_nobody_reads_it_without_a_login(site, path):
    assert site.status(f"/clickstream/{path}") == 401
    assert site.status(f"/clickstream/{path}", "no.such.token") in (401, 403)


def test_who_is_new_finds_it_in_the_navigation_and_is_told_what_to_do(site, page):
    page.like(1300, 900).click("a", "Clickstream")
    page.until(f"document.querySelector('iframe') && {WITHIN}.body?.innerText.includes('No day is published yet')")
    page.picture(PICTURES / "operations_empty.png")


@pytest.fixture(scope="module")
def year(books):
    """A year and more in which one day failed its checks, one is missing, and one has few events."""
    books.write_all(good_days(TODAY - timedelta(days=430), TODAY - timedelta(days=1)))
    books.write(made_ledger(UNUSUAL, 200, "jr_2", quarantined={HOSTILE: 1}))
    failed = made_ledger(FAILED, 900, "jr_3")
    books.write(failed, [*made_checks(failed, {"repeated_event_ids": 4}), hostile_check(HOSTILE)], is_shown=False)
    del books.shown[PAST]
    books.commit("year")


def test_one_look_names_the_worst_day(site, page, year):
    page.watch()
    text = shown_alone(site, page, "", f"{PAST} is missing", "Volume")
    assert "run the day" in text
    assert f"Also: {FAILED} failed its checks; {UNUSUAL} is published, with an unusual volume." in text
    states = page.run(f"Object.fromEntries(['{PAST}','{FAILED}','{UNUSUAL}','{TODAY}'].map(day => "
                      "[day, document.querySelector(`[data-day='${day}']`).className]))")  # fmt: skip
    assert states == {
        str(PAST): "cell missing", str(FAILED): "cell failed", str(UNUSUAL): "cell unusual", str(TODAY): "cell live",
    }  # fmt: skip
    page.picture(PICTURES / "operations.png")


def test_a_year_is_shown_whole(site, page, year):
    first = TODAY - timedelta(days=365)
    shown_alone(site, page, f"?from={first}&to={TODAY}", "published: 362")
    assert page.run("document.querySelectorAll('.chart .bar').length") == 364
    height = page.run("document.body.scrollHeight")
    page.like(1300, height).picture(PICTURES / "operations_year.png")
    page.like(1300, 900)


def test_a_range_can_be_chosen(site, page, year):
    shown_alone(site, page, "", "Days of arrival")
    page.pick("input[name=from]", str(TODAY - timedelta(days=10))).pick("input[name=to]", str(TODAY))
    page.click("button", "Show").until_shown("published: 7")


def test_a_failing_day_tells_the_check_its_history_and_what_is_still_shown(site, page, year):
    text = shown_alone(site, page, f"days/{FAILED}", "failed its checks", "None. Run the day")
    assert "repeated_event_ids is 4, expected 0" in text
    assert f"Readers still see run {FAILED}-jr_1" in text
    assert (
        page.run("document.querySelector('tr.fail svg.line polyline').getAttribute('points').split(' ').length") == 28
    )
    height = page.run("document.body.scrollHeight")
    page.like(1300, height).picture(PICTURES / "operations_day.png")
    page.like(1300, 900)


@pytest.mark.parametrize("path", ["", f"days/{UNUSUAL}", f"days/{FAILED}"], ids=["all days", "reason", "check"])
def test_hostile_text_is_shown_as_text(site, page, year, path):
    shown_alone(site, page, path, HOSTILE)
    assert page.run("document.querySelectorAll('img').length") == 0
    assert page.run("document.title") != "owned"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_whole(site, page, year, scheme):
    for path in ("", f"days/{FAILED}"):
        page.like(390, 1600, scheme)
        shown_alone(site, page, path, "checks" if path else "Days of arrival")
        assert page.run("document.documentElement.scrollWidth") <= 390
        page.picture(PICTURES / f"operations_phone_{scheme}{'_day' if path else ''}.png")
    page.like(1300, 900)


CONTRAST = """(selector => {
    const one = document.querySelector(selector);
    const light = text => text.match(/[0-9.]+/g).slice(0, 3).map(Number).map(x => x / 255)
        .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
        .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = from => { for (let at = from; at; at = at.parentElement) {
        const found = getComputedStyle(at).backgroundColor;
        if (!/, 0\\)$|transparent/.test(found)) return found; } return 'rgb(255, 255, 255)'; };
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
})"""


def contrast(page, selector: str) -> float:
    """Between text and ground of an element, as WCAG 2 defines it."""
    return page.run(f"{CONTRAST}({json.dumps(selector)})")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(site, page, year, scheme):
    page.like(1300, 900, scheme)
    shown_alone(site, page, "", "Days of arrival")
    for selector in ("body", ".headline h1", ".cell.published", ".cell.missing", ".cell.failed", ".cell.unusual",
                     ".cell.live", ".facts dt", ".note", ".legend li", ".month th", "a.airflow"):  # fmt: skip
        assert contrast(page, selector) >= 4.5, selector
    page.like(1300, 900)


@pytest.mark.parametrize("path", ["", f"days/{FAILED}"], ids=["all days", "a day"])
def test_keyboards_and_screen_readers_find_everything(site, page, year, path):
    shown_alone(site, page, path, "checks" if path else "Days of arrival")
    assert page.run("document.documentElement.lang") == "en"
    assert page.run("document.querySelectorAll('h1').length") == 1
    assert page.run("[...document.querySelectorAll('svg')].every(x => x.ariaLabel || x.ariaHidden)")
    assert page.run("[...document.querySelectorAll('a.cell')].every(x => /^[0-9-]{10} /.test(x.ariaLabel))")
    assert page.run("[...document.querySelectorAll('input')].every(x => x.labels.length)")
    sections = "[...document.querySelectorAll('section:not(.headline)')]"
    assert page.run(f"{sections}.every(x => document.getElementById(x.getAttribute('aria-labelledby')).innerText)")
    assert page.run("[...document.querySelectorAll('[tabindex],[onclick]')].length") == 0
    assert page.press("Tab").run("document.activeElement.className") == "skip"


def test_the_browsers_console_shows_no_error(page, year):
    assert page.errors == []


def runs(site, dag_id: str = "clickstream_daily"):
    return list(site.api.pages(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs"))


def test_a_day_is_run_again_when_asked_twice(site, page, year):
    shown_alone(site, page, f"days/{PAST}", "None. Run the day")
    page.click("button", f"Run {PAST}").until_shown(f"Run {PAST}? Readers see it as it is")
    page.click("dialog button", "No")
    assert runs(site) == []
    page.click("button", f"Run {PAST}").click("dialog button", "Yes").until_shown("Triggered.", ": queued")
    (run,) = runs(site)
    assert run["partition_key"] == str(PAST)


def test_a_day_of_which_a_run_is_going_on_is_marked(site, page, year):
    shown_alone(site, page, "", "Days of arrival")
    page.until(f"document.querySelector('[data-day=\"{PAST}\"]').ariaLabel.endsWith('a run is going on')")
    page.until_shown(f"{PAST} is missing; a run is going on")


def test_what_is_missing_is_backfilled_from_the_first_look(site, page, year):
    before = {run["dag_run_id"] for run in runs(site)}
    shown_alone(site, page, "", "Days of arrival")
    page.click("button", f"Backfill {PAST}").click("dialog button", "Yes").until_shown("The backfill was started.")
    (backfill,) = site.api.get("/api/v2/backfills?dag_id=clickstream_daily")["backfills"]
    assert (backfill["from_date"][:10], backfill["to_date"][:10]) == (str(PAST), str(PAST))
    assert {run["partition_key"] for run in runs(site) if run["dag_run_id"] not in before} <= {str(PAST)}


def test_a_red_run_leads_to_the_log_of_its_task(site, page, year):
    (run,) = [one for one in runs(site) if one["run_type"] == "manual"]
    path = f"/api/v2/dags/clickstream_daily/dagRuns/{run['dag_run_id']}"
    site.api.patch(f"{path}/taskInstances/audit", {"new_state": "failed"})
    site.api.patch(path, {"state": "failed"})
    shown_alone(site, page, f"days/{PAST}", ": failed", "log of audit")
    href = page.run("[...document.querySelectorAll('a.airflow')].find(x => x.innerText === 'log of audit').pathname")
    assert href.endswith(f"/runs/{run['dag_run_id'].replace(':', '%3A').replace('+', '%2B')}/tasks/audit")


def test_a_day_is_rolled_back_from_its_generations(site, page, year):
    shown_alone(site, page, f"days/{UNUSUAL}", "Generations")
    page.click("button", "Roll back").click("dialog button", "Yes").until_shown("clickstream_rollback was triggered.")
    (run,) = runs(site, "clickstream_rollback")
    assert run["conf"] == {"action": "rollback", "arrival_day": str(UNUSUAL), "run_id": f"{UNUSUAL}-jr_1"}


def test_a_link_to_airflow_leaves_the_frame(site, page, year):
    page.open(f"{site.url}/plugin/clickstream")
    page.until(f"document.querySelector('iframe') && {WITHIN}.querySelector('a.button') !== null")
    page.run(f"{WITHIN}.querySelector('a.button').click()")
    page.until(f"{WITHIN}.body?.innerText.includes('Generations')")
    page.run(f"{WITHIN}.querySelector('p > a.airflow').click()")
    page.until("location.pathname === '/dags/clickstream_daily'")


def test_it_follows_the_theme_of_airflow(site, page, year):
    page.open(f"{site.url}/plugin/clickstream")
    page.until(f"document.querySelector('iframe') && {WITHIN}.querySelector('.headline') !== null")
    for theme in ("dark", "light"):
        page.run(f"document.documentElement.className = '{theme}'")
        page.until(f"{WITHIN}.documentElement.dataset.theme === '{theme}'")
