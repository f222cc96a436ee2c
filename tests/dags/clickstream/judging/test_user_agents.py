import pytest

from clickstream.judging.user_agents import FACTS, fact, is_bot


@pytest.mark.parametrize(
    ("agent", "facts", "bot"),
    [
        (None, (None, None, None), False),
        ("x", ("other", "Other", "Other"), False),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126 Mobile", ("mobile", "Chrome", "Android"), False),
        ("Mozilla/5.0 (compatible; GOOGLEBOT/2.1)", ("bot", "Other", "Other"), True),
    ],
    ids=["none", "nothing-known", "phone", "program"],
)
def test_what_an_agent_tells(agent: str | None, facts: tuple[str | None, ...], bot: bool) -> None:
    assert tuple(fact(agent, name) for name in FACTS) == facts
    assert is_bot(agent) is bot
