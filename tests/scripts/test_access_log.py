import gzip
from datetime import UTC, datetime, timedelta

import pytest
from access_log import MAX_LINE_BYTES, UnreadableLine, parse_line, parse_time, read_lines, unescape
from hypothesis import given
from hypothesis import strategies as st

from tests.scripts.log_lines import AGENT, log_line


def test_a_line_is_taken_apart():
    hit = parse_line(log_line(request="POST /a?b=c HTTP/1.0", status="404", size="17", referrer="http://b.example/"))
    assert hit.address == "203.0.113.9"
    assert hit.moment == datetime(2015, 5, 17, 10, 5, 3, tzinfo=UTC)
    assert (hit.method, hit.target, hit.protocol) == ("POST", "/a?b=c", "HTTP/1.0")
    assert (hit.status, hit.size, hit.referrer, hit.agent) == (404, 17, "http://b.example/", AGENT)


def test_a_dash_is_an_absent_value():
    hit = parse_line(log_line(size="-", referrer="-", agent="-"))
    assert (hit.size, hit.referrer, hit.agent) == (None, "", "")


@pytest.mark.parametrize(
    ("request_line", "parts"),
    [
        pytest.param("GET /", ("GET", "/", ""), id="HTTP-0.9"),
        pytest.param("GET /a b HTTP/1.1", ("GET", "/a b", "HTTP/1.1"), id="space-in-path"),
        pytest.param("OPTIONS * HTTP/1.1", ("OPTIONS", "*", "HTTP/1.1"), id="options"),
        pytest.param(r"GET /\"x\" HTTP/1.1", ("GET", '/"x"', "HTTP/1.1"), id="escaped-quote"),
    ],
)
def test_requests_as_servers_write_them(request_line, parts):
    hit = parse_line(log_line(request=request_line))
    assert (hit.method, hit.target, hit.protocol) == parts


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"say \"hi\"", 'say "hi"'),
        (r"a\\b", r"a\b"),
        (r"gr\xc3\xb6\xc3\x9fe", "größe"),
        (r"\xe4\xe5", r"\xe4\xe5"),
        (r"tab\there", "tab\there"),
        (r"\\x41", r"\x41"),
        ("plain", "plain"),
    ],
    ids=["quotes", "backslash", "utf-8", "no-utf-8", "letter", "escaped-backslash", "plain"],
)
def test_what_the_server_escaped_is_undone(written, meant):
    assert unescape(written) == meant


def test_bytes_that_are_no_utf8_are_kept_visible():
    line = log_line(request="GET /@ HTTP/1.1", referrer="http://b.example/ö").replace(b"@", b"\xff")
    hit = parse_line(line)
    assert (hit.target, hit.referrer) == (r"/\xff", "http://b.example/ö")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(log_line()[:-1], "cut off", id="truncated"),
        pytest.param(log_line()[:40], "cut off", id="truncated-early"),
        pytest.param(log_line().rsplit(b' "', 2)[0], "cut off", id="common-format"),
        pytest.param(b"www.example.com:80 " + log_line(), "expected the combined log format", id="virtual-host"),
        pytest.param(b"hello", "expected the combined log format", id="free-text"),
        pytest.param(log_line(time="31/Feb/2015:10:05:03 +0000"), "real date", id="no-such-day"),
        pytest.param(log_line(time="17/Foo/2015:10:05:03 +0000"), "real date", id="no-such-month"),
        pytest.param(log_line(time="17/May/2015:10:05:60 +0000"), "real date", id="leap-second"),
        pytest.param(log_line(time="17/May/2015:10:05:03 +9900"), "real date", id="no-such-offset"),
        pytest.param(log_line(time="01/Jan/0001:00:00:00 +0100"), "real date", id="before-year-1"),
        pytest.param(log_line(time="2015-05-17T10:05:03Z"), "real date", id="another-format"),
        pytest.param(log_line(request="-"), "expected a request", id="no-request"),
        pytest.param(log_line(request=r"\x16\x03\x01"), "expected a request", id="tls-on-a-plain-port"),
        pytest.param(log_line(size="9" * 5000), "cut off", id="size-of-5000-digits"),
        pytest.param(log_line(agent="x" * MAX_LINE_BYTES), "at most 65536 bytes", id="too-long"),
    ],
)
def test_an_unreadable_line_gives_a_reason_without_its_content(line, reason):
    with pytest.raises(UnreadableLine, match=reason) as caught:
        parse_line(line)
    assert "203.0.113.9" not in str(caught.value)
    assert "Mozilla" not in str(caught.value)


def test_a_time_keeps_its_offset():
    moment = parse_time("17/May/2015:10:05:03 -0330")
    assert moment.utcoffset() == -timedelta(hours=3, minutes=30)
    assert moment == datetime(2015, 5, 17, 13, 35, 3, tzinfo=UTC)


@pytest.mark.parametrize("name", ["access.log", "access.log.gz"], ids=["plain-name", "gzip-name"])
@pytest.mark.parametrize("is_gzip", [False, True], ids=["plain", "gzip"])
def test_gzip_is_told_by_its_first_bytes_not_by_its_name(tmp_path, name, is_gzip):
    file = tmp_path / name
    content = b"a\r\nb\n\nlast"
    file.write_bytes(gzip.compress(content) if is_gzip else content)
    assert list(read_lines(file)) == [b"a", b"b", b"", b"last"]


@pytest.mark.parametrize("damage", [lambda whole: whole[:-9], lambda whole: whole + b"rubbish"], ids=["cut", "rubbish"])
def test_a_damaged_gzip_is_an_error(tmp_path, damage):
    file = tmp_path / "access.log.gz"
    file.write_bytes(damage(gzip.compress(b"a\n" * 1000)))
    with pytest.raises((OSError, EOFError)):
        list(read_lines(file))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_hit_or_unreadable(raw):
    with pytest.raises(UnreadableLine):
        parse_line(raw)


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_any_text_in_a_line_is_a_hit_that_can_be_encoded_or_unreadable(request_line, referrer, agent):
    line = log_line(request=request_line, referrer=referrer, agent=agent)
    try:
        hit = parse_line(line)
    except UnreadableLine:
        return
    assert f"{hit.target}{hit.referrer}{hit.agent}".encode()
