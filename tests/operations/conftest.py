"""A real API server of Airflow, with the DAGs in its database and no scheduler, and a deployment without a run."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
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

PATIENCE = 180  # seconds: the machine may be busy


@dataclass(frozen=True)
class Site:
    url: str
    login: Login
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
        stack = Stack(aws.endpoint_url)
        stack.create_buckets()
        stack.create_catalog()
        stack.create_workgroup()
        environment = airflow_environment(home, f"sqlite:///{home / 'airflow.db'}", aws.endpoint_url, port, login)
        login.store(passwords_file(home))
        for command in (["db", "migrate"], ["dags", "reserialize"]):
            subprocess.run(airflow(*command), env=environment, cwd=REPOSITORY, check=True, capture_output=True)
        url = f"http://127.0.0.1:{port}"
        with (home / "api.log").open("wb") as log:
            process = subprocess.Popen(
                airflow("api-server"), env=environment, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True
            )
        try:
            made = Site(url, login, AirflowApi(url, login), stack)
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
