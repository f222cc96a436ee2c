"""Changes of what is visible, each a pure function of the current snapshot; `publication` commits them, all alike.

A change may be applied several times, to a newer snapshot each time, until its commit wins. So every rule about what
is published already is here, where it sees the snapshot that the commit replaces.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from clickstream.catalog import PublicationRefused
from clickstream.late_rows import ReadLedger
from clickstream.ledger import Ledger
from clickstream.snapshots import MAIN, PINNED, Line, Snapshot, with_mains, with_pin, with_retired, without


@dataclass(frozen=True)
class Change:
    """What to do (in words), the arrival days whose main it may change, and the function; PublicationRefused from it.

    ``on_top_of``: the id of the publication for which it was planned; on top of another it is not committed.
    """

    what: str
    days: frozenset[date]
    apply: Callable[[Snapshot], Snapshot]
    on_top_of: str | None = None


def publishing(ledgers: Mapping[date, Ledger], read_ledger: ReadLedger, respect_pins: bool = False) -> Change:
    """Each run becomes its day's main where it is newer; a pin of the day goes, or keeps the run out.

    With ``respect_pins`` a day is left alone that is pinned, or whose published run read all that the coming one did.
    """

    def apply(before: Snapshot) -> Snapshot:
        coming = {}
        for day, ledger in ledgers.items():
            main, pin = before.of_kind(MAIN, day), before.of_kind(PINNED, day)
            if main and main.run_id == ledger.run_id:
                continue
            if respect_pins and (pin or (main and ledger.objects <= read_ledger(main.run_id).objects)):
                continue
            require_kept(before, ledger.run_id)
            for rival in sorted(_rivals(main, pin)):
                require_newer(ledger, read_ledger(rival), is_pinned=bool(pin))
            coming[day] = ledger.run_id
        return with_mains(before, coming)

    what = ", ".join(f"publish {ledger.run_id}" for ledger in ledgers.values())
    return Change(what, frozenset(ledgers), apply)


def rolling_back(day: date, run: str) -> Change:
    """The run becomes its day's main, older or not, and the day is pinned at it."""

    def apply(before: Snapshot) -> Snapshot:
        require_kept(before, run)
        main, pin = before.of_kind(MAIN, day), before.of_kind(PINNED, day)
        newest = pin.generation if pin else main.run_id if main else run
        after = before if main and main.run_id == run else with_mains(before, {day: run})
        return with_pin(after, day, run, newest)

    return Change(f"roll {day} back to {run}", frozenset([day]), apply)


def withdrawing(day: date) -> Change:
    """The day shows no run, and is pinned so that this one stays away; late rows that other days brought stay."""

    def apply(before: Snapshot) -> Snapshot:
        main, pin = before.of_kind(MAIN, day), before.of_kind(PINNED, day)
        if main is None:
            return before
        return with_pin(without(before, (MAIN,), [day]), day, main.run_id, pin.generation if pin else main.run_id)

    return Change(f"withdraw {day}", frozenset([day]), apply)


def releasing(day: date) -> Change:
    """The day's pin goes; what it shows stays until something newer is published."""
    return Change(f"release {day}", frozenset([day]), lambda before: without(before, (PINNED,), [day]))


def retiring(lines: Iterable[Line], forgotten: Iterable[Line], on_top_of: str) -> Change:
    """The generations of these lines can never be published again: their files are about to go."""
    lines, forgotten = frozenset(lines), frozenset(forgotten)
    what = f"retire {len(lines)} generations"
    return Change(what, frozenset(), lambda before: with_retired(before, lines, forgotten), on_top_of)


def require_kept(before: Snapshot, run: str) -> None:
    if before.is_retired(run):
        raise PublicationRefused(f"run {run} is retired: its files may be gone; run its day again")


def require_newer(ledger: Ledger, published: Ledger, is_pinned: bool = False) -> None:
    """Refuses a run that lacks an input of the published one (something newer is out), or is an older one of the same.

    Where the day is pinned, the run that the pin put aside counts as published.
    """
    hint = "; the day is pinned: release it, or roll it back to this run" if is_pinned else ""
    if ledger.run_id == published.run_id:
        raise PublicationRefused(f"run {ledger.run_id} was rolled back or withdrawn{hint}")
    ours, theirs = ledger.objects, published.objects
    if theirs - ours:
        raise PublicationRefused(
            f"run {ledger.run_id} lacks {len(theirs - ours)} raw objects of the published run {published.run_id}, "
            f"such as {min(theirs - ours)[0]}: something newer is out; run {ledger.arrival_day} again{hint}"
        )
    if ours == theirs and ledger.written_at < published.written_at:
        raise PublicationRefused(
            f"run {ledger.run_id} ({ledger.written_at}) is older than the published run {published.run_id} "
            f"({published.written_at}) of the same objects{hint}"
        )


def _rivals(main: Line | None, pin: Line | None) -> set[str]:
    """The runs that a run must be newer than to become the day's main."""
    return ({main.run_id} if main else set()) | ({pin.run_id, pin.generation} if pin else set())
