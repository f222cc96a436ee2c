"""docker-compose.yaml says what `make airflow` does, and needs nothing that scripts/compose_env.sh does not write."""

import re
import subprocess
from pathlib import Path

import pytest

from clickstream.settings import read_settings
from local_airflow.environment import airflow_environment
from local_airflow.login import Login
from local_aws.__main__ import DEFAULT_PORT
from local_aws.clients import CONTAINER_NAME
from tests.compose.rules import COMPOSE_FILE, REPOSITORY, default_of, read

# What differs from `make airflow`, and why.
PLACES = "where a container has it"
DIFFERENT = {
    "AIRFLOW_HOME": "the image sets it",
    "AIRFLOW__API__HOST": "its port is published on 127.0.0.1",
    "AIRFLOW__API__BASE_URL": PLACES,
    "AIRFLOW__API__SECRET_KEY": "made by compose_env.sh",
    "AIRFLOW__API_AUTH__JWT_SECRET": "made by compose_env.sh",
    "AIRFLOW__CORE__DAGS_FOLDER": PLACES,
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": PLACES,
    "AIRFLOW__CORE__FERNET_KEY": "the database outlives a restart here",
    "AIRFLOW__CORE__PLUGINS_FOLDER": PLACES,
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": PLACES,
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": PLACES,
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "DAGs are edited while it runs",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "DAGs are edited while it runs",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": PLACES,
    "AWS_CONFIG_FILE": "a container has none",
    "AWS_ENDPOINT_URL": PLACES,
    "AWS_SHARED_CREDENTIALS_FILE": "a container has none",
}


def ours(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if re.match("AIRFLOW|AWS_(?!CA_BUNDLE)", name)}


def composed() -> dict[str, str]:
    return ours(read()["services"]["scheduler"]["environment"])


def differences(home: Path, here: dict[str, str]) -> set[str]:
    made = ours(airflow_environment(home, "sqlite://", "http://127.0.0.1:4577", 8080, Login.new()))
    return {name for name in made.keys() | here.keys() if made.get(name) != here.get(name)}


def test_airflow_is_set_up_as_make_airflow_does(tmp_path: Path) -> None:
    assert differences(tmp_path, composed()) == set(DIFFERENT)


@pytest.mark.parametrize("name", ["AIRFLOW__CORE__EXECUTOR", "AWS_ACCESS_KEY_ID", "AIRFLOW__CLICKSTREAM__NEW"])
def test_variable_that_has_drifted_is_found(tmp_path: Path, name: str) -> None:
    assert differences(tmp_path, composed() | {name: "drifted"}) == {*DIFFERENT, name}


def test_services_are_those_of_the_decision() -> None:
    assert set(read()["services"]) == {
        "postgres", "init", "api-server", "scheduler", "dag-processor", "triggerer", "local-aws", "provision", "events",
    }  # fmt: skip


def test_only_events_has_a_profile() -> None:
    assert {name for name, service in read()["services"].items() if "profiles" in service} == {"events"}


def test_every_part_of_airflow_has_the_same_secrets_and_image() -> None:
    parts = [read()["services"][name] for name in ("api-server", "scheduler", "dag-processor", "triggerer")]
    assert all(part["environment"] == parts[0]["environment"] and part["image"] == parts[0]["image"] for part in parts)


def test_the_image_is_built_once_and_everything_waits_for_who_builds_it() -> None:
    """Seven services that build the same image build it seven times at once, where the builder does not notice."""
    services = read()["services"]
    assert [name for name, service in services.items() if "build" in service] == ["local-aws"]


def test_local_aws_is_known_by_the_name_of_its_service() -> None:
    services = read()["services"]
    for name in ("local-aws", "provision", "scheduler"):
        assert services[name]["environment"][CONTAINER_NAME] in services
    assert services["scheduler"]["environment"]["AWS_ENDPOINT_URL"] == f"http://local-aws:{DEFAULT_PORT}"
    assert services["provision"]["command"][3] == f"http://local-aws:{DEFAULT_PORT}"


def test_events_go_to_the_stream_of_the_stack() -> None:
    services = read()["services"]
    prefix = "AIRFLOW__CLICKSTREAM__"
    settings = read_settings(lambda option: services["scheduler"]["environment"].get(prefix + option.upper()))
    assert f"--stream-name={settings.name('stream')}" in services["events"]["entrypoint"]


def test_python_is_the_one_of_the_issue() -> None:
    assert default_of(read()["services"]["local-aws"]["build"]["args"]["PYTHON_IMAGE"]) == "python:3.12-slim-bookworm"


def required() -> set[str]:
    return set(re.findall(r"\$\{(\w+):\?", COMPOSE_FILE.read_text("utf-8")))


def test_compose_env_writes_what_the_file_requires(tmp_path: Path) -> None:
    subprocess.run(["sh", REPOSITORY / "scripts" / "compose_env.sh", tmp_path / "env"], check=True, capture_output=True)
    written = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert required() == written
    assert required()


def test_what_is_missing_is_said_with_the_command_that_writes_it() -> None:
    told = re.findall(r"\$\{\w+:\?([^}]*)\}", COMPOSE_FILE.read_text("utf-8"))
    assert set(told) == {"run sh scripts/compose_env.sh once"}


@pytest.mark.parametrize("folder", ["dags", "plugins", "glue_scripts", "lambda_functions"])
def test_mounted_folder_is_there(folder: str) -> None:
    """Docker would make an empty one that belongs to root."""
    assert (REPOSITORY / folder).is_dir()
