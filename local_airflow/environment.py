"""The environment of every local Airflow process: this repository's DAGs and plugins, the local AWS, nothing else."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from local_airflow.login import Login
from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.safety import local_environment

REPOSITORY = Path(__file__).resolve().parent.parent
ENVIRONMENT = "local"
ROLE = f"clickstream-airflow-{ENVIRONMENT}"  # Terraform's name of the DAGs' role


def clickstream_options(poll_seconds: int = 2) -> dict[str, str]:
    """`[clickstream]` of Airflow's configuration for the local stack. Polling is quick: nothing here costs money."""
    options = {"environment": ENVIRONMENT, "account_id": ACCOUNT_ID, "region": REGION, "poll_seconds": poll_seconds}
    return {f"AIRFLOW__CLICKSTREAM__{name.upper()}": str(value) for name, value in options.items()}


def airflow_environment(
    home: Path, database_url: str, endpoint_url: str, api_port: int = 0, login: Login | None = None
) -> dict[str, str]:
    """Variables for one local Airflow under ``home`` (metadata in ``database_url``, AWS at ``endpoint_url``).

    ``login``: who may log in, with a password that is stored under ``home``; without one, whoever is on this machine.
    Secrets are made anew: keep the result and give it to every process of the same Airflow.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return {
        **local_environment(endpoint_url, inherited, ROLE),
        **clickstream_options(),
        **_core(home, database_url),
        **_api(api_port),
        **_users(home, login),
        **_quick(),
        "AIRFLOW_CONN_AWS_DEFAULT": "aws://",
        "PYTHONPATH": python_path(os.environ),
    }


def python_path(environ: Mapping[str, str]) -> str:
    """DAGs and plugins first, as on MWAA, then what was there."""
    ours = [str(REPOSITORY / folder) for folder in ("dags", "plugins")]
    return os.pathsep.join([*ours, *filter(None, [environ.get("PYTHONPATH")])])


def _core(home: Path, database_url: str) -> Mapping[str, str]:
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_url,
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__FERNET_KEY": "",
        # Backfills and manual runs only: unpausing would run yesterday, for which nobody sent events.
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",  # LocalExecutor forks as many workers; two cores are not faster with more
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "NO_COLOR": "1",
    }


def _api(port: int) -> Mapping[str, str]:
    return {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(48),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
    }


def passwords_file(home: Path) -> Path:
    return home / "passwords.json"


def _users(home: Path, login: Login | None) -> Mapping[str, str]:
    if login is None:
        return {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True"}  # it listens on this machine only
    return {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{login.user}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords_file(home)),
    }


def _quick() -> Mapping[str, str]:
    """Airflow's loops sleep for a production scheduler; a laptop wants the next task at once (seconds)."""
    return {
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # until then a worker that deferred is not seen to be gone
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",  # a laptop may be busy with Spark
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "3600",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
    }
