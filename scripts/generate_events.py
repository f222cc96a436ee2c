"""Makes realistic click events of an online shop and sends them to a Firehose stream, or writes them as NDJSON.

    pip install -r scripts/requirements.txt
    python scripts/generate_events.py --stream-name clickstream-events-dev --count 10000
    python scripts/generate_events.py --output events.ndjson --count 1000 --date 2024-12-25 --seed 7

The same seed and arguments give the same bytes. The summary at the end counts what was sent and what it must come to:
per arrival day the numbers of the run's ledger (--summary-json FILE has them all). On AWS events arrive *now*,
whatever day they carry: --date then says only when they happened. --output /dev/null shows how fast events are made.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dags"))

from delivery_options import add_delivery_options, check_delivery_options, end_on_sigterm, run
from event_arrivals import Plan, Tally, arrivals

from clickstream.settings import limits


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--count", type=int, required=True, metavar="N", help="records in all, spread over the days")
    made.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the first event day (UTC); default: the days end today, with --output or replay yesterday",
    )
    made.add_argument("--days", type=int, default=1, metavar="K", help="days in a row (1)")
    made.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other events (1)")
    made.add_argument("--bad-share", type=float, default=0.01, metavar="X", help="records that no table takes (0.01)")
    made.add_argument("--duplicate-share", type=float, default=0.02, metavar="Y", help="second deliveries (0.02)")
    made.add_argument("--late-share", type=float, default=0.01, metavar="Z", help="events of the days before (0.01)")
    made.add_argument(
        "--last-hour",
        type=int,
        metavar="H",
        help="the last day ends after this hour, 0 to 23; default: 23, or the present one for events that arrive today",
    )
    add_delivery_options(made)
    return made


@dataclass(frozen=True)
class Today:
    """What the clock says, in UTC."""

    day: date
    hour: int


def plan_of(options: argparse.Namespace, today: Today) -> Plan:
    """The plan that the options ask for; ValueError where they cannot be met."""
    arrives_now = bool(options.stream_name) and options.arrival == "now"
    last_day = today.day if arrives_now else today.day - timedelta(1)
    first_day = options.date or last_day - timedelta(options.days - 1)
    plan = Plan(
        first_day=first_day,
        days=options.days,
        count=options.count,
        seed=options.seed,
        max_lateness_days=limits().max_lateness_days,
        bad_share=options.bad_share,
        duplicate_share=options.duplicate_share,
        late_share=options.late_share,
    )
    ends_today = arrives_now and first_day + timedelta(options.days - 1) == today.day
    last_hour = options.last_hour if options.last_hour is not None else today.hour if ends_today else 23
    return replace(plan, last_hour=last_hour)


def warnings_for(plan: Plan, today: Today) -> list[str]:
    """What becomes of events that arrive today but happened on the plan's days."""
    reach = plan.max_lateness_days if plan.late_share else 0
    oldest = plan.first_day - timedelta(reach)
    newest = plan.first_day + timedelta(plan.days - 1)
    found = []
    if oldest < today.day - timedelta(plan.max_lateness_days):
        found.append(
            f"events arrive today, {today.day}: those that happened more than {plan.max_lateness_days} days ago "
            f"(the oldest on {oldest}) will be quarantined as too_late"
        )
    if newest > today.day:
        found.append(f"events arrive today, {today.day}: those of {newest} will be quarantined as in_the_future")
    return found


def facts(plan: Plan, tallies: dict[date, Tally]) -> dict[str, Any]:
    """The summary beside the delivery: the arguments that repeat it, and what each arrival day must come to."""
    arguments = {
        "date": str(plan.first_day),
        "days": plan.days,
        "count": plan.count,
        "seed": plan.seed,
        "bad_share": plan.bad_share,
        "duplicate_share": plan.duplicate_share,
        "late_share": plan.late_share,
        "last_hour": plan.last_hour,
    }
    return {"arguments": arguments, "arrival_days": {str(day): tally.as_dict() for day, tally in tallies.items()}}


def describe(day: date, tally: Tally) -> str:
    return (
        f"{day}: {tally.lines:,} lines = {tally.accepted:,} good ({tally.accepted - tally.main_rows:,} late) "
        f"+ {tally.duplicates:,} duplicates ({tally.conflicting:,} conflicting) "
        f"+ {sum(tally.quarantined.values()):,} bad + {tally.blank:,} blank"
    )


def main(arguments: list[str] | None = None) -> int:
    """0 when every record was delivered, 1 when some were not, 2 for options that make no sense."""
    made = parser()
    options = made.parse_args(arguments)
    check_delivery_options(made, options)
    now = datetime.now(timezone.utc)
    today = Today(now.date(), now.hour)
    try:
        plan = plan_of(options, today)
    except ValueError as error:
        made.error(str(error))
    if options.stream_name and options.arrival == "now":
        for warning in warnings_for(plan, today):
            print(f"warning: {warning}", file=sys.stderr)
    tallies: dict[date, Tally] = {}
    code = run(options, arrivals(plan, tallies), lambda: facts(plan, tallies))
    for day, tally in tallies.items():
        print(describe(day, tally), file=sys.stderr)
    return code


if __name__ == "__main__":
    end_on_sigterm()
    sys.exit(main())
