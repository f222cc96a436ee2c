"""`make airflow`: Airflow with its pages, the local AWS, the stack and three days of events, until Ctrl-C."""

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from local_airflow import events
from local_airflow.claims import TakenError, emptied, usable_port
from local_airflow.ending import AskedToEnd, nothing_left_behind
from local_airflow.environment import REPOSITORY
from local_airflow.guide import guide
from local_airflow.login import Login
from local_airflow.progress import Progress, console
from local_airflow.scheduler import LocalAirflow
from local_airflow.starting import Starting
from local_airflow.watch import Watch
from local_aws.__main__ import DEFAULT_PORT as AWS_PORT
from local_aws.process import LocalAwsProcess
from local_aws.safety import clear_aws_environment

HOME = REPOSITORY / ".local" / "airflow"
PORT = 8080
BROKEN, TAKEN = 1, 2  # exit codes


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_airflow.up", description=__doc__)
    events.add_options(parser)
    parser.add_argument("--port", type=int, default=PORT, help="of Airflow; 0 takes a free one (%(default)s)")
    parser.add_argument("--aws-port", type=int, default=AWS_PORT, help="of the local AWS; 0 likewise (%(default)s)")
    parser.add_argument("--home", type=Path, default=HOME, help="emptied first; logs are in it (%(default)s)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="add the calls to the local AWS to FILE")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where a signal ended it, 1 where a part failed or ended by itself, 2 where a port or the folder is taken."""
    options = parse(arguments)
    clear_aws_environment(os.environ)
    out = console()
    try:
        with nothing_left_behind():
            serve(options, out)
    except AskedToEnd:
        out.print("Ended; nothing is left running.")
        return 0
    except RuntimeError as error:
        print(f"make airflow: {error}", file=sys.stderr)
        return TAKEN if isinstance(error, TakenError) else BROKEN
    return 0


def serve(options: argparse.Namespace, out: Console) -> None:
    """Until a signal or a part's end raises; TakenError before anything is started."""
    port = usable_port(options.port, "make airflow PORT=8081 takes another")
    aws_port = usable_port(options.aws_port, "make airflow AWS_PORT=4578 takes another")
    progress, sent, login = Progress(out), events.of_options(options), Login.new()
    with emptied(options.home) as home, ExitStack() as until_end:
        aws = until_end.enter_context(LocalAwsProcess(home / "aws", aws_port, record=options.record))
        progress(f"local AWS at {aws.endpoint_url}")
        airflow = LocalAirflow(home / "airflow", aws.endpoint_url, port, login)
        starting = Starting(airflow)
        until_end.callback(starting.stop)
        until_end.enter_context(Watch(lambda: aws.ended() or airflow.ended()))
        stack = events.prepare(home, sent, aws.endpoint_url, progress)
        starting.ready()
        progress("Airflow is up")
        out.print(guide(airflow.url, login, stack, sent), highlight=False, markup=False)
        threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
