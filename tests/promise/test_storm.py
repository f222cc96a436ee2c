"""Many objects at once, each told of one to three times in any order, and a tenth of the invocations killed."""

import json
import random
from collections import Counter

import pytest

from tests.promise.daily_run import crawl
from tests.promise.live_lane import DAY, Killing, LiveLane, again_and_out_of_order
from tests.promise.oracle import expected_rows

VIEW = "SELECT event_timestamp, event_id, page_title, arrival_date, source_object FROM clickstream_events"


@pytest.mark.slow
@pytest.mark.parametrize("objects", [12, pytest.param(200, marks=pytest.mark.long)])
def test_after_a_storm_every_event_is_shown_once(lane: LiveLane, objects: int) -> None:
    chance = random.Random(objects)
    killing = Killing(chance)
    with lane.held_back() as told:
        lane.put(objects)
    assert len(told) == objects
    lane.function.disturb = killing
    lane.deliver(again_and_out_of_order(told, chance))
    lane.await_idle()
    lane.function.disturb = lambda sandbox: None
    # Whose every attempt was killed is a dead letter, which a person sends again.
    lane.deliver(map(json.loads, lane.dead_letters()))
    lane.await_idle()
    assert killing.killed
    assert lane.dead_letters() == []
    crawl(lane.catalog, DAY)
    shown = Counter(tuple(row.values()) for row in lane.catalog.ask(VIEW))
    assert sorted(shown) == expected_rows({DAY: lane.raw})
    assert set(shown.values()) == {1}


def test_without_a_retry_a_storm_loses_events(lane: LiveLane) -> None:
    """What the test above would see if a killed invocation were simply over."""
    lane.function.retries = 0
    lane.function.disturb = Killing(random.Random(1), share=1)
    with lane.held_back() as told:
        lane.put(1)
    lane.deliver(told)
    lane.await_idle()
    assert len(lane.dead_letters()) == 1
