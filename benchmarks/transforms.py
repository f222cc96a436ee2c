"""The Glue transform beside its peers: fixed cost and slope apart, the ratios that are goals, bytes of output."""

import sys
from statistics import median

from benchmarks.events import events
from benchmarks.transform import ENGINES, Done, transform

SIZES = (1_000_000, 5_000_000)
NEAR = 0.001  # share of the rows by which a peer's may differ: DuckDB takes a comma before the closing brace


def section(rounds: int) -> str:
    """Alternating runs of whole processes, so that a slow minute of the machine is everybody's."""
    done: dict[tuple[str, int], list[Done]] = {}
    for _ in range(rounds):
        for size in SIZES:
            made = events(size)
            for name in ENGINES:
                found = transform(name, made)
                print(f"{name} {size:,}: {found}", file=sys.stderr, flush=True)
                _check(name, found, made.tally["accepted"], sum(made.tally["quarantined"].values()))
                done.setdefault((name, size), []).append(found)
    return "\n".join([*_table(done), "", *_goals(done)])


def _check(name: str, found: Done, accepted: int, quarantined: int) -> None:
    """Equal work or no comparison; README style is there for what it leaves out."""
    if name in ("Clickstream", "DuckDB"):
        assert abs(found.said["rows"] - accepted) <= NEAR * accepted, (name, found, accepted)
        assert abs(found.said["quarantined"] - quarantined) <= NEAR * accepted, (name, found, quarantined)


def _table(done: dict[tuple[str, int], list[Done]]) -> list[str]:
    small, large = SIZES
    lines = [
        "| | CPU s, 1 M | CPU s, 5 M | fixed | per million | wall s, 5 M | peak MiB, 1 M | 5 M | output MB, 5 M |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in ENGINES:
        one, five = cpu(done, name, small), cpu(done, name, large)
        slope = (five - one) / ((large - small) / 1e6)
        wall = median(x.cost.wall for x in done[name, large])
        peaks = [median(x.cost.peak for x in done[name, size]) for size in SIZES]
        output = median(x.output for x in done[name, large]) / 1e6
        lines.append(
            f"| {name} | {one:.1f} | {five:.1f} | {one - slope:.1f} | {slope:.1f} | {wall:.0f} "
            f"| {peaks[0]:.0f} | {peaks[1]:.0f} | {output:.0f} |"
        )
    return lines


def _goals(done: dict[tuple[str, int], list[Done]]) -> list[str]:
    small, large = SIZES

    def slope(name: str) -> float:
        return cpu(done, name, large) - cpu(done, name, small)

    def output(name: str) -> float:
        return median(one.output for one in done[name, large])

    def peak(size: int) -> float:
        return median(one.cost.peak for one in done["Clickstream", size])

    return [
        f"- slope: {slope('Clickstream') / slope('DuckDB'):.1f}x DuckDB's (goal 2.0x)",
        f"- 5 M: {cpu(done, 'Clickstream', large) / cpu(done, 'DuckDB', large):.1f}x DuckDB's (goal 3x)",
        f"- 1 M: {cpu(done, 'Clickstream', small) / cpu(done, 'README style', small):.2f}x README style's (goal 0.7x)",
        f"- memory: {peak(large) / peak(small):.2f}x from 1 M to 5 M (goal: flat)",
        f"- output: {output('Clickstream') / output('DuckDB'):.2f}x DuckDB's, "
        f"{output('Clickstream') / output('README style'):.2f}x README style's (goal: smaller than each)",
    ]


def cpu(done: dict[tuple[str, int], list[Done]], name: str, size: int) -> float:
    return median(one.cost.cpu for one in done[name, size])
