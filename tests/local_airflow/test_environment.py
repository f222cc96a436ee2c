from pathlib import Path

import pytest

from local_airflow.environment import ROLE, airflow_environment, clickstream_options, passwords_file, python_path
from local_airflow.login import Login

POISON = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AIRFLOW__SECRETS__BACKEND": "company.secrets.Backend",
    "AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER": "s3://company-logs",
    "AIRFLOW_CONN_AWS_DEFAULT": "aws://real:real@",
}


@pytest.fixture
def environment(monkeypatch):
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    return airflow_environment(Path("/home/x"), "postgresql://", "http://127.0.0.1:4577", api_port=8080)


def test_nothing_of_the_users_aws_settings_reaches_airflow(environment):
    assert not set(POISON.values()) & set(environment.values())
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4577"
    assert "AWS_PROFILE" not in environment


def test_airflow_listens_on_this_machine_only(environment):
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_an_endpoint_off_this_machine_is_refused():
    with pytest.raises(ValueError, match="expected an endpoint on this machine"):
        airflow_environment(Path("/home/x"), "postgresql://", "https://glue.eu-west-1.amazonaws.com")


def test_secrets_are_made_anew(environment):
    again = airflow_environment(Path("/home/x"), "postgresql://", "http://127.0.0.1:4577")
    assert environment["AIRFLOW__API_AUTH__JWT_SECRET"] != again["AIRFLOW__API_AUTH__JWT_SECRET"]


def test_without_a_login_everybody_on_this_machine_is_admin(environment):
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "True"


def test_with_a_login_nobody_else_is_let_in_and_the_password_is_in_no_variable():
    home, login = Path("/home/x"), Login("ann", "secret-word")
    environment = airflow_environment(home, "postgresql://", "http://127.0.0.1:4577", login=login)
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "ann:admin"
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"] == str(passwords_file(home))
    assert "secret-word" not in " ".join(environment.values())


def test_airflow_calls_aws_as_the_role_of_the_dags(environment):
    assert environment["AWS_ACCESS_KEY_ID"] == ROLE


def test_the_settings_of_the_dags_are_there(environment):
    assert clickstream_options().items() <= environment.items()


def test_dags_and_plugins_come_first_on_the_path():
    first, second, *rest = python_path({"PYTHONPATH": "elsewhere"}).split(":")
    assert (Path(first).name, Path(second).name, rest) == ("dags", "plugins", ["elsewhere"])
