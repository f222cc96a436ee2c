"""A deployment's year as the page's tests see it: which day is what, and who looks at it."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from local_airflow.environment import REPOSITORY
from tests.end_to_end import browser

PICTURES = REPOSITORY / "build" / "screenshots"
TODAY = datetime.now(UTC).date()
FAILED, UNUSUAL, PAST, WAITS, PINNED, WITHDRAWN = (TODAY - timedelta(days=number) for number in (5, 3, 9, 4, 12, 20))
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


@contextmanager
def logged_in(site, login, tmp_path_factory):
    """A page of a browser of this person's own."""
    if browser.program() is None:
        is_ci = os.environ.get("CI") == "true" and not os.environ.get("GITHUB_ACTIONS")
        (pytest.fail if is_ci else pytest.skip)(f"expected a browser, one of {browser.PROGRAMS}")
    with browser.opened(tmp_path_factory.mktemp("browser") / "profile") as page:
        page.open(f"{site.url}/dags").until_shown("Sign into Airflow")
        page.type("input[name=username]", login.user)
        page.type("input[name=password]", login.password)
        page.click("button", "Sign in").until("!document.body.innerText.includes('Sign into Airflow')")
        yield page.like(1300, 900)


def shown_alone(site, page, path: str = "", *texts: str) -> str:
    """Opens a page without Airflow's frame around it; its text."""
    page.open(f"{site.url}/clickstream/{path}")
    page.until("document.readyState === 'complete'")  # its style, too
    return page.until_shown(*texts)


def runs(site, dag_id: str = "clickstream_daily"):
    return list(site.api.pages(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs"))
