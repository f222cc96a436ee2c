"""What Airflow's plugin loader finds in plugins/, and the link from a task to its day."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from airflow.sdk import DAG, BaseOperator

from clickstream_airflow.day_link import DAY, DayLink
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
    ("told", "path"),
    [({"first": "2024-12-25"}, "days/2024-12-25"), ({"later": "2024-12-25"}, ""), ({}, "")],
    ids=["by the first task", "by another", "by none"],
)
def test_a_task_links_to_the_day_that_the_first_task_told(told, path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/")
    with DAG("made"):
        last = BaseOperator(task_id="first") >> BaseOperator(task_id="later")
    task = SimpleNamespace(xcom_pull=lambda task_ids, key: told.get(task_ids) if key == DAY else None)
    assert DayLink().get_link(last, ti_key=task) == f"https://airflow.example/clickstream/{path}"
