"""What Airflow's plugin loader finds in plugins/, and the link from a task to its day."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from clickstream_airflow.day_link import DayLink
from local_airflow.environment import REPOSITORY

LOADED = """
import json, sys, airflow.plugins_manager, clickstream_plugin
print(json.dumps([name for name in sys.modules if name.split(".")[0] in ("clickstream", "clickstream_airflow")]))
"""


def test_loading_the_plugin_imports_nothing_of_ours():
    """Every component loads it; one without dags/ could not, and one that parses DAGs must take those of dags/."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=REPOSITORY / "plugins", capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_page_is_in_the_navigation_and_its_icons_are_there():
    import clickstream_plugin

    (view,) = clickstream_plugin.ClickstreamPlugin.external_views
    assert (view["name"], view["destination"], view["href"]) == ("Clickstream", "nav", "/clickstream/")
    static = REPOSITORY / "plugins" / "clickstream_airflow" / "operations" / "static"
    for icon in (view["icon"], view["icon_dark_mode"]):
        assert (static / icon.removeprefix("/clickstream/static/")).is_file()


@pytest.mark.parametrize(
    ("returned", "path"),
    [
        ({"await_day_closed": "2024-12-25"}, "days/2024-12-25"),
        ({"check_request": {"action": "withdraw", "arrival_day": "2024-12-24"}}, "days/2024-12-24"),
        ({"check_request": ["2024-12-24-jr_1"]}, ""),
        ({}, ""),
    ],
    ids=["a day's run", "rollback", "replay of several days", "no day"],
)
def test_a_task_links_to_its_day(returned, path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/")
    task = SimpleNamespace(xcom_pull=lambda task_ids: returned.get(task_ids))
    assert DayLink().get_link(None, ti_key=task) == f"https://airflow.example/clickstream/{path}"
