"""A day in words: what is the matter, and what to do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clickstream.checks import Result, number
from clickstream.operations.books import Books
from clickstream.operations.days import Day, State, failed, to_look_at
from clickstream.snapshots import MAIN


@dataclass(frozen=True)
class Advice:
    """``day``: the one that it is about, None where nothing is wrong; ``others`` need a look too, the worst first.

    ``tone``: the day's state, ``well`` where all is, ``calm`` where there is nothing to judge.
    """

    title: str
    text: str
    tone: str
    day: Day | None = None
    others: tuple[Day, ...] = ()


def headline(books: Books, found: Sequence[Day], today: date) -> Advice:
    """What to know first: the worst day, or that all is well."""
    if bad := to_look_at(found, today):
        return Advice(title(bad[0]), advice(bad[0]), bad[0].state.value, bad[0], tuple(bad[1:]))
    shown = [one for one in found if one.state in (State.PUBLISHED, State.UNUSUAL)]
    if shown:
        return Advice(f"You can trust {shown[-1].day}", _all_well(found, shown), "well")
    if any(line.kind == MAIN for line in books.snapshot.lines):
        return Advice("No day of this range is published", "Choose other days below.", "calm")
    return Advice(
        "No day is published yet",
        "Send events to the stream, and run the day on which they arrived: trigger clickstream_daily, or take it off "
        "pause and wait for midnight UTC.",
        "calm",
    )


def _all_well(found: Sequence[Day], shown: Sequence[Day]) -> str:
    warned = [one for one in shown if one.warned_checks]
    withdrawn = [one for one in found if one.state is State.WITHDRAWN]
    parts = [f"Published here: {len(shown)}. None of these days failed a check, and none is missing."]
    if withdrawn:
        parts.append(f"Withdrawn by a person: {', '.join(str(one.day) for one in withdrawn)}.")
    if warned:
        parts.append(f"Checks warned on {len(warned)} of them, last on {warned[-1].day}.")
    return " ".join(parts)


def title(one: Day) -> str:
    return f"{one.day} {_IS[one.state]}{', and pinned' if one.pinned and one.run else ''}"


def advice(one: Day) -> str:
    """What is the matter with a day, and what to do."""
    said = (_FAILED_AFTERWARDS if one.run and failed(one.run) else _ADVICE[one.state]).format(
        checks=_values(one.failed_checks),
        readers=_readers(one),
        waiting=_objects(one.waiting),
        rows=one.run.main_rows if one.run else 0,
        usual=f"{one.usual.least} to {one.usual.most}" if one.usual else "",
    )
    if one.state is State.MISSING and one.waiting:
        said += f" It has {_objects(one.waiting)}."
    if one.state in (State.PUBLISHED, State.UNUSUAL) and one.warned_checks:
        said += f" Warnings: {_values(one.warned_checks)}."
    return said


def _readers(one: Day) -> str:
    if one.run:
        return f"Readers still see run {one.run.run_id}."
    if one.has_live:
        return "Readers see its live rows, as they came and where any came: some perhaps twice."
    return "Readers see nothing of the day."


def _objects(number: int) -> str:
    return f"{number} raw object{'' if number == 1 else 's'}"


def _values(results: Sequence[Result]) -> str:
    return ", ".join(f"{one.check.name} is {number(one.value)}, expected {one.bound}" for one in results)


_IS = {
    State.MISSING: "is missing",
    State.FAILED: "failed its checks",
    State.WAITING: "has objects waiting",
    State.RUNNING: "is being run",
    State.WITHDRAWN: "was withdrawn",
    State.UNUSUAL: "is published, with an unusual volume",
    State.PUBLISHED: "is published",
    State.LIVE: "is live",
    State.NONE: "has no data",
}
_FAILED_AFTERWARDS = (
    "{checks}. Readers see that run: it was published, and failed when its checks were run again. Mend the data or the "
    "producer, then run the day again, or roll back to an earlier run."
)
_ADVICE = {
    State.MISSING: "The day is over, and no run of it is published. {readers} Look at its last run in Airflow: the red "
    "task says what is wrong. If there is no run, run the day.",
    State.FAILED: "{checks}. Nothing of that run is shown. {readers} Mend the data or the producer, then run the day "
    "again.",
    State.WAITING: "{waiting} arrived after the published run. The next run of clickstream_daily runs the "
    "day again by itself, unless such a run has failed already; run it now if you cannot wait.",
    State.RUNNING: "Its run is due or going on: written, crawled, checked, then published. {readers}",
    State.WITHDRAWN: "A person took the day away. Run it again, or roll back to one of its runs, to show it.",
    State.UNUSUAL: "{rows} events, usual on this weekday are {usual}. Readers see them. Ask the producers; if they "
    "lost or doubled nothing, there is nothing to do.",
    State.PUBLISHED: "Its checks passed, and readers see it.",
    State.LIVE: "Events show minutes after they arrived, until the daily run replaces them after midnight UTC. One "
    "that came twice may show twice.",
    State.NONE: "Nothing is known of this day.",
}
