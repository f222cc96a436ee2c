"""The ledger of a run, and whether the run may be believed. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from clickstream import layout
from clickstream.ledger import InputObject, Ledger, OutputFile
from clickstream.reasons import UNREADABLE
from clickstream.runs import RefusedRun
from clickstream_glue.counts import Counts, StagedFile
from clickstream_glue.deduplicate import ACCEPTED
from clickstream_glue.preflight import Inspected

_TOP_REASONS = 3


def final_keys(run_id: str, files: Iterable[StagedFile]) -> dict[str, str]:
    """Staged key to final key of every accepted file: main for the arrival day, candidates for other days."""
    arrival_day = layout.arrival_day_of(run_id)
    keys: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for file in files:
        if file.verdict != ACCEPTED:
            continue
        number = numbers.setdefault(file.event_day, 0)
        numbers[file.event_day] += 1
        day = date.fromisoformat(file.event_day)
        is_main = day == arrival_day
        keys[file.key] = layout.main_key(run_id, number) if is_main else layout.candidate_key(day, run_id, number)
    return keys


def make_ledger(
    run_id: str,
    contract_version: int,
    inspected: list[Inspected],
    counts: Counts,
    files: list[StagedFile],
    now: datetime,
) -> Ledger:
    """The ledger: ``lines`` from the preflight, ``accepted`` from the written files: neither vouches for itself."""
    keys = final_keys(run_id, files)
    written = tuple(
        OutputFile(keys[file.key], file.event_day, counts.rows[file.key], file.bytes)
        for file in files
        if file.key in keys
    )
    per_day: dict[str, int] = {}
    for file in written:
        per_day[file.event_day] = per_day.get(file.event_day, 0) + file.rows
    arrival_day = str(layout.arrival_day_of(run_id))
    return Ledger(
        run_id=run_id,
        arrival_day=arrival_day,
        contract_version=contract_version,
        written_at=now.isoformat(timespec="seconds"),
        inputs=tuple(InputObject(one.object.key, one.object.size, one.object.etag, one.lines) for one in inspected),
        lines=sum(one.lines for one in inspected),
        split=counts.split,
        blank=counts.blank,
        accepted=sum(file.rows for file in written),
        main_rows=per_day.get(arrival_day, 0),
        duplicates=counts.duplicates,
        conflicting=counts.conflicting,
        quarantined=_quarantined(inspected, counts),
        rows_per_event_day=dict(sorted(per_day.items())),
        unknown_fields=counts.unknown_fields,
        files=written,
    )


def _quarantined(inspected: list[Inspected], counts: Counts) -> dict[str, int]:
    unreadable = sum(one.problem is not None for one in inspected)
    return dict(sorted((counts.quarantined | ({UNREADABLE: unreadable} if unreadable else {})).items()))


def refuse(ledger: Ledger, max_quarantined_share: float, quarantine_uri: str) -> None:
    """RefusedRun where a record is unaccounted for, or too many are bad."""
    if problems := ledger.problems():
        raise RefusedRun(f"arrival day {ledger.arrival_day}, run {ledger.run_id}: {'; '.join(problems)}")
    if ledger.quarantined_share > max_quarantined_share:
        raise RefusedRun(
            f"arrival day {ledger.arrival_day}: {ledger.quarantined_share:.2%} of the records are quarantined, "
            f"allowed are {max_quarantined_share:.2%} (--max_quarantined_share); "
            f"most frequent: {_top_reasons(ledger)}; the lines are under {quarantine_uri}"
        )


def summary(ledger: Ledger) -> str:
    """One line of numbers for the log."""
    return (
        f"{ledger.lines} lines + {ledger.split} split = {ledger.accepted} accepted + {ledger.duplicates} duplicates "
        f"+ {ledger.quarantined_total} quarantined + {ledger.blank} blank"
        + (f" (most frequent: {_top_reasons(ledger)})" if ledger.quarantined else "")
    )


def _top_reasons(ledger: Ledger) -> str:
    reasons = sorted(ledger.quarantined.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{reason} {number}" for reason, number in reasons[:_TOP_REASONS])
