"""Checks planned values against AWS's own service models (botocore's): enumerations, patterns, lengths, bounds.

The offline provider knows none of them. A Terraform argument is matched to the API's member of the same name, blocks to
structures; what has no namesake is not checked, so ``Checked.members`` says how much was.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

_SESSION = botocore.session.get_session()
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def input_of(service: str, operation: str, member: str = "") -> StructureShape:
    """The input of an operation, or one structure in it."""
    shape: Any = _SESSION.get_service_model(service).operation_model(operation).input_shape
    return shape.members[member] if member else shape


def snake_case(name: str) -> str:
    return _WORD.sub("_", name).lower().replace("mi_bs", "mbs")


@dataclass
class Checked:
    """``members``: API members that were found in the plan; ``aliases``: Terraform's name by the API's."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)

    def problems(self, shape: Shape, value: Any, where: str = "") -> Iterator[str]:
        """What the API would refuse."""
        if isinstance(shape, StructureShape):
            yield from self._structure(shape, value, where)
        elif isinstance(shape, ListShape):
            for number, one in enumerate(value if isinstance(value, list) else [value]):
                yield from self.problems(shape.member, one, f"{where}[{number}]")
        elif isinstance(shape, MapShape):
            for key, one in value.items():
                yield from self.problems(shape.key, key, f"{where}.{key}")
                yield from self.problems(shape.value, one, f"{where}.{key}")
        else:
            yield from _scalar(shape, value, where)

    def _structure(self, shape: StructureShape, value: Any, where: str) -> Iterator[str]:
        block = value[0] if isinstance(value, list) and value else value
        if not isinstance(block, Mapping):
            return
        for name, member in shape.members.items():
            given = block.get(self.aliases.get(name, _argument(name, member, block)))
            if given not in (None, [], {}):
                self.members.add(name)
                yield from self.problems(member, given, f"{where}.{name}")


def _argument(name: str, shape: Shape, block: Mapping[str, Any]) -> str:
    """Terraform's name; that of a list of blocks is in the singular."""
    plain = snake_case(name)
    return plain.removesuffix("s") if isinstance(shape, ListShape) and plain not in block else plain


def is_bounded(shape: Shape) -> bool:
    """Whether the model says which values of a text or a number, or of a list of them, it takes."""
    if isinstance(shape, ListShape):
        return is_bounded(shape.member)
    if isinstance(shape, StructureShape | MapShape):
        return False
    return bool(getattr(shape, "enum", None)) or bool({"min", "max", "pattern"} & shape.metadata.keys())


def _scalar(shape: Shape, value: Any, where: str) -> Iterator[str]:
    limits = shape.metadata
    size = len(value) if isinstance(value, str) else value
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{where}: {value!r} is none of {', '.join(shape.enum)}"
    if isinstance(value, str) and (pattern := limits.get("pattern")) and not _fits(pattern, value):
        yield f"{where}: {value!r} does not fit {pattern}"
    if isinstance(size, int | float) and not isinstance(value, bool):
        if "min" in limits and size < limits["min"]:
            yield f"{where}: {value!r} is below {limits['min']}"
        if "max" in limits and size > limits["max"]:
            yield f"{where}: {value!r} is above {limits['max']}"


def _fits(pattern: str, value: str) -> bool:
    """True for a pattern that Python cannot read: some models use Java's classes."""
    try:
        return re.fullmatch(pattern.replace(r"\p{Cntrl}", r"\x00-\x1f"), value) is not None
    except re.error:
        return True
