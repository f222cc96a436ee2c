"""What the page's buttons ask Airflow to do, seen through Airflow's API: each test goes on from the last."""

import pytest

from tests.operations.seen import PAST, PICTURES, UNUSUAL, logged_in, runs, shown_alone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


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


def test_a_green_run_leads_to_the_logs_of_its_tasks_and_is_cleared_when_asked_twice(site, page, year):
    (run,) = [one for one in runs(site) if one["run_type"] == "manual"]
    path = f"/api/v2/dags/clickstream_daily/dagRuns/{run['dag_run_id']}"
    for task in ("audit", "verify"):
        site.api.patch(f"{path}/taskInstances/{task}", {"new_state": "success"})
    site.api.patch(path, {"state": "success"})
    shown_alone(site, page, f"days/{PAST}", ": success", "Logs")
    assert page.run("document.querySelector('.runs details').open") is False
    page.click("summary", "Logs").until_shown("verify")
    page.click("a.airflow", "verify").until("location.pathname.endsWith('/tasks/verify')")

    shown_alone(site, page, f"days/{PAST}", ": success")
    page.click("button", "Clear").until_shown(f"Clear {run['dag_run_id']}?", "All of its tasks run again")
    page.click("dialog button", "No")
    assert site.api.get(path)["state"] == "success"
    page.click("button", "Clear").click("dialog button", "Yes").until_shown("Cleared.", ": queued")
    assert site.api.get(path)["state"] == "queued"
    assert {one["state"] for one in site.api.pages(f"{path}/taskInstances", "task_instances")} == {None}


def test_who_may_read_only_is_told_so_and_changes_nothing(site, page, year, tmp_path_factory):
    (run,) = [one for one in runs(site) if one["run_type"] == "manual"]
    path = f"/api/v2/dags/clickstream_daily/dagRuns/{run['dag_run_id']}"
    site.api.patch(path, {"state": "success"})
    before = runs(site)
    with logged_in(site, site.viewer, tmp_path_factory) as viewer:
        viewer.watch()
        for button, day in (("Run ", PAST), ("Clear", PAST), ("Roll back", UNUSUAL)):
            shown_alone(site, viewer, f"days/{day}", "Runs in Airflow")
            viewer.click("button", button).click("dialog button", "Yes")
            viewer.until_shown("Airflow did not do it: your login lacks the right")
        viewer.picture(PICTURES / "operations_refused.png")
        assert [error for error in viewer.errors if "403" not in error] == []
    assert runs(site) == before
    assert len(runs(site, "clickstream_rollback")) == 0


def test_a_day_is_rolled_back_from_its_generations(site, page, year):
    shown_alone(site, page, f"days/{UNUSUAL}", "Generations")
    page.click("button", "Roll back").click("dialog button", "Yes").until_shown("clickstream_rollback was triggered.")
    (run,) = runs(site, "clickstream_rollback")
    assert run["conf"] == {"action": "rollback", "arrival_day": str(UNUSUAL), "run_id": f"{UNUSUAL}-jr_1"}
