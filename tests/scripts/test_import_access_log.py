import gzip
import json
import os
import random
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import import_access_log
import pytest
from import_access_log import hours, line_id, main, namespace, read_log, search_of, warnings_for

from clickstream.contract import load_contract
from tests.scripts.fake_firehose import fake_firehose
from tests.scripts.log_lines import AGENT, log_line

SHARED = Path(import_access_log.__file__).resolve().parents[2] / "shared"
REAL_LOG = SHARED / "data" / "apache_access_log.gz"


@pytest.fixture(autouse=True)
def nothing_of_the_host(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_FIREHOSE", "CLICKSTREAM_SALT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def real_log():
    if not REAL_LOG.exists():
        if os.environ.get("CI") and SHARED.exists():
            pytest.fail(f"{REAL_LOG} is missing although {SHARED} exists")
        pytest.skip(f"the real access log is not here: expected {REAL_LOG} beside the repository")
    return REAL_LOG


def events_of(*lines, site="", salt=""):
    """The events that a log of these lines becomes, in the order of their times."""
    made = hours(read_log(lines), namespace(salt), site)
    return [json.loads(record) for _, records in made for record in records]


def event_of(*, site="", **parts):
    return events_of(log_line(**parts), site=site)[0]


def at(minute, second=0, **parts):
    return log_line(time=f"17/May/2015:{10 + minute // 60}:{minute % 60:02d}:{second:02d} +0000", **parts)


def test_a_request_becomes_a_page_view_with_everything_the_log_knows():
    event = event_of(request="GET /a HTTP/1.1", referrer="http://b.example/")
    ids = {name: event.pop(name) for name in ("event_id", "session_id", "anonymous_id")}
    assert len({str(uuid.UUID(value)) for value in ids.values()}) == 3
    assert event == {
        "event_type": "page_view",
        "event_timestamp": "2015-05-17T10:05:03+00:00",
        "page_url": "/a",
        "referrer": "http://b.example/",
        "ip_address": "203.0.113.9",
        "user_agent": AGENT,
        "http_method": "GET",
        "http_protocol": "HTTP/1.1",
        "http_status": 200,
        "response_bytes": 2326,
    }


def test_what_the_contract_does_not_know_is_told_by_its_name():
    unknown = set(event_of()) - load_contract().known_raw_names
    assert unknown == {"http_method", "http_protocol", "http_status", "response_bytes"}


def test_absent_values_are_left_out():
    assert not {"referrer", "user_agent", "response_bytes"} & set(event_of(referrer="-", agent="-", size="-"))


def test_the_name_of_an_authenticated_user_is_not_sent():
    assert "frank" not in json.dumps(event_of(user="frank"))


def test_a_timestamp_keeps_the_offset_of_the_log():
    assert event_of(time="17/May/2015:10:05:03 -0330")["event_timestamp"] == "2015-05-17T10:05:03-03:30"


@pytest.mark.parametrize(
    ("site", "target", "url"),
    [
        ("https://shop.example.com", "/a?b=c", "https://shop.example.com/a?b=c"),
        ("https://shop.example.com", "http://other.example/", "http://other.example/"),
        ("", "/a", "/a"),
    ],
    ids=["with-site", "absolute-request", "without-site"],
)
def test_the_site_stands_before_a_path(site, target, url):
    assert event_of(site=site, request=f"GET {target} HTTP/1.1")["page_url"] == url


@pytest.mark.parametrize(
    ("target", "search"),
    [
        ("/find?q=trail+shoe", "trail shoe"),
        ("/find?query=gr%C3%B6%C3%9Fe", "größe"),
        ("/?s=tent&page=2", "tent"),
        ("/?search=a", "a"),
        ("/?keyword=a", "a"),
        ("/?keywords=a%20b", "a b"),
        ("/?q=first&q=second", "first"),
        ("/?keyword=b&q=a", "a"),
        ("/?q=", ""),
        ("/?q=%20", ""),
        ("/?sq=a&page=q", ""),
        ("/q=a", ""),
        ("/a#?q=a", "a"),
        ("/?q=%FF", "\ufffd"),
    ],
)
def test_a_search_is_what_the_query_says(target, search):
    assert search_of(target) == search


def test_a_search_is_an_event_of_its_own_type():
    event = event_of(request="GET /find?q=tent HTTP/1.1")
    assert (event["event_type"], event["search_query"]) == ("search", "tent")


@pytest.mark.parametrize(
    ("second", "sessions"),
    [
        pytest.param(at(30), 1, id="30-minutes-idle"),
        pytest.param(at(30, 1), 2, id="30-minutes-and-a-second-idle"),
        pytest.param(at(1, address="203.0.113.10"), 2, id="another-address"),
        pytest.param(at(1, agent="curl/8"), 2, id="another-agent"),
    ],
)
def test_a_session_is_one_address_and_agent_until_30_minutes_idle(second, sessions):
    assert len({event["session_id"] for event in events_of(at(0), second)}) == sessions


def test_a_session_goes_on_as_long_as_no_pause_is_too_long():
    events = events_of(*(at(minute) for minute in (0, 29, 58, 87)))
    assert len({event["session_id"] for event in events}) == 1


def test_a_visitor_keeps_the_anonymous_id_over_sessions():
    events = events_of(at(0), at(90))
    assert len({event["anonymous_id"] for event in events}) == 1
    assert len({event["session_id"] for event in events}) == 2


def test_ids_follow_from_the_first_event_and_from_nothing_else():
    first, second = events_of(at(0), at(1))
    assert first["session_id"] == second["session_id"] == str(uuid.uuid5(uuid.UUID(first["event_id"]), "session"))
    assert first["anonymous_id"] == str(uuid.uuid5(uuid.UUID(first["event_id"]), "anonymous"))


def test_importing_again_gives_the_same_events():
    lines = [at(0), at(5, address="203.0.113.10"), at(90)]
    assert events_of(*lines) == events_of(*lines)


def test_the_same_line_twice_is_the_same_event_twice():
    first, second = events_of(at(0), at(0))
    assert first == second


def test_an_event_id_is_the_uuid5_of_the_line():
    line = log_line(request="GET /ö HTTP/1.1")
    assert line_id(namespace(""), line) == uuid.uuid5(import_access_log.NAMESPACE, line.decode())
    assert line_id(namespace(""), line).version == 5


def test_a_salt_makes_other_ids_that_are_stable_too():
    plain, salted = events_of(at(0)), events_of(at(0), salt="secret")
    assert plain[0]["event_id"] != salted[0]["event_id"]
    assert salted == events_of(at(0), salt="secret")


def test_lines_are_put_in_the_order_of_their_times_whatever_their_offset():
    late, early = log_line(time="17/May/2015:10:00:00 +0000"), log_line(time="17/May/2015:10:30:00 +0200")
    made = list(hours(read_log([late, early]), namespace(""), ""))
    assert [hour for hour, _ in made] == [datetime(2015, 5, 17, hour, tzinfo=UTC) for hour in (8, 10)]


def test_every_line_is_accounted_for():
    log = read_log([at(0), b"", b"  ", b"rubbish", at(1), at(1)[:-1]])
    assert (log.lines, log.blank, len(log.hits)) == (6, 2, 2)
    assert [number for number, _ in log.unreadable] == [4, 6]


def test_unreadable_lines_are_reported_by_number_and_stop_nothing(tmp_path, capsys):
    file, output, summary = tmp_path / "access.log", tmp_path / "events", tmp_path / "summary.json"
    file.write_bytes(b"\n".join([at(0), at(1, address="198.51.100.77")[:-1], b"", at(2)]) + b"\n")
    assert main([str(file), "--output", str(output), "--summary-json", str(summary)]) == 0
    printed = capsys.readouterr().err
    assert "line 2: unreadable: cut off" in printed
    assert "4 lines = 2 events + 1 unreadable + 1 blank" in printed
    assert "198.51.100.77" not in printed + summary.read_text()
    told = json.loads(summary.read_text())
    assert told["lines"] == told["delivery"]["sent"] + len(told["unreadable"]) + told["blank"] == 4
    assert told["unreadable"][0]["line"] == 2
    assert told["arrival_days"] == {"2015-05-17": 2}
    assert len(output.read_bytes().splitlines()) == 2


def test_replay_sends_each_line_in_its_own_hour(tmp_path):
    file = tmp_path / "access.log"
    file.write_bytes(b"\n".join([at(0), at(61), at(1)]))
    with fake_firehose() as fake:
        options = ["--stream-name", "events", "--arrival", "replay", "--endpoint-url", fake.url]
        assert main([str(file), *options]) == 0
    assert [call[:2] for call in fake.calls] == [
        ("clock", "2015-05-17T10:00:00+00:00"),
        ("put", "events"),
        ("clock", "2015-05-17T11:00:00+00:00"),
        ("put", "events"),
        ("flush",),
        ("clock", None),
    ]
    assert len(fake.records) == 3


@pytest.mark.parametrize(
    ("age", "words"),
    [(0, []), (7, []), (8, ["too_late"]), (-1, ["in_the_future"])],
    ids=["today", "7-days", "8-days", "tomorrow"],
)
def test_lines_that_the_pipeline_would_refuse_are_told_beforehand(age, words):
    warnings = warnings_for(read_log([at(0)]), date(2015, 5, 17) + timedelta(age), max_lateness_days=7)
    assert len(warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))


