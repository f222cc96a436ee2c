"""The HTML of the page, from templates that escape everything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from clickstream.checks import number, worst_first
from clickstream.late_rows import partition
from clickstream.operations import words
from clickstream.operations.booked import Run
from clickstream.operations.books import Books
from clickstream.operations.days import Day, State, last_event, last_publication, last_published
from clickstream.settings import table
from clickstream_airflow.operations import charts

# What stands in a calendar's cell: colour alone would not tell everybody.
SIGNS: Mapping[State, str] = {
    State.MISSING: "?",
    State.FAILED: "\u2715",
    State.WAITING: "\u2026",
    State.RUNNING: "\u25b8",
    State.WITHDRAWN: "\u2013",
    State.UNUSUAL: "!",
    State.PUBLISHED: "\u2713",
    State.LIVE: "\u25cf",
    State.NONE: "",
}
OTHERS = 5  # days that are named beside the worst
CHECKS_SHOWN = 28  # days of a check's values on a day's page
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def overview(books: Books, found: Sequence[Day], today: date) -> str:
    states = Counter(one.state for one in found)
    return _TEMPLATES.get_template("overview.html").render(
        root=".",
        headline=words.headline(books, found, today),
        last_published=last_published(books.snapshot),
        last_event=last_event(found),
        last_publication=last_publication(found),
        gaps=gaps(found)[:OTHERS],
        OTHERS=OTHERS,
        books=books,
        first=found[0].day,
        last=found[-1].day,
        days=found,
        months=months(found),
        legend=[(state, SIGNS[state], states[state]) for state in State if states[state] and state is not State.NONE],
        signs=SIGNS,
        pinned=sum(one.pinned for one in found if one.run),
        volume=charts.volume(found),
        chart=charts,
        totals=totals(found),
        title=words.title,
        resting_on=resting_on,
        ago=_utc,
    )


def day(found: Sequence[Day]) -> str:
    """The last of the days; the others are the history of its checks."""
    one = found[-1]
    newest = one.generations[0].run if one.generations else None
    return _TEMPLATES.get_template("day.html").render(
        root="..",
        one=one,
        number=number,
        newest=newest,
        ledgers=ledgers(one.run, newest),
        results=worst_first(newest.checks if newest else ()),
        title=words.title(one),
        advice=words.advice(one),
        resting_on=resting_on,
        sign=SIGNS[one.state],
        histories=histories(found),
        query=f"SELECT count(*) FROM {table('events')} WHERE {partition(one.day)}",  # noqa: S608  from a parsed day
    )


def ledgers(shown: Run | None, newest: Run | None) -> dict[str, Run]:
    """By their headings: of the run that readers see, and of the newest where that is another."""
    unseen = None if newest is shown else newest
    named = {"Ledger": shown, "Ledger of the newest run, which readers do not see": unseen}
    return {name: run for name, run in named.items() if run}


def unreadable(code: str, root: str) -> str:
    return _TEMPLATES.get_template("unreadable.html").render(root=root, code=code)


def resting_on(one: Day) -> str:
    """When the run passed its checks that the day is trusted for; the browser asks Airflow for runs that failed since.

    Empty where no run is, or where a person pinned one: failures of others were known to whoever did.
    """
    trusted = (State.PUBLISHED, State.UNUSUAL, State.WAITING)
    return one.run.checked_at or one.run.written_at if one.run and one.state in trusted and not one.pinned else ""


def gaps(found: Sequence[Day]) -> list[tuple[date, date]]:
    """First and last day of each row of missing days, the latest row first: a backfill runs every day of its range, and
    a published day between two rows is not to be run again.
    """
    rows = groupby(found, key=lambda one: one.state is State.MISSING)
    made = [[one.day for one in row] for is_missing, row in rows if is_missing]
    return [(row[0], row[-1]) for row in reversed(made)]


def months(found: Sequence[Day]) -> list[tuple[str, list[list[Day | None]]]]:
    """Each month that something is known of, the last first: its name, and its weeks of seven days from Monday on."""
    made = []
    for name, of_month in groupby(found, key=lambda one: f"{one.day:%B %Y}"):
        known = list(of_month)
        if any(one.state is not State.NONE for one in known):
            made.append((name, _weeks(known)))
    return made[::-1]


def _weeks(known: Sequence[Day]) -> list[list[Day | None]]:
    cells: list[Day | None] = [*[None] * known[0].day.weekday(), *known]
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def totals(found: Sequence[Day]) -> dict[str, object]:
    """Of the published runs."""
    runs = [one.run for one in found if one.run]
    reasons = Counter[str]()
    for run in runs:
        reasons.update(run.quarantined)
    return {
        "accepted": sum(run.accepted for run in runs),
        "late": sum(run.late_rows for run in runs),
        "duplicates": sum(run.duplicates for run in runs),
        "quarantined": sum(reasons.values()),
        "reasons": reasons.most_common(12),
        "most": max(reasons.values(), default=1),
    }


def histories(found: Sequence[Day]) -> dict[str, charts.History]:
    """Of each check: its values in the newest run of each day."""
    values: dict[str, list[float | None]] = {}
    for place, one in enumerate(found):
        for result in one.generations[0].run.checks if one.generations else ():
            values.setdefault(result.check.name, [None] * len(found))[place] = result.value
    return {name: charts.history(of) for name, of in values.items()}


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
