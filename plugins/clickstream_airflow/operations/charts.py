"""Where the bars of a chart stand, for the templates to draw as SVG. Pure; units are those of the view box."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.operations.days import Day

WIDTH, HEIGHT = 1000, 160


@dataclass(frozen=True)
class Bar:
    """A day's main rows; ``usual_top`` and ``usual_height`` of what is usual, None without history."""

    day: Day
    x: float
    width: float
    top: float
    height: float
    usual_top: float | None
    usual_height: float | None


@dataclass(frozen=True)
class Volume:
    """``most``: rows at the upper edge."""

    bars: tuple[Bar, ...]
    most: int


def volume(found: Sequence[Day]) -> Volume:
    """A bar per day, as high as its main rows."""
    rows = [one.run.main_rows for one in found if one.run]
    usual = [one.usual.most for one in found if one.usual]
    most = max([*rows, *usual], default=0) or 1
    step = WIDTH / max(len(found), 1)
    return Volume(tuple(_bar(one, number * step, step, most) for number, one in enumerate(found)), most)


def _bar(one: Day, x: float, step: float, most: int) -> Bar:
    def high(rows: int) -> float:
        return round(HEIGHT * rows / most, 2)

    height = high(one.run.main_rows) if one.run else 0
    top = HEIGHT - high(one.usual.most) if one.usual else None
    band = high(one.usual.most - one.usual.least) if one.usual else None
    return Bar(one, round(x, 2), round(step * 0.8, 2), HEIGHT - height, height, top, band)


def line(values: Sequence[float | None], width: int = 120, height: int = 24) -> str:
    """The points of a polyline through the values; days without one are left out. Empty below two."""
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    spread, last = (high - low) or 1, len(values) - 1
    return " ".join(
        f"{number * width / last:.1f},{height - 2 - (height - 4) * (value - low) / spread:.1f}"
        for number, value in known
    )
