"""The operations page in Airflow's navigation, in a browser: each test goes on from the last.

What it looked like is in build/screenshots.
"""

import json
from datetime import timedelta

import pytest

from local_airflow.api import AirflowApi
from tests.operations.seen import (
    FAILED,
    HOSTILE,
    PAST,
    PICTURES,
    PINNED,
    TODAY,
    UNUSUAL,
    WAITS,
    WITHDRAWN,
    runs,
    shown_alone,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
WITHIN = "document.querySelector('iframe').contentDocument"


@pytest.mark.parametrize("path", ["", "days/2024-12-25", "api/days", "openapi.json"])
def test_nobody_reads_it_without_a_login(site, path):
    assert site.status(f"/clickstream/{path}") == 401
    assert site.status(f"/clickstream/{path}", "no.such.token") in (401, 403)


@pytest.mark.parametrize("path", ["", "days/2024-12-25", "api/days"])
def test_who_may_not_read_the_daily_dag_may_not_read_it(site, path):
    tokens = {one.user: AirflowApi(site.url, one).token() for one in (site.viewer, site.nobody)}
    assert {user: site.status(f"/clickstream/{path}", token) for user, token in tokens.items()} == {
        "viewer": 200, "nobody": 403,
    }  # fmt: skip
    assert site.status("/api/v2/dags/clickstream_daily", tokens["nobody"]) == 403, "as Airflow's own page of the DAG"


def test_who_is_new_finds_it_in_the_navigation_and_is_told_what_to_do(site, page):
    page.like(1300, 900).click("a", "Clickstream")
    page.until(f"document.querySelector('iframe') && {WITHIN}.body?.innerText.includes('No day is published yet')")
    page.picture(PICTURES / "operations_empty.png")


def test_one_look_names_the_worst_day(site, page, year):
    text = shown_alone(site, page, "", f"{PAST} is missing", "Volume")
    assert "run the day" in text
    assert (
        f"Also: {FAILED} failed its checks; {WAITS} has objects waiting; "
        f"{UNUSUAL} is published, with an unusual volume." in text
    )
    named = {PAST: "missing", FAILED: "failed", UNUSUAL: "unusual", TODAY: "live", WAITS: "waiting",
             PINNED: "published pinned", WITHDRAWN: "withdrawn"}  # fmt: skip
    states = page.run(f"Object.fromEntries({[str(day) for day in named]}.map(day => "
                      "[day, document.querySelector(`[data-day='${day}']`).className]))")  # fmt: skip
    assert states == {str(day): f"cell {state}" for day, state in named.items()}
    page.picture(PICTURES / "operations.png")


def test_a_year_is_shown_whole(site, page, year):
    first = TODAY - timedelta(days=365)
    shown_alone(site, page, f"?from={first}&to={TODAY}", "published: 360")
    assert page.run("document.querySelectorAll('.chart .bar').length") == 363
    height = page.run("document.body.scrollHeight")
    page.like(1300, height).picture(PICTURES / "operations_year.png")
    page.like(1300, 900)


def test_a_range_can_be_chosen(site, page, year):
    shown_alone(site, page, "", "Days of arrival")
    page.pick("input[name=from]", str(TODAY - timedelta(days=10))).pick("input[name=to]", str(TODAY))
    page.click("button", "Show").until_shown("published: 6")


def test_a_failing_day_tells_the_check_its_history_and_what_is_still_shown(site, page, year):
    text = shown_alone(site, page, f"days/{FAILED}", "failed its checks", "None. Run the day")
    assert "repeated_event_ids is 4, expected 0" in text
    assert f"Readers still see run {FAILED}-jr_1" in text
    assert "Ledger of the newest run, which readers do not see" in text
    indented = "getComputedStyle(document.querySelector('.detail th')).paddingLeft"
    assert page.run(indented) == "24px", "reasons stand below what they are part of"
    assert (
        page.run("document.querySelector('tr.fail svg.line polyline').getAttribute('points').split(' ').length") == 28
    )
    height = page.run("document.body.scrollHeight")
    assert (
        page.run("document.querySelector('tr.fail svg.line').ariaLabel")
        == "of the last 28 days, least 0, most 4, last 4"
    )
    page.like(1300, height).picture(PICTURES / "operations_day.png")
    page.like(1300, 900)


@pytest.mark.parametrize("path", ["", f"days/{UNUSUAL}", f"days/{FAILED}"], ids=["all days", "reason", "check"])
def test_hostile_text_is_shown_as_text(site, page, year, path):
    shown_alone(site, page, path, HOSTILE)
    assert page.run("document.querySelectorAll('img').length") == 0
    assert page.run("document.title") != "owned"


@pytest.mark.parametrize(
    ("day", "texts"),
    [
        (WAITS, ["has objects waiting", "1 raw object arrived after the published run", "run it now"]),
        (PINNED, ["is published, and pinned", "somebody rolled it back", "not published", "Roll back to it"]),
        (WITHDRAWN, ["was withdrawn", "roll back to one of its runs", "Roll back to it"]),
    ],
    ids=["objects wait", "pinned", "withdrawn"],
)
def test_a_day_says_why_it_is_not_as_the_others(site, page, year, day, texts, request):
    shown_alone(site, page, f"days/{day}", *texts, "None. Run the day")
    name = request.node.callspec.id.replace(" ", "_")
    page.picture(PICTURES / f"operations_day_{name}.png")
    page.like(1300, 900, "dark").picture(PICTURES / f"operations_day_{name}_dark.png")
    page.like(390, 900).picture(PICTURES / f"operations_day_{name}_phone.png")
    assert page.run("document.documentElement.scrollWidth") <= 390
    page.like(1300, 900)


VISIBLE = """[...document.querySelectorAll('.checks tbody td, .checks tbody svg')].every(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && box.left >= 0 && box.right <= innerWidth; })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_whole(site, page, year, scheme):
    for path in ("", f"days/{FAILED}"):
        page.like(390, 1600, scheme)
        shown_alone(site, page, path, "checks" if path else "Days of arrival")
        assert page.run("document.documentElement.scrollWidth") <= 390
        assert page.run(VISIBLE), "value, history and bound of each check"
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
                     ".cell.live", ".cell.waiting", ".cell.pinned", ".cell.withdrawn", ".facts dt", ".note",
                     ".legend li", ".month th", "a.airflow"):  # fmt: skip
        assert contrast(page, selector) >= 4.5, selector
    shown_alone(site, page, f"days/{FAILED}", "None. Run the day")
    for selector in (".headline h1", ".headline p", "tr.fail td", ".ledger th", ".ledger td", ".checks thead th",
                     ".note", ".checks tr.pass td", "pre code", "button", "a.airflow", ".runs li"):  # fmt: skip
        assert contrast(page, selector) >= 4.5, f"a day's {selector}"
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


def test_a_button_and_its_question_are_worked_by_keyboard(site, page, year):
    shown_alone(site, page, f"days/{PAST}", "None. Run the day")
    focused = "document.activeElement.innerText"
    for _ in range(9):
        if page.press("Tab").run(focused) == f"Run {PAST} again":
            break
    page.press("Enter").until_shown(f"Run {PAST}? Readers see it as it is")
    assert page.run(focused) == "No", "who presses Enter twice has done nothing"
    assert page.press("Tab").run(focused) == "Yes"
    page.press("Escape").until("!document.querySelector('dialog').open")
    assert page.run(focused) == f"Run {PAST} again", "the focus is where it was"
    page.press("Enter").until("document.querySelector('dialog').open")
    page.press("Enter").until("!document.querySelector('dialog').open")
    assert runs(site) == []


def test_the_numbers_of_each_day_are_opened_by_keyboard(site, page, year):
    shown_alone(site, page, "", "The numbers of each day")
    page.run("document.querySelector('summary').focus()")
    text = page.press("Enter").until_shown("by reason", "unknown_event_type")
    assert "malformed_json 3, unknown_event_type 2" in text
    page.run("document.querySelector('details').scrollIntoView()")
    page.picture(PICTURES / "operations_numbers.png")
    page.like(390, 900).run("document.querySelector('details').scrollIntoView()")
    page.picture(PICTURES / "operations_numbers_phone.png")
    assert page.run("document.documentElement.scrollWidth") <= 390
    page.like(1300, 900)


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
