"""A plan with one part taken out or turned round, part by part: what mutations of the HCL do once, done everywhere."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from terraform_tree import Planned

POLICY_FIELDS = ("policy", "assume_role_policy")
NOT_CHANGED = (*POLICY_FIELDS, "arn", "id", "region", "tags", "tags_all")
Change = tuple[str, Planned]  # what was changed, and the plan that has it


def variant(planned: Planned, address: str, values: dict[str, Any] | None) -> Planned:
    """The plan with other values of a resource; without the resource where there are none."""
    changed = Planned(planned.plan, planned.state)
    resources = {name: one for name, one in planned.resources.items() if name != address}
    if values is not None:
        resources[address] = {**planned.resources[address], "values": values}
    changed.__dict__["resources"] = resources  # where cached_property keeps it
    return changed


def without_one_statement(planned: Planned) -> Iterator[Change]:
    """Of every policy, its statements one by one."""
    for address, one in planned.resources.items():
        for field in POLICY_FIELDS:
            if not str(one["values"].get(field, "")).startswith("{"):
                continue
            policy = json.loads(one["values"][field])
            for statement in policy["Statement"]:
                rest = [other for other in policy["Statement"] if other is not statement]
                text = json.dumps({**policy, "Statement": rest})
                yield f"{address}: {statement['Sid']}", variant(planned, address, {**one["values"], field: text})


def without_one_resource(planned: Planned, *kinds: str) -> Iterator[Change]:
    yield from ((address, variant(planned, address, None)) for kind in kinds for address in planned.of_type(kind))


def with_one_value_changed(planned: Planned, kind: str) -> Iterator[Change]:
    """Every value, at any depth, of every resource of a kind, its policy and what says nothing apart."""
    for address, values in planned.of_type(kind).items():
        for path in leaves({name: one for name, one in values.items() if name not in NOT_CHANGED}):
            changed = copy.deepcopy(values)
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = other(holder[path[-1]])
            argument = [step for step in path if isinstance(step, str)][-1]
            yield f"{address}: {argument}", variant(planned, address, changed)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each text, number and switch lies."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif value is not None:
        yield path


def other(value: Any) -> Any:
    """A value of the same type that means something else: of a number the next one, of a share one a little larger."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + (1 if isinstance(value, int) else 0.01)
    return f"other-{value}"
