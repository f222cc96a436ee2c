"""A day in words: what is the matter, and what to do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.operations.days import BAD, Day, State, worst


@dataclass(frozen=True)
class Advice:
    """``day``: the one that it is about, None where nothing is wrong; ``others`` are wrong too, the latest first.

    ``tone``: the day's state, ``well`` where all is, ``calm`` where there is nothing to judge.
    """

    title: str
    text: str
    tone: str
    day: Day | None = None
    others: tuple[Day, ...] = ()


def headline(found: Sequence[Day]) -> Advice:
    """What to know first: the worst day, or that all is well."""
    bad = worst(found)
    if bad:
        others = tuple(one for one in reversed(found) if one.state in BAD and one is not bad)
        return Advice(title(bad), advice(bad), bad.state.value, bad, others)
    published = [one for one in found if one.state is State.PUBLISHED]
    if not published:
        return Advice(
            "No day is published yet",
            "Send events to the stream, and run the day on which they arrived: trigger clickstream_daily, or take it "
            "off pause and wait for midnight UTC.",
            "calm",
        )
    last = published[-1]
    return Advice(
        f"You can trust {last.day}",
        f"{len(published)} days are published here and passed their checks; none is missing.",
        "well",
    )


def title(one: Day) -> str:
    return f"{one.day} {_IS[one.state]}"


def advice(one: Day) -> str:
    """What is the matter with a day, and what to do; one or two sentences."""
    return _ADVICE[one.state].format(
        checks=", ".join(f"{x.check.name} is {_number(x.value)}, expected {x.bound}" for x in one.failed_checks),
        still=f"readers still see run {one.run.run_id}" if one.run else "readers see nothing of the day",
        waiting=one.waiting,
        rows=one.run.main_rows if one.run else 0,
        usual=f"{one.usual.least} to {one.usual.most}" if one.usual else "",
    )


def _number(value: float | None) -> str:
    return "no answer" if value is None else f"{value:g}"


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
_ADVICE = {
    State.MISSING: "The day is over, and no run of it is published. Look at its last run in Airflow: the red task says "
    "what is wrong. If there is no run, run the day.",
    State.FAILED: "{checks}. Nothing of that run is shown; {still}. Mend the data or the producer, then run the day "
    "again.",
    State.WAITING: "{waiting} raw objects arrived after the published run. The next run of clickstream_daily runs the "
    "day again by itself; run it now if you cannot wait.",
    State.RUNNING: "A run has written its rows, and is crawled, checked and published now.",
    State.WITHDRAWN: "A person took the day away. Run it again, or roll back to one of its runs, to show it.",
    State.UNUSUAL: "{rows} events, usual on this weekday are {usual}. Readers see them. Ask the producers; if they "
    "lost or doubled nothing, there is nothing to do.",
    State.PUBLISHED: "Its checks passed, and readers see it.",
    State.LIVE: "Events show minutes after they arrived, until the daily run replaces them after midnight UTC. One "
    "that came twice may show twice.",
    State.NONE: "Nothing is known of this day.",
}
