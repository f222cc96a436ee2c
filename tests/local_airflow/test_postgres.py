import psycopg2

from local_airflow import postgres
from local_airflow.postgres import Postgres


def test_postgres_answers_and_is_gone_afterwards(folder):
    with Postgres(folder / "data") as running:
        url = running.url.replace("+psycopg2", "")
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        assert running.is_running()
    assert not (folder / "data" / "postmaster.pid").exists()


def test_its_lock_is_nobody_elses():
    """In /tmp it would belong to the first user of this machine, and keep the others out."""
    server = postgres._pgserver().PostgresServer
    assert server.lock_path.parent.parent.name.startswith("clickstream-run-")
