"""An object that nobody can read, among good ones: people are told once, with its key and the reason."""

import json
from urllib.parse import unquote_plus

import pytest

from clickstream import layout
from tests.promise.live_lane import DAY, LiveLane

pytestmark = pytest.mark.slow


def test_a_poison_object_goes_to_the_dead_letter_queue_with_its_key_and_reason(lane: LiveLane) -> None:
    tries = []
    lane.function.disturb = tries.append
    key = lane.put_broken()
    lane.put(1)
    lane.await_idle()
    (letter,) = lane.take_dead_letters()
    (record,) = json.loads(letter["Body"])["Records"]
    assert unquote_plus(record["s3"]["object"]["key"]) == key
    said = letter["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert said == f"{key}: not gzip: other bytes where a gzip member should begin"
    assert len(tries) == 3 + 1  # the poison object and its two retries; the good one
    lane.await_idle()
    assert lane.take_dead_letters() == []


def test_the_function_writes_rows_and_no_quarantine(lane: LiveLane) -> None:
    lane.put_broken()
    lane.put(2)
    lane.await_idle()
    under = {role: [entry["Key"] for entry in lane.catalog.list_objects(role, "")]
             for role in ("raw_bucket", "processed_bucket")}  # fmt: skip
    assert len(under["raw_bucket"]) == 3
    assert all(key.startswith(layout.raw_prefix(DAY)) for key in under["raw_bucket"])
    assert len(under["processed_bucket"]) == 2