def test_an_old_log_that_arrives_now_is_warned_of(tmp_path, capsys):
    file = tmp_path / "access.log"
    file.write_bytes(at(0))
    with fake_firehose() as fake:
        assert main([str(file), "--stream-name", "events", "--endpoint-url", fake.url]) == 0
    assert "1 of 1 lines are more than 7 days old" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "is_noted"), [([], True), (["--salt", "secret"], False)], ids=["no-salt", "salt"]
)
def test_guessable_ids_are_pointed_out(tmp_path, capsys, arguments, is_noted):
    file = tmp_path / "access.log"
    file.write_bytes(at(0))
    main([str(file), "--output", os.devnull, *arguments])
    printed = capsys.readouterr().err
    assert ("no CLICKSTREAM_SALT" in printed) is is_noted
    assert "secret" not in printed


def test_a_gzip_that_was_cut_off_is_sent_as_far_as_it_reads_and_says_so(tmp_path, capsys):
    file, output, summary = tmp_path / "access.log.gz", tmp_path / "events", tmp_path / "summary.json"
    noise = random.Random(1)
    lines = b"".join(at(second) + b"\n" + noise.randbytes(400).hex().encode() + b"\n" for second in range(500))
    file.write_bytes(gzip.compress(lines)[:-20_000])
    main([str(file), "--output", str(output), "--summary-json", str(summary)])
    told = json.loads(summary.read_text())
    assert 0 < told["events"] == len(output.read_bytes().splitlines())
    assert "the file is damaged from here on" in told["unreadable"][-1]["reason"]
    assert told["lines"] == told["events"] + len(told["unreadable"]) + told["blank"]
    assert f"line {told['lines']}: unreadable: the file is damaged" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08rubbish", None], ids=["damaged-gzip", "missing"])
