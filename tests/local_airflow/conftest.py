from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not under pytest's own: as root PostgreSQL runs as another user, whom the next pytest would lock out of it."""
    with TemporaryDirectory(prefix="clickstream-") as made:
        yield Path(made)
