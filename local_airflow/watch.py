"""A look, every half second, at the parts of something that runs: one that ends unasked is noticed."""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import TracebackType

EVERY = 0.5  # seconds


class PartEndedError(RuntimeError):
    """What ended, and where its log is."""


class Watch:
    """While it is open: where ``look`` says what ended, SIGTERM interrupts this process, and the end raises the word.

    ``look`` returns None while all is well. PartEndedError comes in place of whatever the signal raised, and of an
    error that came first because the part no longer answered.
    """

    def __init__(self, look: Callable[[], str | None]) -> None:
        self._found: str | None = None
        self._look = look
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._over.set()
            self._thread.join()
        except BaseException:  # the interruption itself, where it comes only now
            if not self._found:
                raise
        if found := self._found or (isinstance(error, Exception) and self._found_soon()):
            raise PartEndedError(found) from error

    def _found_soon(self) -> str | None:
        """What ended, where that made the error: its calls may fail a moment before its end can be seen."""
        until = time.monotonic() + EVERY
        while not (found := self._look()) and time.monotonic() < until:
            time.sleep(EVERY / 10)
        return found

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            if found := self._look():
                self._found = found
                os.kill(os.getpid(), signal.SIGTERM)
                return
