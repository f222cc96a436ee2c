"""From a resource's planned values to the arguments of an AWS call: each value is used, or there is a reason why not.

A creator's ``fields`` are flat: ``{"command.script_location": "Command.ScriptLocation"}``. ``[]`` stands behind a block
that may come several times: ``{"rule[].id": "LifecycleConfiguration.Rules[].ID"}``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.plan import PlanError, Resource

Json = dict[str, Any]
Create = Callable[[Json, Account], Any]

_INDEX = re.compile(r"\[\d*\]")
# Of every type.
IGNORED: Mapping[str, str] = {
    "arn": "follows from the name; what names it by its ARN is planned with the same",
    "id": "follows from the name",
    "tags": "labels for people and bills",
}


@dataclass(frozen=True)
class Creator:
    """How resources of one type are created."""

    create: Create  # makes it, from the arguments
    fields: Mapping[str, str]  # planned attribute: argument
    only: Mapping[str, Any] = field(default_factory=dict)  # planned attribute: the one value that is true here anyway
    ignored: Mapping[str, str] = field(default_factory=dict)  # planned attribute: why nothing is lost without it
    kept: Mapping[str, str] = field(default_factory=dict)  # argument that can be read back, and why nothing obeys it


def call(service: str, operation: str, **constants: Any) -> Create:
    """The one call that creates it; ``operation`` is boto3's name."""
    return lambda arguments, account: getattr(account.client(service), operation)(**constants, **arguments)


def arguments_of(resource: Resource, creator: Creator, region: str, file: str) -> Json:
    """What ``creator.create`` takes; PlanError, which names ``file``, for a value that nobody decided about."""
    arguments: Json = {}
    fields = {bare(attribute): (attribute, argument) for attribute, argument in creator.fields.items()}
    only = {"region": region, **creator.only}
    decided = IGNORED.keys() | creator.ignored.keys() | only.keys()
    for path, value in leaves(resource.values):
        name = bare(path)
        if name in only and value != only[name]:
            raise refusal(resource, path, value, f"supports {only[name]!r} only; see {file}")
        if name in fields:
            attribute, argument = fields[name]
            place(arguments, argument, numbers_of(resource, path, attribute, file), value)
        elif name not in decided:
            raise refusal(resource, path, value, f"does not carry it: do so in {file}, or say there why it is ignored")
    return arguments


def refusal(resource: Resource, path: str, value: Any, why: str) -> PlanError:
    shown = repr(value) if len(repr(value)) <= 200 else f"{value!r:.200} ..."
    return PlanError(f"{resource.address}: {path} = {shown} is planned, and the local AWS {why}")


def leaves(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """``("rule[0].id", "expire")`` for each value; a block without values is a leaf too, as it says something."""
    for name, value in values.items():
        path = f"{before}{name}"
        if not is_blocks(value):
            yield path, value
            continue
        for number, block in enumerate(value):
            if block:
                yield from leaves(block, f"{path}[{number}].")
            else:
                yield f"{path}[{number}]", block


def is_blocks(value: Any) -> bool:
    """Terraform's JSON has a block as a list of objects, even where only one may come; a map is an object by itself."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def bare(path: str) -> str:
    return _INDEX.sub("", path)


def numbers_of(resource: Resource, path: str, attribute: str, file: str) -> list[int]:
    """The place in each repeated block; PlanError where a block that is declared once comes again."""
    numbers = []
    for planned, declared in zip(path.split("."), attribute.split("."), strict=True):
        number = int(planned.partition("[")[2].rstrip("]") or 0)
        if declared.endswith("[]"):
            numbers.append(number)
        elif number:
            raise refusal(resource, path, number, f"carries {declared} once only; see {file}")
    return numbers


def place(target: Json, argument: str, numbers: Sequence[int], value: Any) -> None:
    """Sets ``target["Rules"][2]["ID"]`` for ``Rules[].ID`` and [2]; where there is no number, it is the first."""
    *parents, last = argument.split(".")
    places = iter(numbers)
    for name in parents:
        if name.endswith("[]"):
            target = nth(target.setdefault(name[:-2], []), next(places, 0))
        else:
            target = target.setdefault(name, {})
    target[last] = value


def nth(blocks: list[Json], number: int) -> Json:
    while len(blocks) <= number:
        blocks.append({})
    return blocks[number]
