"""Estimates a month's AWS bill, term by term, from events a day and their size.

    python scripts/estimate_cost.py --events-per-day 1000000 --event-bytes 550

Prices come from prices.json (dated), the job's CPU and file sizes from docs/performance.md (``MEASURED``). It knows no
free tier, discount, tax, or analysts' queries.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRICES: dict[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text())
DAYS = 30
HOURS = 730  # of a month, as AWS counts what is always on
GB = 1e9
# make bench, its machine's seconds taken for a Glue vCPU's; sizes are shares of an event's bytes.
MEASURED = {
    "glue_fixed_cpu_seconds": 40.0,
    "glue_cpu_seconds_per_million": 60.0,
    "function_cpu_seconds_per_million": 30.0,
    "gzip_share": 0.17,
    "parquet_share": 0.07,
    "s3_writes_per_run": 290,  # of a small day; listings are billed as writes
    "s3_reads_per_run": 490,
}
VCPUS_PER_DPU = 4
BUSY = 0.7  # share of its vCPUs that a job uses: reading, writing and waiting for the last task leave some idle
OBJECT_BYTES = 128 * 1024 * 1024  # Firehose's largest buffer, before GZIP


@dataclass(frozen=True)
class Load:
    """``per_record``: events that a producer packs into one Firehose record; ``months``: how long data is kept."""

    events: int
    event_bytes: int
    per_record: int = 1
    buffer_seconds: int = 300
    workers: int = 2
    months: int = 12
    live: bool = True
    airflow: bool = False

    @property
    def gigabytes(self) -> float:
        """Of events, a day."""
        return self.events * self.event_bytes / GB

    @property
    def objects(self) -> float:
        """A day: Firehose files by size or by time, whatever comes first."""
        return max(self.events * self.event_bytes / OBJECT_BYTES, 86_400 / self.buffer_seconds)


@dataclass(frozen=True)
class Term:
    name: str
    dollars: float
    source: str


def terms(load: Load) -> Iterator[Term]:
    """Each with where it comes from."""
    yield from (_firehose(load), _glue(load), _crawler(), _athena(load))
    if load.live:
        yield _function(load)
    yield from (_storage(load), _requests(load))
    for name, dollars in PRICES["fixed_per_month"].items():
        yield Term(name, dollars, "whatever happens")
    if load.airflow:
        yield Term("MWAA, mw1.small", PRICES["mwaa_hour"] * HOURS, f"{PRICES['mwaa_hour']} an hour, busy or not")
        yield Term("NAT gateway", PRICES["nat_hour"] * HOURS, f"{PRICES['nat_hour']} an hour, without traffic")


def _firehose(load: Load) -> Term:
    record = load.event_bytes * load.per_record
    step = PRICES["firehose_record_bytes"]
    billed = -(-record // step) * step * load.events / load.per_record * DAYS / GB
    return Term(
        "Firehose",
        billed * PRICES["firehose_per_gb"],
        f"{billed:,.0f} GB billed at {PRICES['firehose_per_gb']}: each record of {record:,} bytes counts up to 5 KB",
    )


def _glue(load: Load) -> Term:
    millions = load.events / 1e6
    cpu = MEASURED["glue_fixed_cpu_seconds"] + MEASURED["glue_cpu_seconds_per_million"] * millions
    seconds = max(cpu / (VCPUS_PER_DPU * BUSY), 60 * PRICES["glue_least_minutes"] * load.workers)
    hours = seconds / 3600 * DAYS
    return Term(
        "Glue job",
        hours * PRICES["glue_dpu_hour"],
        f"{hours:,.0f} DPU-hours at {PRICES['glue_dpu_hour']}: {cpu:,.0f} CPU seconds a day, vCPUs {BUSY:.0%} busy, "
        f"{load.workers} DPUs for a minute at least",
    )


def _crawler() -> Term:
    hours = PRICES["crawler_least_minutes"] / 60 * PRICES["crawler_dpus"] * DAYS
    return Term("Crawler", hours * PRICES["glue_dpu_hour"], "a crawl a day, ten minutes of 2 DPUs at least")


def _athena(load: Load) -> Term:
    least = PRICES["athena_least_mb"] / 1e6
    audit = max(load.gigabytes * MEASURED["parquet_share"] / 1000, least)
    scanned = (audit + 3 * least) * DAYS
    return Term(
        "Athena, the DAG's queries", scanned * PRICES["athena_tb"],
        f"{scanned:.2f} TB at {PRICES['athena_tb']}: the audit reads the day once, three others 10 MB at least",
    )  # fmt: skip


def _function(load: Load) -> Term:
    seconds = MEASURED["function_cpu_seconds_per_million"] * load.events / 1e6 * DAYS
    gigabytes = 1.769  # the memory that a whole vCPU comes with
    dollars = seconds * gigabytes * PRICES["lambda_gb_second"]
    dollars += load.objects * DAYS / 1e6 * PRICES["lambda_per_million_requests"]
    return Term("Function", dollars, f"{seconds:,.0f} CPU seconds, {load.objects * DAYS:,.0f} objects")


def _storage(load: Load) -> Term:
    """After ``months``: raw, of which all but the last three months lie archived, and Parquet."""
    raw, rows = (load.gigabytes * DAYS * MEASURED[name] for name in ("gzip_share", "parquet_share"))
    archived = max(load.months - 3, 0)
    dollars = raw * archived * PRICES["s3_glacier_instant_gb_month"]
    dollars += (raw * (load.months - archived) + rows * load.months) * PRICES["s3_standard_gb_month"]
    return Term(
        "S3 storage", dollars, f"after {load.months} months: {raw * load.months:,.0f} GB raw, "
        f"{rows * load.months:,.0f} GB Parquet",
    )  # fmt: skip


def _requests(load: Load) -> Term:
    written = (load.objects * (2 if load.live else 1) + MEASURED["s3_writes_per_run"]) * DAYS
    read = (load.objects * 4 + MEASURED["s3_reads_per_run"]) * DAYS  # the preflight, Spark, the function, live rows
    dollars = written / 1000 * PRICES["s3_put_per_1000"] + read / 1000 * PRICES["s3_get_per_1000"]
    return Term("S3 requests", dollars, f"{written:,.0f} writes, {read:,.0f} reads")


def report(load: Load) -> str:
    found = list(terms(load))
    total = sum(term.dollars for term in found)
    lines = [
        f"{load.events:,} events of {load.event_bytes} bytes a day: {load.gigabytes:,.1f} GB a day, "
        f"US dollars a month, prices of {PRICES['as_of']}",
        *(f"{term.dollars:12,.2f}  {term.name}: {term.source}" for term in found),
        f"{total:12,.2f}  in all, {total / (load.events * DAYS / 1e6):,.2f} per million events",
    ]
    return "\n".join(lines)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events-per-day", type=_positive, required=True, metavar="N")
    parser.add_argument("--event-bytes", type=_positive, required=True, metavar="B", help="of an event's JSON")
    parser.add_argument("--events-per-record", type=_positive, default=1, metavar="N", help="packed by producers (1)")
    parser.add_argument("--buffer-seconds", type=_positive, default=300, metavar="S", help="of Firehose (300)")
    parser.add_argument("--workers", type=_positive, default=2, metavar="N", help="DPUs of the Glue job (2)")
    parser.add_argument("--months", type=_positive, default=12, metavar="N", help="that data is kept (12)")
    parser.add_argument("--no-live", action="store_true", help="without the function")
    parser.add_argument("--airflow", action="store_true", help="with MWAA and a NAT gateway")
    given = parser.parse_args(arguments)
    load = Load(
        given.events_per_day, given.event_bytes, given.events_per_record, given.buffer_seconds,
        given.workers, given.months, not given.no_live, given.airflow,
    )  # fmt: skip
    print(report(load))


if __name__ == "__main__":
    main()
