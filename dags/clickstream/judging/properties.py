"""``properties``: the fields that the contract does not know, as JSON text; personal ones lose their value."""

from typing import Any

from clickstream.contract import Contract, bare_name
from clickstream.judging.records import Number, is_nested
from clickstream.patterns import compiled, personal_name

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPES = str.maketrans({chr(code): f"\\u{code:04X}" for code in range(32)} | _SHORT)


def properties(unknown: dict[str, Any], contract: Contract) -> str | None:
    """A JSON object with sorted keys; None where the contract knows every field."""
    members = (
        f"{json_string(name)}:{'null' if is_personal(name, contract) else json_text(unknown[name], contract)}"
        for name in sorted(unknown)
    )
    return f"{{{','.join(members)}}}" if unknown else None


def is_personal(name: str, contract: Contract) -> bool:
    """Of a field of the record itself."""
    return bare_name(name) in contract.personal_names


def json_string(text: str) -> str:
    """As Spark writes it."""
    return f'"{text.translate(_ESCAPES)}"'


def json_text(value: Any, contract: Contract) -> str:
    """A value's JSON; within it personal members are null, but true and false stay."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return json_string(value)
    if isinstance(value, list):
        return f"[{','.join(json_text(one, contract) for one in value)}]"
    return f"{{{','.join(_member(name, one, contract) for name, one in value)}}}"


def _member(name: str, value: Any, contract: Contract) -> str:
    """Of a nested object."""
    hidden = isinstance(value, str) or is_nested(value)
    if hidden and compiled(personal_name(contract.personal_names)).fullmatch(name):
        return f"{json_string(name)}:null"
    return f"{json_string(name)}:{json_text(value, contract)}"
