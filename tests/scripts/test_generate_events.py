import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import delivery_options
import generate_events
import producer
import pytest
from generate_events import Today, main, parser, plan_of, warnings_for

from tests.scripts.fake_firehose import fake_firehose

SCRIPT = Path(generate_events.__file__)
TODAY = Today(date(2026, 3, 10), 14)


@pytest.fixture(autouse=True)
def no_endpoint_of_the_host(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_FIREHOSE", raising=False)


def planned(*arguments):
    return plan_of(parser().parse_args(["--count", "100", *arguments]), TODAY)


def test_output_is_ndjson_and_the_same_for_the_same_arguments(tmp_path):
    files = [tmp_path / "a", tmp_path / "b"]
    for file in files:
        assert main(["--output", str(file), "--count", "500", "--date", "2024-12-25", "--bad-share", "0"]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len([json.loads(line) for line in files[0].read_bytes().splitlines()]) == 500


def test_the_summary_tells_what_each_arrival_day_must_come_to(tmp_path, capsys):
    summary = tmp_path / "summary.json"
    output = str(tmp_path / "events")
    options = ["--count", "1000", "--days", "2", "--date", "2024-12-25", "--summary-json", str(summary)]
    assert main(["--output", output, *options]) == 0
    told = json.loads(summary.read_text())
    assert told["delivery"]["sent"] == told["delivery"]["delivered"] == 1000
    assert told["arguments"]["date"] == "2024-12-25"
    assert {day: tally["lines"] for day, tally in told["arrival_days"].items()} == {
        "2024-12-25": 500,
        "2024-12-26": 500,
    }
    printed = capsys.readouterr().err
    assert "sent 1,000, delivered 1,000, retried 0, failed 0" in printed
    assert "2024-12-25: 500 lines = 485 good (5 late) + 10 duplicates" in printed


def test_standard_output_holds_records_only():
    command = [sys.executable, SCRIPT, "--output", "-", "--count", "50", "--date", "2024-12-25", "--bad-share", "0"]
    ended = subprocess.run(command, capture_output=True, check=True)
    assert len([json.loads(line) for line in ended.stdout.splitlines()]) == 50


def test_a_reader_that_stops_early_is_no_error():
    command = [sys.executable, str(SCRIPT), "--output", "-", "--count", "20000", "--date", "2024-12-25"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(30) == 0
        assert b"Error" not in process.stderr.read()


@pytest.mark.slow
def test_replay_sends_every_record_in_its_own_hour():
    with fake_firehose() as fake:
        options = ["--stream-name", "events", "--arrival", "replay", "--endpoint-url", fake.url]
        assert main(["--count", "300", "--days", "2", "--date", "2024-12-25", *options]) == 0
    clocks = [call[1] for call in fake.calls if call[0] == "clock"]
    first = datetime(2024, 12, 25, tzinfo=UTC)
    assert clocks == [(first + timedelta(hours=hour)).isoformat() for hour in range(48)] + [None]
    assert fake.calls[-2] == ("flush",)
    assert len(fake.records) == 300
    assert not any(record.endswith(b"\n") for record in fake.records)  # the stream's delimiter does that


@pytest.mark.slow
def test_a_replay_that_is_stopped_puts_the_clock_right():
    with fake_firehose() as fake:
        fake.hold.clear()
        options = ["--stream-name", "events", "--arrival", "replay", "--endpoint-url", fake.url, "--date", "2024-12-25"]
        with subprocess.Popen([sys.executable, SCRIPT, "--count", "5000", *options], stderr=subprocess.PIPE) as process:
            assert fake.on_clock.wait(20)
            process.terminate()
            assert process.wait(20) == 143
            process.stderr.read()
        assert fake.calls[-1] == ("clock", None)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(["--stream-name", "s"], id="AWS"),
        pytest.param(["--stream-name", "s", "--endpoint-url", "https://firehose.example.com"], id="elsewhere"),
        pytest.param(["--output", "-", "--endpoint-url", "http://127.0.0.1:1"], id="a-file"),
    ],
)
def test_replay_is_refused_unless_it_goes_to_a_local_stream(target, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--count", "1", "--arrival", "replay", *target])
    assert "--arrival replay needs --stream-name and the local AWS" in capsys.readouterr().err


@pytest.mark.parametrize("target", [[], ["--stream-name", "s", "--output", "-"]], ids=["neither", "both"])
def test_either_a_stream_or_a_file_must_be_named(target):
    with pytest.raises(SystemExit, match="2"):
        main(["--count", "1", *target])


def test_shares_that_cannot_be_met_end_with_a_message(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--count", "1", "--output", "-", "--duplicate-share", "0.9"])
    assert "expected shares" in capsys.readouterr().err


def test_records_that_failed_make_the_program_fail(monkeypatch, tmp_path, capsys):
    def refuse(*_, **__):
        raise producer.DeliveryError("stream s took none of 10 records")

    monkeypatch.setattr(producer, "firehose_client", lambda *_: None)
    monkeypatch.setattr(delivery_options.producer, "send", refuse)
    assert main(["--count", "10", "--stream-name", "s"]) == 1
    assert "error: stream s took none of 10 records" in capsys.readouterr().err


def test_days_end_today_for_a_stream_and_yesterday_for_a_file():
    to_stream = planned("--stream-name", "s", "--days", "3")
    assert (to_stream.first_day, to_stream.last_hour) == (date(2026, 3, 8), 14)
    to_file = planned("--output", "-", "--days", "3")
    assert (to_file.first_day, to_file.last_hour) == (date(2026, 3, 7), 23)


def test_a_given_last_hour_counts():
    assert planned("--stream-name", "s", "--last-hour", "3").last_hour == 3
    assert planned("--output", "-", "--date", "2024-12-25", "--last-hour", "3").last_hour == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--date", "2026-03-10"], [], id="today"),
        pytest.param(["--date", "2026-03-03", "--late-share", "0"], [], id="7-days-ago"),
        pytest.param(["--date", "2026-03-02", "--late-share", "0"], ["too_late"], id="8-days-ago"),
        pytest.param(["--date", "2026-03-09"], ["too_late"], id="late-events-of-yesterday"),
        pytest.param(["--date", "2026-03-11"], ["in_the_future"], id="tomorrow"),
    ],
)
def test_days_that_the_pipeline_would_refuse_are_told_beforehand(arguments, words):
    warnings = warnings_for(planned("--stream-name", "s", *arguments), TODAY)
    assert len(warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))
