"""What LocalAirflow says of its parts. That it starts, runs and ends: tests/end_to_end."""

import subprocess
from contextlib import nullcontext

from local_airflow import scheduler as module
from local_airflow.postgres import Postgres
from local_airflow.scheduler import LocalAirflow


def test_whichever_part_was_killed_is_named_with_its_log(folder):
    """The components are commands that wait; PostgreSQL is real."""
    airflow = LocalAirflow(folder, "http://127.0.0.1:1")
    assert airflow.ended() is None
    with (
        Postgres(folder / "postgres") as airflow._postgres,
        subprocess.Popen(["sleep", "60"]) as scheduler,
        subprocess.Popen(["sleep", "60"]) as triggerer,
    ):
        airflow._processes = {"scheduler": scheduler, "triggerer": triggerer}
        assert airflow.ended() is None
        postmaster = airflow._postgres._server.get_postmaster_info().process
        postmaster.kill()
        postmaster.wait()
        assert airflow.ended() == f"PostgreSQL ended; see {folder / 'postgres' / 'log'}"
        triggerer.kill()
        triggerer.wait()
        assert airflow.ended() == f"airflow triggerer ended with -9; see {folder / 'triggerer.log'}"
        scheduler.kill()


def test_what_is_ended_on_purpose_is_never_named(folder, monkeypatch):
    airflow = LocalAirflow(folder, "http://127.0.0.1:1")
    named = []

    def kill(process, number):
        process.kill()
        process.wait()
        named.append(airflow.ended())

    monkeypatch.setattr(module, "_signal_group", kill)
    with subprocess.Popen(["sleep", "60"]) as one, subprocess.Popen(["sleep", "60"]) as other:
        airflow._postgres, airflow._processes = nullcontext(), {"api-server": one, "scheduler": other}
        airflow.stop()
    assert named == [None] * 4
