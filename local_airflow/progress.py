"""What a person sees while things start: one line per step, with the time since the start."""

import time

from rich.console import Console


class Progress:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds."""
        return time.monotonic() - self._start

    def __call__(self, what: str) -> None:
        self._console.print(f"[cyan]{self.elapsed:6.1f} s[/]  {what}", highlight=False)


def console() -> Console:
    """As wide as the terminal, or wide enough for the tables where there is none."""
    made = Console(soft_wrap=True)
    return made if made.is_terminal else Console(soft_wrap=True, width=140)
