"""Every regular expression that decides a verdict, in Java's notation: Spark's. Python takes them through ``compiled``.

Patterns of values fit the *whole* value (the Glue job's ``matches``, ``fullmatch`` here): ``$`` would let a newline
pass.
"""

import re
from collections.abc import Iterable
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for Python, where it means the same: classes and ``(?i)`` are about ASCII in Java.

    A pattern that begins with ``\\G`` is for ``match(text, end of the match before)``.
    """
    return re.compile(pattern.replace(r"\z", r"\Z").removeprefix(r"\G"), re.ASCII)


# --- lines ---
SPACE = r"[ \t\r\n]"  # JSON's white space
BLANK_LINE = r"[ \t\r\n\f\x0B]*+"
_IN_QUOTES = r'(?:[^"\\]++|\\(?s:.))*+'  # (?s: or Java and Python would differ about line ends
QUOTED = rf'"{_IN_QUOTES}"'
# Two records on a line: the first is the cheap suspicion, the second finds where a record ends, strings aside.
SUSPECTED_SEAM = rf"\}}{SPACE}*+\{{"
SEAM = rf'\G((?:{QUOTED}|[^"}}]++|\}}(?!{SPACE}*+\{{))*+\}}){SPACE}*+(?=\{{)'
# An escape of half a surrogate pair stands for no character; Spark would read it as "?".
SURROGATE_ESCAPE = r"\\u[dD][89a-fA-F]"
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
PAIRED_SURROGATES = rf"(?s:(?:[^\\]++|{_HIGH}{_LOW}|\\(?!u[dD][89a-fA-F]).)*+)"

# --- JSON ---
NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+"
_STRING_TOKEN = rf'"({_IN_QUOTES})"(?={SPACE}*+([:,}}\]]))'
_NUMBER_TOKEN = rf"({NUMBER})(?={SPACE}*+(?:[,}}\]]|\z))"
TOKEN = rf'\G([^"0-9-]*+)(?:{_STRING_TOKEN}|{_NUMBER_TOKEN})'
MARKED_TOKEN = rf'(")[:,}}\]]({_IN_QUOTES})(")|"([0-9-][^"]*+)"'
NULL = rf"{SPACE}*+null{SPACE}*+"
NOT_OBJECT = rf"\A{SPACE}*+[^{{ \t\r\n]"
_COMMA = rf"{SPACE}*+,{SPACE}*+"


def plain_record(texts: Iterable[str], numbers: Iterable[str]) -> str:
    """An object of known names: texts without escapes, numbers of at most 14 digits, which a double holds, true, false.

    Nothing stands around it.
    """
    member = _known_member(texts, numbers)
    return rf"\A\{{{SPACE}*+(?:{member}(?:{_COMMA}{member})*+)?+{SPACE}*+\}}\z"


def plain_record_with_own(texts: Iterable[str], numbers: Iterable[str], personal: Iterable[str]) -> str:
    """The same with one member of the producer's own among them, group 1: JSON writes of it the same text again.

    ``personal``: bare names that it must not have, as their values must be hidden.
    """
    member, known = _known_member(texts, numbers), any_of([*texts, *numbers])
    own = rf'("(?!{known}"){_own_value(personal)})'
    return rf"\A\{{{SPACE}*+(?:{member}(?:{_COMMA}{member})*+{_COMMA})?+{own}(?:{_COMMA}{member})*+{SPACE}*+\}}\z"


def _known_member(texts: Iterable[str], numbers: Iterable[str]) -> str:
    """Names word by word: here Java takes half the time of deciding letter by letter; and a class with one letter
    beyond Latin-1 would take it three times as long.
    """
    text = r'"[^"\\\x00-\x1F]*+"'
    number = r"-?(?:0|[1-9][0-9]{0,9}+)(?:\.[0-9]{1,4}+)?+"
    named = [
        f'(?:{"|".join(sorted(names))})":{SPACE}*+(?:{values})'
        for names, values in ((texts, f"{text}|null|true|false"), (numbers, f"{number}|{text}|null"))
    ]
    return f'"(?:{"|".join(named)})'


def _own_value(personal: Iterable[str]) -> str:
    """A name without its first quote, and its value: plain, or an object of such, in printable ASCII and compact.

    Bounded, since Spark's JSON reader gives a whole record up at 1,000 digits, or some hundred names of the same hash.
    """
    name = rf'(?!_*+(?i:{any_of(personal, between="_*+")})")[A-Za-z0-9_]{{1,100}}+"'
    number = r"-?(?:0|[1-9][0-9]{0,99}+)(?:\.[0-9]{1,99}+)?+(?:[eE][+-]?+[0-9]{1,9}+)?+"
    value = rf'(?:"[\x20\x21\x23-\x5B\x5D-\x7E]*+"|{number}|true|false|null)'
    member = rf'"{name}:{value}'
    return rf"{name}:(?:{value}|\{{(?:{member}(?:,{member}){{0,99}}+)?+\}})"


def unknown_key(known: Iterable[str]) -> str:
    """A key of a marked text that is none of the known names; nested keys too, so only a suspicion."""
    return rf'[{{,]{SPACE}*+":(?!{any_of(known)}")'


def any_of(words: Iterable[str], between: str = "") -> str:
    """One of the words, decided letter by letter: ``cat|car`` as ``ca(?:r|t)``; a plain list is tried word by word.

    ``between``: what may follow each letter.
    """
    first: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        first.setdefault(word[:1], []).append(word[1:])
    optional = "?" if first.pop("", None) else ""
    branches = [re.escape(letter) + between + any_of(rest, between) for letter, rest in first.items()]
    return f"(?:{'|'.join(branches)}){optional}" if branches else ""


def nested_value(depth: int) -> str:
    """A JSON object or array nested at most ``depth`` deep. Possessive: linear time and no deep recursion."""
    pattern = ""
    for _ in range(depth):
        pattern = rf'[\[{{](?:[^"\[\]{{}}]++|{QUOTED}{pattern and "|" + pattern})*+[\]}}]'
    return pattern


def many_brackets(depth: int) -> str:
    """More opening brackets than ``depth``, strings not told apart: only a suspicion of deeper nesting, and cheap."""
    return rf"\A(?:[^\[{{]*+[\[{{]){{{depth + 1}}}"


# --- values ---
ASCII = r"[\x20-\x7E]*"
WHITE_SPACE = r"[ \t\r\n\f\x0B]+"
COUNTRY = "[A-Za-z]{2}"
CURRENCY = "[A-Za-z]{3}"
_DASHED_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID = _DASHED_UUID
OTHER_UUID = rf"urn:uuid:{_DASHED_UUID}|\{{{_DASHED_UUID}\}}|[0-9a-f]{{32}}"

_DATE = (
    r"(?:(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
OFFSET = r"(?:[Zz]|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"
ISO_TIME = rf"{_DATE}[T ]{_TIME}(?:\.[0-9]{{1,9}})?{OFFSET}?"
EPOCH = r"[0-9]{1,17}(?:\.[0-9]{1,30})?|[0-9](?:\.[0-9]{1,16})?[eE]\+?(?:[0-9]|1[0-6])"

# --- addresses ---
SCRUBBABLE = r"[?#@;&]"
USER_INFO = r"\A(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]{2})[^/\\?]*@"
# An address inside a parameter is escaped, once or more: ?next=https%3A%2F%2Fhost%3Ftoken%3Dx.
_ESCAPED_SEPARATOR, _ESCAPED_EQUALS = r"%(?:25)*(?:3F|26|3B)", r"%(?:25)*3D"
_AT, _DOT = r"(?:@|%(?:25)*40)", r"(?:\.|%(?:25)*2E)"
# Possessive up to the first of each, or a=b@a=b@... takes quadratic time. For a query, which "?" begins; a later "?"
# begins nothing: where the parameter around it holds no mail address, its end holds none, and ????... would be as slow.
MAIL_PARAMETER = rf"(?i)((?:\A\?|[&;])(?:[^=&;]*+=)?)(?:(?!{_AT})[^&;])*+{_AT}(?:(?!{_DOT})[^&;])*+{_DOT}[^&;]+"


@cache
def personal_parameter(names: tuple[str, ...]) -> str:
    """A personal parameter of a query; group 1 is what stays of it."""
    # A name has none of the separators that begin the next one, or %26%26%26... takes quadratic time.
    name = _parameter_name(names, rf"(?:(?!{_ESCAPED_SEPARATOR})[^=&;?])")
    return rf"(?i)((?:[?&;]|{_ESCAPED_SEPARATOR}){name}(?:=|{_ESCAPED_EQUALS}))[^&;]*"


@cache
def personal_path_parameter(names: tuple[str, ...]) -> str:
    """A personal parameter of a path, as in /shop;jsessionid=1/x or /a&token=1; group 1 is what stays of it."""
    return rf"(?i)([;&]{_parameter_name(names)}=)[^;&/]*"


def _parameter_name(names: Iterable[str], character: str = "[^=&;?]") -> str:
    """A personal name alone, or as the last bracketed part: user[email]. The first of several: all behind it is cut."""
    return rf"(?:{character}*?(?:\[|%5B))??{any_of(name.lower() for name in names)}(?:\]|%5D)?"


@cache
def personal_name(names: tuple[str, ...]) -> str:
    """A personal name in any spelling: userAgent, user_agent, User-Agent."""
    return f"(?i:{'|'.join('[-_. ]?'.join(map(re.escape, name)) for name in names)})"


def personal_member(names: tuple[str, ...], depth: int) -> str:
    """A personal member of a marked, compact JSON object; group 1 is its key and colon."""
    return rf'(":{personal_name(names)}":)(?:{QUOTED}|{nested_value(depth)})'
