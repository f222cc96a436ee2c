"""Writes local_aws/stack.json: what our Terraform plans for the environment `local`. The local AWS creates just that.

    python scripts/plan_stack.py [FILE]        (make stack)

Only what follows from the configuration is in it: no hash of an artifact, no path, no id that AWS would choose.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from terraform_tree import ROOT, Planned, TerraformTree

ENVIRONMENT = "local"
STACK = ROOT / "local_aws" / "stack.json"
# Follows from the code, not from the configuration, or says where the plan was made, or repeats `tags`.
LEFT_OUT = frozenset({"source", "source_hash", "source_code_hash", "filename", "tags_all", "timeouts"})
_ABOUT = "What terraform/ plans for the environment local; written by `make stack`, and a test fails where it differs."

Json = dict[str, Any]


def stack_of(planned: Planned) -> Json:
    """The document: per resource its Terraform address, type and values, nulls and empty lists left out."""
    resources = [
        {"address": address, "type": one["type"], "values": pruned(_kept(one["values"]))}
        for address, one in sorted(planned.resources.items())
    ]
    return {"description": _ABOUT, "resources": resources}


def _kept(values: Mapping[str, Any]) -> Json:
    return {name: value for name, value in values.items() if name not in LEFT_OUT}


def pruned(value: Any) -> Any:
    """The value without what says nothing: null, {} and [] at any depth. Empty text, 0 and false stay."""
    if isinstance(value, dict):
        kept = {name: pruned(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, {}, [])}
    if isinstance(value, list):
        return [pruned(inner) for inner in value]
    return value


def text_of(stack: Json) -> str:
    """One line per value, sorted, so that a change of the configuration is a small change of the file."""
    return json.dumps(stack, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def differences(expected: Json, found: Json) -> Iterator[str]:
    """Each resource and attribute in which two stacks differ, ``expected`` being the fresh plan."""
    ours, theirs = ({one["address"]: one["values"] for one in stack["resources"]} for stack in (expected, found))
    for address in sorted(ours.keys() | theirs.keys()):
        if address not in theirs:
            yield f"{address}: planned, and not in the file"
        elif address not in ours:
            yield f"{address}: in the file, and not planned"
        else:
            yield from _different(address, ours[address], theirs[address])


def _different(where: str, ours: Any, theirs: Any) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            yield from _different(f"{where}.{name}", ours.get(name), theirs.get(name))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _different(f"{where}[{number}]", *pair)
    elif ours != theirs:
        yield f"{where}: planned {_short(ours)}, in the file {_short(theirs)}"


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 200 else f"{text[:200]} ..."


def plan_stack() -> Json:
    """The stack as Terraform plans it now; TerraformFailed where it does not, or a tool is missing."""
    with tempfile.TemporaryDirectory() as folder:
        return stack_of(TerraformTree(Path(folder)).plan(ENVIRONMENT))


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) if arguments else STACK
    target.write_text(text_of(plan_stack()), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
