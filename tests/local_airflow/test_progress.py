import io
import re

from rich.console import Console

from local_airflow.progress import Progress, console


def test_a_line_begins_with_the_seconds_since_the_start():
    out = io.StringIO()
    progress = Progress(Console(file=out))
    progress("one thing")
    assert re.fullmatch(r" +\d\.\d s  one thing\n", out.getvalue())
    assert progress.elapsed >= 0


def test_without_a_terminal_the_tables_fit(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert console().width == 140
