"""A function: its configuration, who may invoke it, how its events are retried, and its execution environments."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.errors import ServiceError
from local_aws.lambda_functions.permissions import Policy
from local_aws.lambda_functions.place import Place
from local_aws.lambda_functions.sandbox import Event, Outcome, Sandbox

UNRESERVED = 1000  # environments at a time where none are reserved, as in a new account
MAX_RETRIES = 2
MAX_AGE = 21600  # seconds

Disturb = Callable[[Sandbox], None]


class Throttled(ServiceError):
    """Every environment that the function may have is at work."""

    def __init__(self) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.", status=429)


@dataclass
class Function:
    """``disturb`` is called with the environment before each invocation: tests kill it there, as machines may."""

    configuration: dict[str, Any]
    code: Path
    place: Place
    tags: dict[str, str] = field(default_factory=dict)
    reserved: int | None = None
    retries: int | None = None  # of an asynchronous event; None: never configured
    max_age: int | None = None  # seconds that an asynchronous event may wait
    policy: Policy = field(default_factory=Policy)
    disturb: Disturb = lambda sandbox: None
    _warm: list[Sandbox] = field(default_factory=list)
    _at_work: list[Sandbox] = field(default_factory=list)
    _busy: int = 0  # environments at work, those too that only begin
    _ended: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def arn(self) -> str:
        return str(self.configuration["FunctionArn"])

    def invoke(self, event: Event) -> Outcome:
        """In a warm environment where there is one; Throttled where no more may be at work."""
        with self._environment() as sandbox:
            self.disturb(sandbox)
            return sandbox.invoke(event)

    def update(self, configuration: dict[str, Any], code: Path) -> None:
        """From now on events find the new code; what is at work goes on with the old one."""
        with self._lock:
            self.configuration, self.code = configuration, code
            outdated, self._warm = self._warm, []
        for sandbox in outdated:
            sandbox.end()

    def end(self) -> None:
        """Ends every environment, those at work too."""
        with self._lock:
            self._ended = True
            warm, self._warm = self._warm, []
            at_work = list(self._at_work)
        for sandbox in at_work:
            sandbox.kill()
        for sandbox in warm:
            sandbox.end()

    @contextmanager
    def _environment(self) -> Iterator[Sandbox]:
        self._enter()
        sandbox = None
        try:
            sandbox = self._warm_one() or Sandbox(self.configuration, self.code, self.place)
            with self._lock:
                self._at_work.append(sandbox)
                if self._ended:  # while it was made
                    sandbox.kill()
            yield sandbox
        finally:
            self._leave(sandbox)

    def _enter(self) -> None:
        with self._lock:
            if self._ended or self._busy >= (UNRESERVED if self.reserved is None else self.reserved):
                raise Throttled
            self._busy += 1

    def _warm_one(self) -> Sandbox | None:
        with self._lock:
            return self._warm.pop() if self._warm else None

    def _leave(self, sandbox: Sandbox | None) -> None:
        with self._lock:
            self._busy -= 1
            if sandbox is None:
                return
            self._at_work.remove(sandbox)
            reusable = sandbox.alive and sandbox.code == self.code and not self._ended
            if reusable:
                self._warm.append(sandbox)
        if not reusable and sandbox.alive:
            sandbox.end()
