"""The local AWS's clock: real time, or real time shifted, so that history can be replayed."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """UTC now, plus an offset that tests and imports may move. Thread-safe."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], object]] = []

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def set(self, moment: datetime | None) -> None:
        """Goes on from ``moment`` (aware UTC), or back to real time with None.

        Listeners run first, under the old time: a Firehose buffer is delivered under the hour in which it arrived.
        """
        for listener in self._listeners:
            listener()
        with self._lock:
            self._offset = timedelta() if moment is None else moment - datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        """Moves on without telling listeners: time simply passed."""
        with self._lock:
            self._offset += by

    def before_set(self, listener: Callable[[], object]) -> None:
        self._listeners.append(listener)
