"""Refuses changes of the event contract that what is already stored could not follow.

    python scripts/contract_changes.py              what stands between the contract and its last release; 1 if anything
    python scripts/contract_changes.py --release    the contract as it is now becomes the released one, if nothing does

The last release is `scripts/released_contract.json`, a copy of the contract. A change that these rules refuse is a new
table beside the old one (docs/contract.md).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "dags"))

from clickstream.contract import RAW_ONLY, Column, Contract, parse_contract  # noqa: E402

CONTRACT = ROOT / "dags" / "clickstream" / "event_contract.json"
RELEASED = ROOT / "scripts" / "released_contract.json"


def read(path: Path) -> Contract:
    """The contract of a file."""
    return parse_contract(json.loads(path.read_text(encoding="utf-8")))


def breaking(released: Contract, coming: Contract) -> Iterator[str]:
    """Each change that is refused, led by the name of the rule."""
    before, after = ({x.name: x for x in contract.table_columns} for contract in (released, coming))
    for name, column in before.items():
        if name not in after:
            yield f"a column stays: {name} is gone, and the files of published days hold it"
        elif after[name].type != column.type:
            yield f"a type stays: {name} was {column.type} and is {after[name].type}, which old files cannot be read as"
        for rule, gone in _no_longer_taken(column, after.get(name, column)):
            yield f"{rule}: {name} no longer takes {', '.join(gone)}, and old days run again would be quarantined"
    kept = [name for name in after if name in before]
    if kept != [name for name in before if name in after]:
        yield "the order stays: columns that were released changed places, and late rows are inserted by position"
    for name in sorted({x.name for x in coming.required_columns} - {x.name for x in released.required_columns}):
        yield f"what was optional stays so: {name} is required now, and old days run again would be quarantined"
    for name in sorted(_raw_only(released) - _raw_only(coming)):
        yield f"what is personal stays raw: {name} was used and dropped"
    if coming.partition_keys != released.partition_keys:
        yield f"partitions stay: {released.partition_keys} became {coming.partition_keys}, and old files lie elsewhere"


def _no_longer_taken(before: Column, after: Column) -> Iterator[tuple[str, list[str]]]:
    """Each rule that is broken, and what producers may have sent under it."""
    if after.accepted_values and not before.accepted_values:
        yield "accepted values stay", ["every value"]
    kept_by = {
        "accepted values stay": (before.accepted_values, after.accepted_values or before.accepted_values),
        "names stay": (before.aliases, after.aliases),
        "aliases of values stay": (before.value_aliases, after.value_aliases),
    }
    for rule, (old, new) in kept_by.items():
        if gone := sorted(set(old) - set(new)):
            yield rule, gone


def _raw_only(contract: Contract) -> set[str]:
    return {column.name for column in contract.columns if column.origin == RAW_ONLY}


def main(arguments: list[str]) -> int:
    problems = list(breaking(read(RELEASED), read(CONTRACT)))
    for problem in problems:
        print(problem, file=sys.stderr)
    if arguments == ["--release"] and not problems:
        RELEASED.write_bytes(CONTRACT.read_bytes())
        print(RELEASED.relative_to(ROOT))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
