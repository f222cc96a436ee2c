"""One record's strict JSON, with all that Spark's reading keeps: a number's digits, members that come twice."""

import json
from typing import Any

Members = tuple[tuple[str, Any], ...]  # of an object, in their order


class Number(str):
    """A JSON number's own characters."""

    __slots__ = ()


class NotJson(ValueError):
    """The text is no strict JSON, or nested deeper than allowed."""


def parse(text: str, max_nesting_depth: int) -> Any:
    """``str``, ``Number``, ``bool``, None, a ``list``, or ``Members`` for an object. NotJson."""
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    most = max(text.count("{"), text.count("["))
    if most >= max_nesting_depth // 2 and _depth(value) > max_nesting_depth:
        raise NotJson
    return value


def text_of(value: Any) -> str | None:
    """The text to judge: a number's or boolean's own characters, too. None for an object or array, null and ''."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return (value or None) if isinstance(value, str) else None


def is_nested(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _no_constant(name: str) -> Any:
    raise NotJson(name)  # NaN and the like, which Python would take


_DECODER = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=_no_constant, object_pairs_hook=tuple, strict=True
)


def _depth(value: Any) -> int:
    """Levels of objects and arrays; level by level, because Python's own recursion has an end."""
    level, depth = [value], 0
    while level := [one for one in level if is_nested(one)]:
        depth += 1
        level = [child for one in level for child in _children(one)]
    return depth


def _children(nested: Any) -> list[Any]:
    return nested if isinstance(nested, list) else [value for _, value in nested]
