"""The daily run publishes a day while live files of the same day still arrive: readers see the one, then the other.

Of events that come in one object only: one in two objects is live twice, until the run, and the last test says so.
"""

import csv
import io
import random
import threading

import pytest

from clickstream.snapshots import LIVE, MAIN
from tests.promise.daily_run import DailyRun, crawl
from tests.promise.live_lane import DAY, Killing, LiveLane, again_and_out_of_order
from tests.promise.oracle import expected_rows
from tests.promise.readers import Reader, polling

OBJECTS = 10


def ids(table: bytes) -> list[str]:
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert rows, table
    return [row["event_id"] for row in rows]


@pytest.mark.slow
def test_a_reader_sees_no_event_twice_and_no_total_that_falls(lane: LiveLane) -> None:
    chance = random.Random(7)
    with lane.held_back() as told:
        lane.put(OBJECTS)
    # Some live rows are there before the run begins.
    lane.deliver(told[:4])
    lane.await_idle()
    crawl(lane.catalog, DAY)
    assert lane.catalog.current_snapshot().of_kind(LIVE, DAY)
    lane.function.disturb = Killing(chance)
    late = again_and_out_of_order(told, chance)
    with polling(Reader(lane.catalog, frozenset({DAY}))) as reader:
        arriving = threading.Thread(target=lambda: (lane.deliver(late), lane.await_idle()))
        arriving.start()
        DailyRun(lane.catalog, lane.catalog.s3, DAY, "jr_1")()
        after = reader.fresh()
        arriving.join()
        lane.deliver(told)  # and once more, long after
        lane.await_idle()
        assert reader.fresh() == after
    seen = list(map(ids, reader.seen))
    totals = list(map(len, seen))
    assert totals == sorted(totals)
    assert totals[0] < totals[-1] == len(lane.raw)
    assert all(len(set(found)) == len(found) for found in seen)
    assert sorted(seen[-1]) == sorted(row[1] for row in expected_rows({DAY: lane.raw}))
    snapshot = lane.catalog.current_snapshot()
    assert snapshot.of_kind(MAIN, DAY)
    assert not snapshot.of_kind(LIVE, DAY)


@pytest.mark.slow
def test_an_event_in_two_objects_is_live_twice_and_counts_once_after_the_run(lane: LiveLane) -> None:
    lane.put(1)
    once = len(lane.raw)
    lane.put_again()
    lane.await_idle()
    crawl(lane.catalog, DAY)
    reader = Reader(lane.catalog, frozenset({DAY}))
    assert len(ids(reader.look())) == 2 * once
    DailyRun(lane.catalog, lane.catalog.s3, DAY, "jr_1")()
    assert sorted(ids(reader.look())) == sorted(row[1] for row in expected_rows({DAY: lane.raw}))
    assert len(ids(reader.look())) == once
