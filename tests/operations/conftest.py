"""A real API server of Airflow, with the DAGs in its database and no scheduler, and a deployment without a run."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from local_airflow.api import AirflowApi
from local_airflow.claims import free_port
from local_airflow.environment import REPOSITORY, airflow_environment, passwords_file
from local_airflow.login import Login
from local_airflow.scheduler import airflow
from local_aws.process import LocalAwsProcess
from local_aws.stack import Stack
from tests.operations.made_books import MadeBooks, good_days, hostile_check, made_checks, made_ledger, raw_key
from tests.operations.seen import (
    FAILED,
    HOSTILE,
    PAST,
    PINNED,
    TODAY,
    UNUSUAL,
    WAITS,
    WITHDRAWN,
    logged_in,
)

PATIENCE = 180  # seconds: the machine may be busy


@dataclass(frozen=True)
class Site:
    url: str
    login: Login
    viewer: Login
    nobody: Login
    api: AirflowApi
    stack: Stack

    def status(self, path: str, token: str | None = None) -> int:
        """The HTTP status of a page, with or without a login."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.get(self.url + path, headers=headers, trust_env=False).status_code


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with TemporaryDirectory(prefix="clickstream-") as folder, LocalAwsProcess(Path(folder) / "aws") as aws:
        home, port, login = Path(folder), free_port(), Login.new()
        others = [replace(Login.new(), user=name) for name in ("viewer", "nobody")]
        stack = Stack(aws.endpoint_url)
        stack.create_buckets()
        stack.create_catalog()
        stack.create_workgroup()
        environment = airflow_environment(home, f"sqlite:///{home / 'airflow.db'}", aws.endpoint_url, port, login)
        environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] = f"{login.user}:admin,viewer:viewer,nobody:"
        passwords_file(home).write_text(json.dumps({one.user: one.password for one in (login, *others)}))
        for command in (["db", "migrate"], ["dags", "reserialize"]):
            subprocess.run(airflow(*command), env=environment, cwd=REPOSITORY, check=True, capture_output=True)
        url = f"http://127.0.0.1:{port}"
        with (home / "api.log").open("wb") as log:
            process = subprocess.Popen(
                airflow("api-server"), env=environment, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True
            )
        try:
            made = Site(url, login, *others, AirflowApi(url, login), stack)
            await_answer(made, process, home / "api.log")
            yield made
        finally:
            process.kill()
            process.wait()


def await_answer(site: Site, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            site.api.health()
            return
        except (OSError, json.JSONDecodeError):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)


@pytest.fixture(scope="session")
def page(site, tmp_path_factory):
    with logged_in(site, site.login, tmp_path_factory) as page:
        yield page.watch()


@pytest.fixture(scope="module", autouse=True)
def quiet(page):
    """Whatever a file's tests do, the browser's console shows no error."""
    yield
    assert page.errors == []


@pytest.fixture(scope="session")
def books(site):
    return MadeBooks(site.stack.catalog)


@pytest.fixture(scope="session")
def year(books):
    """A year and more in which one day failed its checks, one is missing, and one has few events."""
    books.write_all(good_days(TODAY - timedelta(days=430), TODAY - timedelta(days=1)))
    books.write(made_ledger(UNUSUAL, 200, "jr_2", quarantined={HOSTILE: 1}))
    failed = made_ledger(FAILED, 900, "jr_3")
    books.write(failed, [*made_checks(failed, {"repeated_event_ids": 4}), hostile_check(HOSTILE)], is_shown=False)
    books.put(raw_key(WAITS, "late"), "x", "raw_bucket")
    books.write(made_ledger(PINNED, 1010, "jr_2"), is_shown=False)
    books.pinned = {PINNED: books.shown[PINNED], WITHDRAWN: books.shown[WITHDRAWN]}
    del books.shown[PAST], books.shown[WITHDRAWN]
    books.commit("year")
