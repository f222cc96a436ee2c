"""Where the bars of a chart stand, for the templates to draw as SVG. Pure; units are those of the view box."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickstream.checks import number
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


@dataclass(frozen=True)
class History:
    """A check's values over time: ``points`` of a polyline, empty below two values, and ``words`` for all readers."""

    points: str
    words: str


def history(values: Sequence[float | None]) -> History:
    known = [value for value in values if value is not None]
    if not known:
        return History("", "")
    least, most, last = map(number, (min(known), max(known), known[-1]))
    return History(line(values), f"of the last {len(values)} days, least {least}, most {most}, last {last}")


def volume(found: Sequence[Day]) -> Volume:
    """A bar per day, as high as its main rows."""
    rows = [one.run.main_rows for one in found if one.run]
    usual = [one.usual.most for one in found if one.usual]
    most = max([*rows, *usual], default=0) or 1
    step = WIDTH / max(len(found), 1)
    return Volume(tuple(_bar(one, place * step, step, most) for place, one in enumerate(found)), most)


def _bar(one: Day, x: float, step: float, most: int) -> Bar:
    def high(rows: int) -> float:
        return round(HEIGHT * rows / most, 2)

    height = high(one.run.main_rows) if one.run else 0
    top = HEIGHT - high(one.usual.most) if one.usual else None
    band = high(one.usual.most - one.usual.least) if one.usual else None
    return Bar(one, round(x, 2), round(step * 0.8, 2), HEIGHT - height, height, top, band)


def line(values: Sequence[float | None], width: int = 120, height: int = 24) -> str:
    """The points of a polyline through the values; days without one are left out. Empty below two."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    spread, last = (high - low) or 1, len(values) - 1
    return " ".join(
        f"{place * width / last:.1f},{height - 2 - (height - 4) * (value - low) / spread:.1f}" for place, value in known
    )
