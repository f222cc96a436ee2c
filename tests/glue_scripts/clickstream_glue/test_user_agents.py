import re
from typing import Any

import pytest

from clickstream_glue import user_agents

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Version/17.2 Mobile/15E148 Safari/604.1"
KNOWN = {
    CHROME: ("desktop", "Chrome", "Windows", False),
    f"{CHROME} Edg/120.0": ("desktop", "Edge", "Windows", False),
    f"{CHROME} OPR/106.0": ("desktop", "Opera", "Windows", False),
    IPHONE: ("mobile", "Safari", "iOS", False),
    "Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X) CriOS/120.0 Mobile/15E148 Safari/604.1": (
        "tablet",
        "Chrome",
        "iOS",
        False,
    ),
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) Chrome/120.0 Mobile Safari/537.36": (
        "mobile",
        "Chrome",
        "Android",
        False,
    ),
    "Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/120.0 Safari/537.36": ("tablet", "Chrome", "Android", False),
    "Mozilla/5.0 (Linux; Android 13; CUBOT X90) Chrome/120.0 Mobile Safari/537.36": (
        "mobile",
        "Chrome",
        "Android",
        False,
    ),
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0": (
        "desktop",
        "Firefox",
        "Linux",
        False,
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.2 Safari/605.1.15": (
        "desktop",
        "Safari",
        "macOS",
        False,
    ),
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)": ("desktop", "Internet Explorer", "Windows", False),
    "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) SamsungBrowser/4.0": ("tv", "Samsung Internet", "Tizen", False),
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": ("other", "Other", "Other", True),
    "curl/8.4.0": ("other", "Other", "Other", True),
    "python-requests/2.31.0": ("other", "Other", "Other", True),
    "": ("other", "Other", "Other", False),
}


@pytest.fixture(scope="module")
def told(spark: Any) -> dict[str | None, tuple[Any, ...]]:
    from pyspark.sql import functions as F

    agents = spark.createDataFrame([(agent,) for agent in (*KNOWN, None)], "agent string")
    facts = [user_agents.fact(F.col("agent"), name) for name in ("device_type", "browser", "os")]
    rows = agents.select("agent", *facts, user_agents.is_bot(F.col("agent"))).collect()
    return {row[0]: tuple(row)[1:] for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("agent", KNOWN, ids=lambda agent: re.sub(r"\W+", "-", agent)[-40:] or "empty")
def test_user_agent_tells_device_browser_system_and_bot(told: dict[Any, Any], agent: str) -> None:
    assert told[agent] == KNOWN[agent]


@pytest.mark.slow
def test_no_user_agent_tells_nothing(told: dict[Any, Any]) -> None:
    assert told[None] == (None, None, None, None)


def test_every_device_of_the_table_is_one_of_the_contract() -> None:
    from clickstream.contract import load_contract

    values = {value for _, value in user_agents.table()["device_type"]}
    assert values <= set(load_contract().column("device_type").accepted_values)
