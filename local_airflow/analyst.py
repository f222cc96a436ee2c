"""The sample queries: what each asks."""

from pathlib import Path

from local_airflow.environment import REPOSITORY


def sample_queries() -> list[Path]:
    """The SQL files, in the order of their numbers."""
    return sorted((REPOSITORY / "sql").glob("*.sql"))


def question(path: Path) -> str:
    """The first comment of an SQL file: what it answers."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("--").strip()
