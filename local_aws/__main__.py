"""``python -m local_aws [--port 4577] [--stack] [--data-dir DIR]``: runs until SIGTERM or Ctrl-C, then ends it all."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from local_aws.safety import clear_aws_environment

DEFAULT_PORT = 4577


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after a clean stop, 2 where the port is taken."""
    options = parser().parse_args(arguments)
    clear_aws_environment(os.environ)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return serve(options.port, options.data_dir, stopped, create_stack if options.stack else None, options.record)


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__)
    result.add_argument("--port", type=int, default=DEFAULT_PORT, help="on 127.0.0.1; 0 takes a free one (%(default)s)")
    result.add_argument(
        "--stack", action="store_true", help="create the pipeline's stack in it (buckets, stream, tables)"
    )
    result.add_argument("--data-dir", type=Path, help="where the engines keep their files (default: a temporary one)")
    result.add_argument("--record", type=Path, metavar="FILE", help="add each kind of call, and who made it, to FILE")
    return result


def create_stack(endpoint_url: str) -> None:
    """The pipeline's own stack, built from this checkout."""
    repository = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(repository), str(repository / "dags")]
    from local_aws.stack import Stack
    from scripts import build_artifacts

    Stack(endpoint_url).create(build_artifacts.build_local(repository / "build"))


def serve(
    port: int,
    data_dir: Path | None,
    stopped: threading.Event,
    prepare: Callable[[str], None] | None = None,
    record: Path | None = None,
) -> int:
    # Imported here, so that no AWS library has read the user's environment before it was cleared.
    from local_aws.http_server import PortTakenError
    from local_aws.server import LocalAws

    try:
        with LocalAws(port, data_dir, record) as aws:
            if prepare:
                prepare(aws.endpoint_url)
            print(f"local AWS ready at {aws.endpoint_url}", flush=True)
            stopped.wait()
    except PortTakenError as error:
        print(f"local AWS: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