def test_a_file_that_cannot_be_read_sends_nothing(tmp_path, capsys, content):
    file = tmp_path / "access.log.gz"
    if content:
        file.write_bytes(content)
    with pytest.raises(SystemExit, match="2"):
        main([str(file), "--output", str(tmp_path / "events")])
    assert "cannot be read, nothing was sent" in capsys.readouterr().err
    assert not (tmp_path / "events").exists()


@pytest.mark.parametrize("site", ["example.com", "ftp://example.com", "https://example.com/?a=b"])
def test_a_site_that_is_no_address_is_refused(site, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["access.log", "--output", "-", "--site", site])
    assert "expected an address like https://www.example.com" in capsys.readouterr().err


def test_the_real_log_is_accounted_for_line_by_line(real_log, tmp_path):
    output, summary = tmp_path / "events", tmp_path / "summary.json"
    assert main([str(real_log), "--output", str(output), "--summary-json", str(summary)]) == 0
    told = json.loads(summary.read_text())
    assert (told["lines"], told["events"], told["blank"], told["duplicates"]) == (10_000, 9_999, 0, 19)
    assert [entry["line"] for entry in told["unreadable"]] == [8899]
    events = [json.loads(line) for line in output.read_bytes().splitlines()]
    assert len(events) - len({event["event_id"] for event in events}) == 19
    assert list(told["arrival_days"]) == [f"2015-05-{day}" for day in (17, 18, 19, 20)]
    assert Counter(event["event_timestamp"][:10] for event in events) == told["arrival_days"]


@pytest.mark.slow
def test_nothing_but_the_raw_fields_of_the_real_log_names_a_client(real_log, tmp_path):
    output = tmp_path / "events"
    main([str(real_log), "--output", str(output)])
    events = [json.loads(line) for line in output.read_bytes().splitlines()]
    addresses = {event.pop("ip_address") for event in events}
    agents = {event.pop("user_agent", "") for event in events}
    assert (len(addresses), len(agents)) == (1753, 558)
    rest = json.dumps(events)
    assert not [address for address in addresses if address in rest]
    assert not [agent for agent in agents if len(agent) > 20 and json.dumps(agent)[1:-1] in rest]
