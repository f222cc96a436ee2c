r"""Which lines DuckDB might read otherwise than the Glue job, so that `clickstream.judging` must judge them.

DuckDB's JSON reader is strict but for what stands here, each tried: it takes trailing commas, NaN and Infinity; of
equal names it takes the first; a fraction, an exponent and -0 may come out in other digits; an object or array
comes out as its text, like a string; it knows no depth. Invalid escapes, lone surrogates, control characters and
anything behind a record it refuses, and what it refuses is judged there, too. Suspecting too much costs time, too
little a verdict.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clickstream.contract import Contract
from clickstream.judging.properties import is_personal
from clickstream.patterns import SPACE, any_of, personal_name

REPLACED = "\ufffd"  # where bytes that are no UTF-8 were
MOST_UNKNOWN = 40  # names that get a column of their own
_NUMERIC = ("decimal", "integer")  # rules whose numbers pass through a double in the Glue job, too
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$.-]{0,99}", re.ASCII)
# Of an unknown field's value: digits that DuckDB may have made anew.
FRACTION = r"(?:^|[:\[,])-?[0-9]+[.eE]"
_WS = SPACE.replace("*+", "*") + "*"  # RE2 needs and knows no possessive loops


def suspect_line(contract: Contract) -> str:
    """A regular expression for RE2."""
    return "|".join(suspicions(contract).values())


def suspicions(contract: Contract) -> dict[str, str]:
    """The parts of that, by what they are about."""
    columns = contract.raw_columns
    known = any_of(name for column in columns for name in column.raw_names)
    texts = any_of(name for column in columns if column.rule not in _NUMERIC for name in column.raw_names)
    constant = "(?i:nan|inf|infinity)"
    return {
        "trailing comma": rf",{_WS}[}}\]]",
        "constant as a member": rf'"{_WS}:{_WS}-?{constant}',
        "constant in an array": rf"[\[,]{_WS}-?{constant}{_WS}[,\]]",
        "escape in a name": rf'\\[^"\\][^"\\]*"{_WS}:',  # the name may be a known one
        "nested in a known field": rf'"{known}"{_WS}:{_WS}[\[{{]',
        "fraction in a text field": rf'"{texts}"{_WS}:{_WS}-?[0-9]+[.eE]',
        "negative zero": rf"[:\[,]{_WS}-0{_WS}[,}}\]]",
    }


def suspect_value(contract: Contract) -> str:
    """Of an unknown field's value that is no string: a personal member."""
    return rf'"{personal_name(contract.personal_names)}":'


@dataclass(frozen=True)
class Shapes:
    """The lists of names that a block's lines have. ``trusted``: those that DuckDB reads as the Glue job.

    ``unknown``: the unknown names in these, sorted, and of them those whose value must go.
    """

    trusted: list[list[str]]
    unknown: tuple[str, ...]
    personal: frozenset[str]


def shapes_of(lists: Iterable[list[str]], contract: Contract) -> Shapes:
    """``lists``: distinct lists of names, the most frequent first, so that these get the columns."""
    known = contract.known_raw_names
    taken = set(known)  # caseless, as the fields of DuckDB's structs are
    trusted, unknown = [], set[str]()
    for names in lists:
        new = set(names) - known - unknown
        distinct = len(set(names)) == len(names) > 0 and not {name.lower() for name in new} & taken
        plain = all(_PLAIN_NAME.fullmatch(name) for name in new) and len({name.lower() for name in new}) == len(new)
        if distinct and plain and len(unknown) + len(new) <= MOST_UNKNOWN:
            unknown |= new
            taken |= {name.lower() for name in new}
            trusted.append(names)
    return Shapes(trusted, tuple(sorted(unknown)), frozenset(name for name in unknown if is_personal(name, contract)))
