"""Books of days that nobody ran: ledgers, check runs and a snapshot, as the pipeline would have left them."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from clickstream import checks, layout, publication
from clickstream.audit import check_run
from clickstream.catalog import Catalog
from clickstream.checks import Check, Result
from clickstream.ledger import InputObject, Ledger, OutputFile
from clickstream.snapshots import MAIN, PINNED, Line, Snapshot, with_live_days

QUARANTINED = {"malformed_json": 3, "unknown_event_type": 2}


def made_ledger(
    day: date, rows: int = 1000, name: str = "jr_1", quarantined: Mapping[str, int] = QUARANTINED
) -> Ledger:
    """A run of a day that balances: a duplicate in a hundred, and one row in fifty of the day before.

    ``name`` ends with a digit: of two runs, that with the higher one is newer.
    """
    run, late, duplicates = layout.run_id(day, name), rows // 50, rows // 100
    before = day - timedelta(days=1)
    lines = rows + late + duplicates + sum(quarantined.values())
    files = [OutputFile(layout.main_key(run, 0), str(day), rows, 1)]
    files += [OutputFile(layout.candidate_key(before, run, 0), str(before), late, 1)] if late else []
    return Ledger(
        run_id=run,
        arrival_day=str(day),
        contract_version=1,
        written_at=(layout.closes_at(day) + timedelta(minutes=10, seconds=int(name[-1]))).isoformat(),
        inputs=(InputObject(raw_key(day), 1, "e1", lines),),
        lines=lines,
        split=0,
        blank=0,
        accepted=rows + late,
        main_rows=rows,
        duplicates=duplicates,
        conflicting=0,
        quarantined=quarantined,
        rows_per_event_day={str(day): rows} | ({str(before): late} if late else {}),
        files=tuple(files),
    )


def raw_key(day: date, name: str = "a") -> str:
    return f"{layout.raw_prefix(day)}hour=07/{name}.gz"


def made_checks(ledger: Ledger, values: Mapping[str, float | None] | None = None) -> list[Result]:
    """Every packaged check passed; ``values``: those of checks that did not."""
    every = checks.load_checks(checks.named_values(ledger, 0.05, allow_empty=False))
    return [Result(one, (values or {}).get(one.name, one.minimum or 0)) for one in every]


@dataclass
class MadeBooks:
    """Writes to a deployment's work bucket; ``shown`` and ``pinned``: what its snapshot shall hold."""

    catalog: Catalog
    shown: dict[date, str] = field(default_factory=dict)
    pinned: dict[date, str] = field(default_factory=dict)

    def write(self, ledger: Ledger, results: Sequence[Result] | None = None, is_shown: bool = True) -> str:
        """A ledger and its check run (all passed, unless told); returns the run id."""
        run, day = ledger.run_id, layout.parse_day(ledger.arrival_day)
        checked_at = datetime.fromisoformat(ledger.written_at) + timedelta(minutes=1)
        self.put(layout.ledger_key(run), ledger.to_json())
        self.put(layout.quality_key(run, checked_at), checked(ledger, checked_at, results or made_checks(ledger)))
        if is_shown:
            self.shown[day] = run
        return run

    def write_all(self, ledgers: Iterable[Ledger]) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.write, ledgers))

    def put(self, key: str, text: str, role: str = "work_bucket") -> None:
        self.catalog.s3.put_object(Bucket=self.catalog.settings.name(role), Key=key, Body=text.encode())

    def commit(self, name: str) -> None:
        """Makes a snapshot of the runs that shall be shown the current one."""
        mains = {Line(str(day), MAIN, run, run) for day, run in self.shown.items()}
        pins = {Line(str(day), PINNED, run, run) for day, run in self.pinned.items()}
        snapshot = with_live_days(Snapshot(frozenset(mains | pins)), datetime.now(UTC).date())
        location = publication._write_snapshot(self.catalog, name, snapshot)
        assert publication._commit(self.catalog, self.catalog.published_table(), location)


def checked(ledger: Ledger, at: datetime, results: Sequence[Result]) -> str:
    return json.dumps(check_run(ledger, results, "q", at))


def good_days(first: date, last: date) -> list[Ledger]:
    """A run of every day from ``first`` to ``last``: fewer events at weekends, and some noise."""
    noise = random.Random(7)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [made_ledger(x, int((1000 if x.isoweekday() < 6 else 600) * noise.uniform(0.95, 1.05))) for x in days]


def hostile_check(text: str) -> Result:
    return Result(Check(text, "count(*)", "fail", text, 0, 0), 7)
