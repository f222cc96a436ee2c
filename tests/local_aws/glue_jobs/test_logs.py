from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from local_aws.glue_jobs import logs


class Recorder:
    """Takes log events as CloudWatch's client does; ``down`` makes it fail."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.down = False
        self.groups: list[str] = []

    def create_log_group(self, logGroupName: str) -> None:
        self.groups.append(logGroupName)

    def create_log_stream(self, **_: str) -> None: ...

    def put_log_events(self, logEvents: list[dict[str, Any]], **_: str) -> None:
        if self.down:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        self.sent += [event["message"] for event in logEvents]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "stdout.log").touch()
    return tmp_path / "stdout.log"


def stream(recorder: Recorder, source: Path) -> logs.LogStream:
    return logs.LogStream(recorder, "group", "stream", source, lambda: datetime.now(UTC))


def test_a_group_that_is_there_is_not_made(recorder: Recorder, source: Path) -> None:
    """Who logs into a planned group has no right to make one; a group that is missing is made, as engine tests show."""
    stream(recorder, source)
    assert recorder.groups == []


def test_line_is_shipped_once_and_when_it_is_whole(recorder: Recorder, source: Path) -> None:
    shipping = stream(recorder, source)
    for text, sent in [("one\ntw", ["one"]), ("o\n", ["one", "two"]), ("thr", ["one", "two"])]:
        with source.open("a") as file:
            file.write(text)
        shipping.ship()
        assert recorder.sent == sent
    shipping.ship(final=True)
    assert recorder.sent == ["one", "two", "thr"]


def test_lost_log_does_not_stop_the_run(recorder: Recorder, source: Path, caplog: pytest.LogCaptureFixture) -> None:
    source.write_text("one\n")
    recorder.down = True
    stream(recorder, source).ship()
    assert "1 log events of stream were lost" in caplog.text


def test_long_line_is_cut_and_blank_ones_are_left_out() -> None:
    line = "é" * (logs.MAX_EVENT + 1)
    assert list(logs.messages(f"{line}\n\nend".encode())) == ["é" * logs.MAX_EVENT, "é", "end"]


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert list(logs.messages(b"a\xffb")) == ["a\ufffdb"]


@given(st.lists(st.integers(0, logs.MAX_EVENT), max_size=60))
def test_batches_keep_to_cloudwatchs_limits_and_lose_nothing(sizes: list[int]) -> None:
    lines = ["漢" * size for size in sizes]
    made = list(logs.batches(iter(lines)))
    assert [line for batch in made for line in batch] == lines
    for batch in made:
        assert sum(len(line.encode()) + logs.OVERHEAD for line in batch) <= logs.MAX_BATCH_BYTES


def test_batch_holds_ten_thousand_events_at_most() -> None:
    assert [len(batch) for batch in logs.batches(iter(["x"] * 10_001))] == [10_000, 1]


@pytest.mark.parametrize("days", [-400, 0, 400], ids=["replayed history", "now", "ahead"])
def test_stamp_is_one_that_cloudwatch_accepts(days: int) -> None:
    real = datetime.now(UTC)
    stamp = logs.accepted(real + timedelta(days=days))
    assert real - timedelta(days=14) < stamp < real + timedelta(hours=2)
