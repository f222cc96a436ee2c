from datetime import date

import pytest

from local_airflow.environment import REPOSITORY
from local_airflow.events import Events
from local_airflow.guide import guide
from local_airflow.login import Login
from local_aws.stack import Stack

SENT = Events(count=9, days=3, first_day=date(2024, 2, 28), seed=1)


def text(port=4577):
    return guide("http://127.0.0.1:8080", Login("admin", "[secret]"), Stack(f"http://127.0.0.1:{port}"), SENT)


def test_it_says_where_and_how_to_log_in():
    assert "Airflow    http://127.0.0.1:8080\n           user admin, password [secret] (" in text()


def test_it_names_the_days_that_have_events():
    assert "From 2024-02-28 00:00, To 2024-03-01 00:00, Run Backfill" in text()


@pytest.mark.parametrize(("port", "command"), [(4577, "make ask SQL="), (4999, "make ask AWS_PORT=4999 SQL=")])
def test_the_question_goes_to_the_port_that_answers(port, command):
    assert command in text(port)


def test_whoever_has_a_client_of_athena_learns_its_arguments():
    stack = Stack("http://127.0.0.1:4577")
    assert (
        f"--work-group {stack.name('workgroup')} --query-execution-context Database={stack.name('database')}" in text()
    )


def test_the_sample_query_exists():
    (name,) = [word for word in text().split() if word.startswith("sql/") and word.endswith(".sql")]
    assert (REPOSITORY / name).is_file()
