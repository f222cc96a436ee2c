"""The end of a command that started many processes: asked for by a signal, complete, and without orphans."""

import ctypes
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, kill, a terminal that was closed
GRACE = 3  # seconds from SIGTERM to SIGKILL for what its own owner did not end
_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


class AskedToEnd(BaseException):
    """A signal asked for the end; like KeyboardInterrupt, nothing on the way should take it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """The first of SIGNALS raises AskedToEnd inside, later ones cannot disturb the end; afterwards no descendant lives.

    For a whole command, in its main thread: it becomes the parent of what its descendants leave behind, and ends all.
    """
    adopt_orphans()
    ending = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal ending
        if not ending:
            ending = True
            raise AskedToEnd(number)

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield
    finally:
        ending = True
        end_descendants()
        for number, handler in before.items():
            signal.signal(number, handler)


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent ended. Linux has this; elsewhere groups must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_descendants() -> None:
    """Ends every process that this one started, directly or not, politely first."""
    _, living = psutil.wait_procs(_each("terminate"), timeout=GRACE)
    while living:
        _, living = psutil.wait_procs(_each("kill"), timeout=GRACE)


def _each(action: str) -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process().children(recursive=True)
    for process in found:
        try:
            getattr(process, action)()
        except psutil.NoSuchProcess:
            continue
    return found
