"""The part of the command line that both producers share: where the records go, when they arrive, the summary."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import producer


def add_delivery_options(parser: argparse.ArgumentParser) -> None:
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--stream-name", metavar="NAME", help="the Firehose stream to send to")
    target.add_argument(
        "--output", metavar="FILE", help="write NDJSON to FILE (- is standard output) instead; needs no boto3"
    )
    parser.add_argument("--region", metavar="R", help="AWS region of the stream; default: as boto3 finds it")
    parser.add_argument("--endpoint-url", metavar="URL", help="another endpoint than AWS; default: AWS_ENDPOINT_URL")
    parser.add_argument(
        "--arrival",
        choices=("now", "replay"),
        default="now",
        help="now: all arrive at once; replay: each in its own hour, for which the local AWS's clock is set "
        "(needs an endpoint on this machine)",
    )
    parser.add_argument("--summary-json", metavar="FILE", help="write the summary to FILE as JSON too")


def check_delivery_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Fills in the endpoint from the environment; ends the program where the options contradict each other."""
    options.endpoint_url = producer.endpoint(options.endpoint_url)
    if options.arrival == "replay" and not (options.stream_name and producer.is_loopback(options.endpoint_url)):
        parser.error(
            "--arrival replay needs --stream-name and the local AWS, an --endpoint-url on 127.0.0.1; "
            f"got {options.endpoint_url or 'AWS itself'}"
        )


def run(options: argparse.Namespace, hours: Iterable[producer.Hour], facts: Callable[[], dict[str, Any]]) -> int:
    """Delivers, prints the summary to stderr, and returns the exit code: 1 unless every record was delivered.

    ``facts`` is asked after the delivery; what it returns goes into the summary beside ``delivery``.
    """
    delivery = producer.Delivery()
    started = time.perf_counter()
    problem = None
    try:
        _deliver(options, hours, delivery)
    except BrokenPipeError:  # whoever read standard output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _delivery_problems() as error:
        problem = str(error)
    seconds = time.perf_counter() - started
    summary = {"delivery": {**delivery.as_dict(), "seconds": round(seconds, 3)}, **facts()}
    _report(options, summary, problem)
    return 1 if problem or delivery.failed else 0


def end_on_sigterm() -> None:
    """For programs: SIGTERM ends them as an exception does, so that a replay puts the local clock right."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _deliver(options: argparse.Namespace, hours: Iterable[producer.Hour], delivery: producer.Delivery) -> None:
    if options.output:
        producer.write(options.output, hours, delivery)
        return
    way = producer.deliver_replayed if options.arrival == "replay" else producer.deliver
    way(
        hours,
        delivery,
        stream_name=options.stream_name,
        region=options.region,
        endpoint_url=options.endpoint_url,
    )


def _delivery_problems() -> tuple[type[Exception], ...]:
    """What may go wrong on the way, boto3's exceptions included where boto3 is installed."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        return (producer.DeliveryError, OSError)
    return (producer.DeliveryError, OSError, BotoCoreError, ClientError)


def _report(options: argparse.Namespace, summary: dict[str, Any], problem: str | None) -> None:
    counts = summary["delivery"]
    rate = counts["delivered"] / max(counts["seconds"], 0.001)
    print(
        f"sent {counts['sent']:,}, delivered {counts['delivered']:,}, retried {counts['retried']:,}, "
        f"failed {counts['failed']:,}, {counts['bytes']:,} bytes in {counts['seconds']:.1f} s, {rate:,.0f} events/s",
        file=sys.stderr,
    )
    if problem:
        print(f"error: {problem}", file=sys.stderr)
    if options.summary_json:
        Path(options.summary_json).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
