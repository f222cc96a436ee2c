import time
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from local_aws.control import LocalControl
from local_aws.lambda_functions.engine import LambdaEngine
from local_aws.server import LocalAws

CHRISTMAS = datetime(2024, 12, 25, 10, tzinfo=UTC)


@pytest.fixture
def control(local_aws: LocalAws) -> LocalControl:
    return LocalControl(local_aws.endpoint_url)


def test_clock_goes_on_from_where_it_is_set_and_back_to_real_time(control: LocalControl) -> None:
    control.set_clock(CHRISTMAS)
    assert CHRISTMAS <= control.now() < CHRISTMAS + timedelta(seconds=5)
    control.set_clock(None)
    assert abs(control.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_time_without_offset_is_refused(control: LocalControl) -> None:
    with pytest.raises(ValueError, match="2024-12-25T10:00:00"):
        control.set_clock(CHRISTMAS.replace(tzinfo=None))


@pytest.mark.parametrize("body", [b"{}", b"[", b'{"now": 5}', b'{"now": "yesterday"}'])
def test_malformed_time_is_refused(local_aws: LocalAws, body: bytes) -> None:
    answer = urllib3.request("PUT", f"{local_aws.endpoint_url}/_local/clock", body=body)
    assert answer.status == 400


def test_unknown_control_names_the_known_ones(local_aws: LocalAws) -> None:
    answer = urllib3.request("GET", f"{local_aws.endpoint_url}/_local/nothing")
    assert (answer.status, b"/_local/health" in answer.data) == (404, True)


def test_flush_counts_objects(control: LocalControl) -> None:
    assert control.flush() == 0


def test_waiting_ends_when_nobody_answers() -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError, match="no local AWS at"):
        LocalControl("http://127.0.0.1:9").wait_ready(timeout=0.2)
    assert time.monotonic() - start < 5


def test_control_never_leaves_this_machine() -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        LocalControl("http://example.com")


def test_control_never_goes_through_a_proxy(control: LocalControl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    control.wait_ready(timeout=5)


def test_who_waits_for_functions_waits_until_no_event_is_left(
    local_aws: LocalAws, control: LocalControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = local_aws.engine(LambdaEngine).events
    control.await_functions()
    monkeypatch.setattr(events, "_open", 2)
    with pytest.raises(TimeoutError, match="2 events of functions still wait"):
        control.await_functions(timeout=0)
