"""What only one process of this machine can have: a port, a folder."""

import errno
import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"


class TakenError(RuntimeError):
    """Somebody else has it; the message says what to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def usable_port(port: int, advice: str) -> int:
    """``port``, or a free one where it is 0. TakenError, with ``advice``, where something listens there already."""
    if not port:
        return free_port()
    with socket.socket() as probe:
        # As servers do it: a connection that was closed a moment ago does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise TakenError(f"expected port {port} of {LOOPBACK} to be free: {error.strerror}; {advice}") from None
    return port


@contextmanager
def emptied(folder: Path) -> Iterator[Path]:
    """The folder, empty, and this process's alone while it is open. TakenError where another process has it open."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = folder.with_name(f"{folder.name}.lock")
    if not mark.exists() and folder.exists() and any(folder.iterdir()):
        raise TakenError(
            f"{folder} holds something, and was not made by this command: give another folder, or delete it"
        )
    try:
        lock = mark.open("a")
    except PermissionError as error:
        raise TakenError(_foreign(folder, error)) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise TakenError(f"{folder} is in use by another process of this kind; end that one first") from None
        _empty(folder)
        yield folder


def _empty(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
    except PermissionError as error:
        raise TakenError(_foreign(folder, error)) from None


def _foreign(folder: Path, error: PermissionError) -> str:
    return f"{folder} cannot be emptied ({error.strerror}: {error.filename}); did another user make it? Delete it first"
