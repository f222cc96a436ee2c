"""Decides, as IAM does within one account, whether planned policies allow a call. Pure.

Supports: Allow and Deny, Action, Resource and Principal with wildcards, the condition operators in ``OPERATORS``.
Does not support: NotAction, NotResource, NotPrincipal, policy variables, boundaries; these raise.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One request. ``context`` holds condition keys, in lower case as IAM compares them."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict, hash=False)


def statements(policy: str) -> list[Statement]:
    """A policy's statements."""
    found = json.loads(policy)["Statement"]
    return found if isinstance(found, list) else [found]


def listed(value: Any) -> list[str]:
    """A field that may be one text or a list."""
    return [value] if isinstance(value, str) else list(value or [])


def allowed(call: Call, identity: Iterable[Statement], resource: Iterable[Statement] = ()) -> bool:
    """Whether the identity's policies allow the call, and neither they nor the resource's policy deny it."""
    own, theirs = list(identity), list(resource)
    denied = any(one["Effect"] == "Deny" and applies(one, call) for one in [*own, *theirs])
    return not denied and any(one["Effect"] == "Allow" and applies(one, call) for one in own)


def applies(statement: Statement, call: Call) -> bool:
    """Whether a statement, allowing or denying, is about the call."""
    if unsupported := statement.keys() & {"NotAction", "NotResource", "NotPrincipal"}:
        raise NotImplementedError(f"{sorted(unsupported)} in {statement.get('Sid')}")
    return (
        any(_like(pattern.lower(), call.action.lower()) for pattern in listed(statement["Action"]))
        and any(_like(pattern, call.resource) for pattern in listed(statement["Resource"]))
        and conditions_hold(statement.get("Condition", {}), call.context)
    )


def conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """Every operator and key must hold; of several values one is enough (of a negated operator: all)."""
    return all(
        _holds(operator, context.get(key.lower()), listed(values))
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _holds(operator: str, value: str | None, expected: list[str]) -> bool:
    if operator == "Null":
        return (value is None) == (expected == ["true"])
    if operator.endswith("IfExists"):
        return value is None or _holds(operator.removesuffix("IfExists"), value, expected)
    if operator in NEGATED:
        return value is None or not any(NEGATED[operator](value, one) for one in expected)
    return value is not None and any(OPERATORS[operator](value, one) for one in expected)


def _equal(value: str, expected: str) -> bool:
    return value == expected


def _pattern(value: str, expected: str) -> bool:
    return _like(expected, value)


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringLike": _pattern,
    "ArnEquals": _pattern,
    "ArnLike": _pattern,
    "Bool": lambda value, expected: value.lower() == expected.lower(),
    "NumericLessThan": lambda value, expected: float(value) < float(expected),
}
NEGATED = {"StringNotEquals": _equal, "ArnNotEquals": _pattern}


def _like(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(parts), re.DOTALL)
