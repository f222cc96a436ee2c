"""Builds access log lines; a test names only what it is about."""

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


def log_line(
    *,
    address: str = "203.0.113.9",
    user: str = "-",
    time: str = "17/May/2015:10:05:03 +0000",
    request: str = "GET / HTTP/1.1",
    status: str = "200",
    size: str = "2326",
    referrer: str = "-",
    agent: str = AGENT,
) -> bytes:
    return f'{address} - {user} [{time}] "{request}" {status} {size} "{referrer}" "{agent}"'.encode()
