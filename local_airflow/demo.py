"""`make demo`: the whole pipeline on this machine, from Firehose to an answer, with progress and no account."""

import argparse
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress

from rich.console import Console

from clickstream.publication import Catalog
from clickstream_airflow import tables
from local_airflow import answers, backfill, events, live, report
from local_airflow.claims import TakenError, emptied
from local_airflow.ending import AskedToEnd, nothing_left_behind
from local_airflow.environment import REPOSITORY
from local_airflow.events import Events
from local_airflow.progress import Progress, console
from local_airflow.scheduler import LocalAirflow
from local_airflow.starting import Starting
from local_aws.control import LocalControl
from local_aws.process import LocalAwsProcess
from local_aws.safety import clear_aws_environment
from local_aws.stack import Stack

HOME = REPOSITORY / ".local" / "demo"
SECONDS_PER_DAY = 300  # a day that takes longer than this has hung


def run(options: argparse.Namespace, out: Console) -> None:
    """The demo, step by step; every process that it starts is gone when it returns."""
    progress = Progress(out)
    sent = events.of_options(options)
    with ExitStack() as until_end:
        home = until_end.enter_context(emptied(HOME))
        aws = until_end.enter_context(LocalAwsProcess(home / "aws"))
        progress(f"local AWS at {aws.endpoint_url}")
        airflow = LocalAirflow(home / "airflow", aws.endpoint_url)
        starting = Starting(airflow)
        until_end.callback(starting.stop)
        stack = events.prepare(home, sent, aws.endpoint_url, progress)
        before = show_live(stack, progress)
        states = run_days(sent, starting.ready(), progress)
        for line in live.comparison(before, report.published_days(stack.catalog)):
            progress(line)
        show_days(out, stack.catalog)
        answers.show_samples(out, stack.catalog)
        progress("sample queries answered through the Athena API")
        if options.keep:
            stay(airflow.url, aws.endpoint_url, progress)
    farewell(out, progress)
    if failed := sorted(run for run, state in states.items() if state != "success"):
        raise SystemExit(f"not published: {', '.join(failed)}; see {HOME / 'airflow' / 'logs'}")


def show_live(stack: Stack, progress: Progress) -> dict[str, int]:
    """What can be queried minutes after it arrived, before any daily run: how many events, by day."""
    LocalControl(stack.endpoint_url).await_functions()
    live.crawl(stack.catalog)
    found = live.events_per_day(stack.catalog)
    progress(f"{sum(found.values()):,} of them can be queried, before any daily run")
    return found


def run_days(sent: Events, airflow: LocalAirflow, progress: Progress) -> dict[str, str]:
    """One run per arrival day; the state of each by its run id."""
    progress(f"Airflow is up at {airflow.url}")
    backfill.Backfill(sent.first_day, sent.last_day).start(airflow)
    progress(f"backfill of {backfill.DAG_ID} from {sent.first_day} to {sent.last_day}")
    return backfill.follow(airflow, sent.days, task_line(progress), timeout=SECONDS_PER_DAY * sent.days)


def stay(airflow_url: str, endpoint_url: str, progress: Progress) -> None:
    """Until Ctrl-C: time to look around."""
    progress(f"everything stays up until Ctrl-C: Airflow at {airflow_url} (no login), local AWS at {endpoint_url}")
    with suppress(AskedToEnd):
        threading.Event().wait()


def task_line(progress: Progress) -> Callable[[backfill.TaskEnd], None]:
    def tell(task: backfill.TaskEnd) -> None:
        mark = "[green]done[/]" if task.state == "success" else f"[red]{task.state}[/]"
        progress(f"{task.day}  {task.task_id:<17} {mark}  {task.seconds:.1f} s")

    return tell


def show_days(out: Console, catalog: Catalog) -> None:
    for day in report.published_days(catalog):
        out.rule(f"arrival day {day.day}", align="left")
        out.print(tables.ledger(day.ledger), highlight=False)
        out.print()
        out.print(tables.results(day.results), highlight=False)


def farewell(out: Console, progress: Progress) -> None:
    out.rule(align="left")
    progress("all done, nothing is left running")
    out.print(
        "Next:  make airflow              the same with Airflow's pages: run the days yourself\n"
        "       README.md                 what this is and the three ways to use it\n"
        "       sql/                      the queries above, for Athena as they are\n"
        "       dags/clickstream_daily.py the DAG; dags/clickstream/event_contract.json what an event may be\n"
        f"       {HOME.relative_to(REPOSITORY)}/airflow/logs   what each task said\n"
        "       make demo EVENTS=100000 DAYS=7   more of it;  make test   the proof",
        highlight=False,
    )


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    events.add_options(parser)
    parser.add_argument("--keep", action="store_true", help="leave Airflow and the local AWS up until Ctrl-C")
    return parser.parse_args(arguments)


def main() -> int:
    """128 and the signal's number where it was ended, 2 where another demo is running."""
    options = parse()
    clear_aws_environment(os.environ)
    try:
        with nothing_left_behind():
            run(options, console())
    except AskedToEnd as asked:
        return asked.exit_code
    except TakenError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
