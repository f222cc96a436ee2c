"""Runs one Glue script as ``__main__``, and leaves what became of it for the engine.

    python runner.py OUTCOME_FILE SCRIPT [ARGUMENT ...]

Standard input is a pipe that the local AWS holds: when it closes, the local AWS is gone and this whole process group
ends. Standard library only, and nothing of the project: the script must find just what Glue would give it.
"""

import json
import os
import runpy
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

OURS = (__file__, runpy.__file__, "<frozen runpy>")  # frames that are not the script's


def end_with_the_parent() -> None:
    """Keeps the pipe for a watching thread, and gives the script an empty standard input."""
    pipe = os.dup(0)  # not inheritable: a child of the script does not hold it
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def script_frames(frames: TracebackType | None) -> TracebackType | None:
    while frames and frames.tb_frame.f_code.co_filename in OURS:
        frames = frames.tb_next
    return frames


def exit_status(stop: SystemExit) -> int:
    """What Python itself would exit with."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code
    print(stop.code, file=sys.stderr)
    return 1


def run(script: str) -> tuple[int, str | None]:
    """(exit status, error text): the text is None where the script ended well."""
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as stop:
        status = exit_status(stop)
        return status, f"SystemExit: {stop.code}" if status else None
    except BaseException as error:
        traceback.print_exception(error.with_traceback(script_frames(error.__traceback__)))
        return 1, f"{type(error).__name__}: {error}"
    return 0, None


def main() -> None:
    end_with_the_parent()
    outcome, *sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    status, error = run(sys.argv[0])
    Path(outcome).write_text(json.dumps({"error": error}), encoding="utf-8")
    sys.exit(status)


if __name__ == "__main__":
    main()
