"""Prefix expressions of Firehose: ``events/year=!{timestamp:yyyy}/``.

Supports ``!{timestamp:<Java DateTimeFormatter pattern>}`` in UTC with the letters below and 'quoted text',
``!{firehose:random-string}`` and ``!{firehose:error-output-type}`` (error prefix only). Raises ValueError on the rest:
partition keys need dynamic partitioning, and ``YYYY`` is Java's week-based year, which is wrong around New Year.
"""

import re
import secrets
import string
from datetime import datetime

JAVA_LETTERS = {
    **dict.fromkeys(("yyyy", "uuuu", "y", "u"), "%Y"),
    **dict.fromkeys(("yy", "uu"), "%y"),
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
    "DDD": "%j",
}
UNPADDED = {"M": "month", "d": "day", "H": "hour", "m": "minute", "s": "second"}
EXPRESSION = re.compile(r"!\{([^:{}]*):([^{}]*)\}")
JAVA_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
DEFAULT = "!{timestamp:yyyy/MM/dd/HH/}"
RANDOM = "!{firehose:random-string}"
ERROR_TYPE = "!{firehose:error-output-type}"
RANDOM_LENGTH = 11
LONGEST = 512  # characters, evaluated


def complete_prefix(prefix: str, error_prefix: str | None) -> str:
    """The prefix that Firehose uses; ValueError where it refuses the pair."""
    if ERROR_TYPE in prefix:
        raise ValueError(f"Prefix can't contain {ERROR_TYPE}")
    if "!{" in prefix and not error_prefix:
        raise ValueError("ErrorOutputPrefix is required when Prefix contains expressions")
    if error_prefix and "!{" in error_prefix and ERROR_TYPE not in error_prefix:
        raise ValueError(f"ErrorOutputPrefix must contain at least one instance of {ERROR_TYPE}")
    complete = prefix if "!{timestamp:" in prefix else prefix + DEFAULT
    for text in (complete, error_prefix or ""):
        evaluated = at_time(text, datetime(2024, 12, 25))  # noqa: DTZ001  any time shows what is malformed
        if len(evaluated) > LONGEST:
            raise ValueError(f"expected at most {LONGEST} characters once evaluated, got {len(evaluated)}: {text}")
    return complete


def at_time(prefix: str, moment: datetime) -> str:
    """The prefix with its timestamps evaluated; random strings stay, they differ from object to object."""

    def evaluated(match: re.Match[str]) -> str:
        namespace, value = match.groups()
        if namespace == "timestamp":
            return format_java(value, moment)
        if match[0] in (RANDOM, ERROR_TYPE):
            return match[0]
        raise ValueError(f"the local AWS does not support the expression {match[0]}")

    text = EXPRESSION.sub(evaluated, prefix)
    if "!{" in EXPRESSION.sub("", prefix):
        raise ValueError(f"expected !{{namespace:value}}, got {prefix!r}")
    return text


def with_random(prefix: str) -> str:
    """The prefix of one object, with its random string."""
    alphabet = string.ascii_letters + string.digits
    return prefix.replace(RANDOM, "".join(secrets.choice(alphabet) for _ in range(RANDOM_LENGTH)))


def format_java(pattern: str, moment: datetime) -> str:
    return JAVA_TOKEN.sub(lambda token: java_token(token, moment), pattern)


def java_token(token: re.Match[str], moment: datetime) -> str:
    text = token[0]
    if token[1] is not None:
        return token[1].replace("''", "'") or "'"
    if not token[2]:
        return text
    if text in UNPADDED:
        return str(getattr(moment, UNPADDED[text]))
    if text not in JAVA_LETTERS:
        hint = " (YYYY is the week-based year; the year is yyyy)" if text.startswith("Y") else ""
        known = ", ".join([*JAVA_LETTERS, *UNPADDED])
        raise ValueError(f"expected one of {known} in a timestamp expression, got {text!r}{hint}")
    return moment.strftime(JAVA_LETTERS[text])
