"""After a publication: what it made visible is what the ledgers and the merge of late rows say.

The generations come from the publication's own snapshot, so a later one cannot make it fail. Live rows are not judged:
they may come twice until their day is published.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.late_rows import partition
from clickstream.publication import Publication
from clickstream.settings import table
from clickstream.snapshots import LATE, MAIN

Days = Mapping[str, Mapping[str, Any]]  # what `shown_rows` says, by day (YYYY-MM-DD)


class WrongPublication(RuntimeError):
    """Rows are missing, or an event counts twice: the days concerned should be rolled back."""


def verify(catalog: Catalog, done: Publication) -> None:
    """Counts, in one query, what the publication shows of every day that it touched; WrongPublication."""
    days = shown_days(catalog, done)
    rows = catalog.ask(verify_query(days))
    require_right(done.publication_id, days, rows[0] if len(rows) == 1 else {})


def shown_days(catalog: Catalog, done: Publication) -> dict[str, dict[str, Any]]:
    """``shown_rows`` of every day that the publication touched."""
    return {str(day): shown_rows(catalog, done, day) for day in sorted(done.touched)}


def shown_rows(catalog: Catalog, done: Publication, day: date) -> dict[str, Any]:
    """What the publication shows of a day: ``main`` and ``late`` generation (or None) and the rows that each must have.

    ``late_rows`` is None where an earlier publication merged them: at least one row, then.
    """
    main, late = done.snapshot.of_kind(MAIN, day), done.snapshot.of_kind(LATE, day)
    return {
        "main": main.generation if main else None,
        "main_rows": catalog.read_ledger(main.run_id).main_rows if main else 0,
        "late": late.generation if late else None,
        "late_rows": done.late_rows.get(day) if late else 0,
    }


def verify_query(days: Days) -> str:
    """One row: rows of every generation shown, rows that repeat an (event day, event_id), rows of the view."""
    shown = [(name, f"({partition(layout.parse_day(day))} AND generation = '{x}')") for name, day, x in _shown(days)]
    counts = [f"coalesce(sum(CASE WHEN {where} THEN 1 ELSE 0 END), 0) AS {name}" for name, where in shown]
    touched = " OR ".join(partition(layout.parse_day(day)) for day in days) or "1 = 0"
    columns = ",\n  ".join(
        [
            *counts,
            "count(event_id) - count(DISTINCT concat(year, month, day, event_id)) AS repeated_ids",
            f"(SELECT count(*) FROM {table('events')} WHERE {touched}) AS view_rows",
        ]
    )
    return f"SELECT {columns}\nFROM {table('generations')}\nWHERE {' OR '.join(x for _, x in shown) or '1 = 0'}"


def require_right(publication_id: str, days: Days, row: Mapping[str, str | None]) -> dict[str, int]:
    """The counts of Athena's row (column name to text); WrongPublication names what is not as it must be."""
    found = {name: -1 if value in (None, "") else int(str(value)) for name, value in row.items()}
    if problems := list(wrong_rows(days, found)):
        raise WrongPublication(f"Publication {publication_id} is wrong: {'; '.join(problems)}")
    return found


def wrong_rows(days: Days, found: Mapping[str, int]) -> Iterator[str]:
    """What is not as it must be; an answer that is missing is wrong."""
    for name, day, generation in _shown(days):
        rows, expected = found.get(name, -1), days[day][f"{name[:4]}_rows"]
        if expected is None and rows < 1:
            yield f"no late rows of {generation} on {day}"
        if expected is not None and rows != expected:
            yield f"{rows} rows of {generation} on {day}, expected {expected}"
    if found.get("repeated_ids", -1):
        yield f"{found.get('repeated_ids', -1)} rows repeat an event_id"
    if found.get("view_rows", -1) < min(1, sum(shown["main_rows"] for shown in days.values())):
        yield f"the view {table('events')} shows {found.get('view_rows', 'nothing')} rows of these days"


def _shown(days: Days) -> Iterator[tuple[str, str, str]]:
    """Column (``main_20241225``), day and generation of everything that must be counted."""
    for day, shown in days.items():
        for kind in ("main", "late"):
            if shown[kind]:
                yield f"{kind}_{day.replace('-', '')}", day, layout.checked_generation(shown[kind])
