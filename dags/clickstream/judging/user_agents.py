"""What a user agent tells: kind of device, browser, operating system, and whether a program speaks."""

from clickstream.resources import read_json

FACTS = ("device_type", "browser", "os")


def is_bot(user_agent: str | None) -> bool:
    """Without a user agent no bot is assumed."""
    lower = (user_agent or "").lower()
    return any(word in lower for word in read_json("user_agents.json")["bot"])


def fact(user_agent: str | None, name: str) -> str | None:
    """One of ``FACTS``; None where there is no user agent. Who calls himself a program is a ``bot``."""
    if user_agent is None:
        return None
    if name == "device_type" and is_bot(user_agent):
        return "bot"
    entries = read_json("user_agents.json")[name]
    return next((value for parts, value in entries if all(part in user_agent for part in parts)), None)
