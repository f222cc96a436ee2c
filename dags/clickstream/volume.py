"""How many events a weekday usually brings: from the published runs of the same weekday before it."""

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from clickstream.catalog import Catalog
from clickstream.snapshots import MAIN, Snapshot

log = logging.getLogger(__name__)
WEEKS = 8  # how far back
FEWEST = 4  # published days of them below which nobody can say what is usual
SPREADS = 3  # standard deviations to either side of the median
LEAST_SHARE = 0.2  # of the median, to either side: eight days alike do not make the ninth's own small change strange
_TO_DEVIATION = 1.4826  # from the median absolute deviation to a normal distribution's standard deviation


@dataclass(frozen=True)
class Usual:
    """Main rows (events that happened on their arrival day): the ``median``, and bounds that are themselves usual."""

    least: int
    median: int
    most: int

    def holds(self, rows: int) -> bool:
        return self.least <= rows <= self.most


def usual(history: Sequence[int]) -> Usual | None:
    """From the main rows of earlier days; None where there are fewer than ``FEWEST``.

    Median and median absolute deviation, because one holiday among eight weeks must not widen the range.
    """
    if len(history) < FEWEST:
        return None
    middle = median(history)
    deviation = median(abs(rows - middle) for rows in history) * _TO_DEVIATION
    aside = max(SPREADS * deviation, LEAST_SHARE * middle)
    return Usual(max(0, math.floor(middle - aside)), round(middle), math.ceil(middle + aside))


def same_weekdays(day: date) -> list[date]:
    """The days that are compared with a day, the nearest first."""
    return [day - timedelta(weeks=number) for number in range(1, WEEKS + 1)]


def usual_on(day: date, rows_on: Callable[[date], int | None]) -> Usual | None:
    """What is usual on a day; ``rows_on`` gives the main rows of a published day, None of any other."""
    known = (rows_on(one) for one in same_weekdays(day))
    return usual([rows for rows in known if rows is not None])


def usual_by_ledgers(catalog: Catalog, snapshot: Snapshot, day: date) -> Usual | None:
    """What is usual on a day by the ledgers of the runs that the snapshot shows.

    A ledger that cannot be read says nothing: a warning must not keep a day from being published.
    """

    def rows_on(one: date) -> int | None:
        main = snapshot.of_kind(MAIN, one)
        try:
            return catalog.read_ledger(main.run_id).main_rows if main else None
        except ValueError as error:  # PublicationRefused is one
            log.warning("The volume of %s is not known: %s", one, error)
            return None

    return usual_on(day, rows_on)
