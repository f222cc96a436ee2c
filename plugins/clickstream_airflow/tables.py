"""Plain-text tables for task logs and the demo."""

from collections.abc import Iterable, Sequence

from clickstream.checks import Result, number, worst_first
from clickstream.ledger import Ledger


def render(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with one line per row, columns as wide as they need to be."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def ledger(of: Ledger) -> str:
    """The equation, one term a line, quarantined by reason below it."""
    terms = [
        ("records", of.records, f"{of.lines} lines + {of.split} split, from {len(of.inputs)} objects"),
        ("= accepted", of.accepted, f"{of.main_rows} on {of.arrival_day}, {of.candidate_rows} on other days"),
        ("+ duplicates", of.duplicates, f"{of.conflicting} conflicting"),
        ("+ quarantined", of.quarantined_total, f"{of.quarantined_share:.2%} of the judged records"),
        *((f"    {reason}", count, "") for reason, count in sorted(of.quarantined.items(), key=lambda x: -x[1])),
        ("+ blank", of.blank, ""),
    ]
    return render(("term", "count", ""), terms)


def results(of: Sequence[Result]) -> str:
    """Every check with its value, bound and verdict; what did not pass comes first."""
    return render(
        ("verdict", "check", "value", "bound"),
        [(x.verdict, x.check.name, number(x.value), x.bound) for x in worst_first(of)],
    )
