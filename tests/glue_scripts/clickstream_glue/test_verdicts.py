from typing import Any

import pytest

from tests.corpus import line

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("hour", "accepted"), [(10, 1), (9, 0)], ids=["hour-of-arrival", "an-hour-earlier"])
def test_future_is_measured_from_the_hour_of_the_object(day: Any, hour: int, accepted: int) -> None:
    day.put_lines(line("v", event_timestamp="2026-03-05T11:30:00Z"), hour=hour)
    assert day.run(max_quarantined_share="1").accepted == accepted


@pytest.mark.parametrize(
    ("fields", "is_bot", "device"),
    [
        ({}, False, None),
        ({"user_agent": "curl/8"}, True, "bot"),
        ({"user_agent": "curl/8", "is_bot": False}, False, "bot"),
        ({"user_agent": "curl/8", "device_type": "desktop"}, True, "desktop"),
        ({"device_type": "crawler"}, True, "bot"),
    ],
    ids=["nothing-known", "agent-of-a-program", "producer-knows-better", "device-given", "device-says-bot"],
)
def test_bot_is_told_by_producer_then_device_then_agent(
    day: Any, fields: dict[str, Any], is_bot: bool, device: str | None
) -> None:
    day.put_lines(line("v", **fields))
    (row,) = day.rows(day.run())
    assert (row["is_bot"], row["device_type"]) == (is_bot, device)
