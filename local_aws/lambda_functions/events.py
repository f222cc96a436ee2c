"""Asynchronous events: they wait their turn, failed ones are tried again, and what fails for good is a dead letter."""

import heapq
import itertools
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_aws.lambda_functions import dead_letters
from local_aws.lambda_functions.definition import dead_letter_queue
from local_aws.lambda_functions.function import MAX_AGE, MAX_RETRIES, Function, Throttled
from local_aws.lambda_functions.sandbox import Event

WAITS = (60.0, 120.0)  # seconds before the first and the second retry of an event that failed
THROTTLED_WAITS = (1.0, 300.0)  # seconds: the first, and the longest; each is twice the one before


@dataclass
class Waiting:
    """An event on its way; ``last``: what the latest attempt said."""

    function: Function
    event: Event
    accepted: float  # monotonic seconds
    attempts: int = 0
    throttled: int = 0
    last: dead_letters.Reason = field(default_factory=lambda: dead_letters.Reason(429, "Rate Exceeded."))


class EventQueue:
    """At most as many events at a time as this machine has cores. ``second`` is the length of a second of waiting."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self.second = 1.0
        self._send = send  # to a function's dead-letter queue, by its name
        self._due: list[tuple[float, int, Waiting]] = []
        self._numbers = itertools.count()
        self._open = 0  # events that are neither done nor dead letters
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"lambda-{number}", daemon=True)
            for number in range(os.cpu_count() or 1)
        ]

    def submit(self, function: Function, payload: str) -> str:
        """The request's id."""
        waiting = Waiting(function, Event(str(uuid.uuid4()), payload), time.monotonic())
        with self._changed:
            for thread in self._threads:
                if not thread.ident:
                    thread.start()
            self._open += 1
            self._put(waiting, 0)
        return waiting.event.request_id

    def await_idle(self, timeout: float) -> None:
        """Until every event is done or a dead letter; TimeoutError after ``timeout`` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._open == 0, timeout):
                raise TimeoutError(f"{self._open} events still wait after {timeout} s")

    @property
    def waiting(self) -> int:
        """Events that are neither done nor dead letters."""
        return self._open

    def close(self) -> None:
        """What still waits is lost, as all is that the local AWS holds."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def join(self) -> None:
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def _put(self, waiting: Waiting, wait: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + wait * self.second, next(self._numbers), waiting))
        self._changed.notify_all()

    def _work(self) -> None:
        while waiting := self._next():
            try:
                wait = self._try(waiting)
            except Exception as error:  # the local AWS's own failure: the event is lost, and everybody must see that
                print(f"local lambda: event {waiting.event.request_id} is lost: {error!r}", file=sys.stderr, flush=True)
                wait = None
            with self._changed:
                if wait is None:
                    self._open -= 1
                    self._changed.notify_all()
                else:
                    self._put(waiting, wait)

    def _next(self) -> Waiting | None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if self._due and self._due[0][0] <= now:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(self._due[0][0] - now if self._due else None)
        return None

    def _try(self, waiting: Waiting) -> float | None:
        """One attempt: seconds until the next one, or None where the event is at its end."""
        function = waiting.function
        max_age = MAX_AGE if function.max_age is None else function.max_age
        if time.monotonic() - waiting.accepted > max_age * self.second:
            self._bury(waiting)
            return None
        try:
            outcome = function.invoke(waiting.event)
        except Throttled:
            waiting.throttled += 1
            return min(THROTTLED_WAITS[0] * 2.0 ** (waiting.throttled - 1), THROTTLED_WAITS[1])
        if not outcome.failed or self._closed:
            return None
        waiting.attempts += 1
        waiting.last = dead_letters.reason_of(outcome)
        if waiting.attempts > (MAX_RETRIES if function.retries is None else function.retries):
            self._bury(waiting)
            return None
        return WAITS[waiting.attempts - 1]

    def _bury(self, waiting: Waiting) -> None:
        queue = dead_letter_queue(waiting.function.configuration)
        if queue:
            self._send(waiting.function, queue, dead_letters.message(waiting.event, waiting.last))
