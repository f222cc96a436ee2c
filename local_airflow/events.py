"""The stack in a local AWS, and made-up events sent into it as a user would send them."""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from local_airflow.environment import REPOSITORY
from local_airflow.progress import Progress
from local_aws.safety import local_environment
from local_aws.stack import Stack
from scripts import build_artifacts


@dataclass(frozen=True)
class Events:
    """``count`` records in all, over ``days`` arrival days from ``first_day`` on; each arrives when it happened."""

    count: int
    days: int
    first_day: date
    seed: int

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=20_000, help="records in all")
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2024, 12, 25), metavar="YYYY-MM-DD")
    parser.add_argument("--seed", type=int, default=7)


def of_options(options: argparse.Namespace) -> Events:
    return Events(options.events, options.days, options.first_day, options.seed)


def prepare(home: Path, events: Events, endpoint_url: str, progress: Progress) -> Stack:
    """The stack, and the events in its raw bucket."""
    stack = Stack(endpoint_url)
    stack.create(build_artifacts.build_local(home / "artifacts"))
    progress("stack: buckets, stream, function, tables, job, crawler, workgroup")
    send(events, stack, summary_file(home))
    progress(f"{events.count:,} events through Firehose, {events.first_day} to {events.last_day}")
    return stack


def send(events: Events, stack: Stack, summary: Path) -> None:
    """Runs the generator; RuntimeError with its words where it fails."""
    command = [
        sys.executable, "scripts/generate_events.py", "--stream-name", stack.name("stream"),
        "--count", str(events.count), "--date", str(events.first_day), "--days", str(events.days),
        "--seed", str(events.seed), "--arrival", "replay", "--endpoint-url", stack.endpoint_url,
        "--summary-json", str(summary),
    ]  # fmt: skip
    environment = local_environment(stack.endpoint_url, os.environ)
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def summary_file(home: Path) -> Path:
    return home / "events.json"


def made(home: Path) -> dict[str, dict[str, Any]]:
    """What the generator made for each arrival day, by its own count."""
    days: dict[str, dict[str, Any]] = json.loads(summary_file(home).read_text())["arrival_days"]
    return days
