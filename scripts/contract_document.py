"""Writes the tables of docs/contract.md from the event contract.

python scripts/contract_document.py
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "dags"))

from clickstream.contract import DERIVED, RAW_ONLY, Column, Contract, load_contract  # noqa: E402

DOCUMENT = ROOT / "docs" / "contract.md"
BEGIN, END = "<!-- columns:begin (scripts/contract_document.py) -->", "<!-- columns:end -->"


def with_tables(text: str, contract: Contract) -> str:
    """The document with what stands between the marks made anew; ValueError where a mark is missing."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{DOCUMENT.name}: expected the marks {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{tables(contract)}\n{END}{tail}"


def tables(contract: Contract) -> str:
    """Columns that a producer gives, those that the pipeline adds, and fields that it drops."""
    columns = contract.columns
    keys = [
        Column(key, "string", f"Partition: {key} of event_timestamp, zero-padded.") for key in contract.partition_keys
    ]
    given = [x for x in columns if x.origin not in (DERIVED, RAW_ONLY)]
    return "\n".join(
        [
            *_table("column", given),
            *_table("added by the pipeline", [*(x for x in columns if x.origin == DERIVED), *keys]),
            *_table("read, used, dropped", [x for x in columns if x.origin == RAW_ONLY]),
        ]
    )


def _table(title: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f"| {title} | type | meaning | what a producer may send |"
    yield "|---|---|---|---|"
    for column in columns:
        yield f"| `{column.name}` | {column.type} | {column.description} | {'; '.join(_rules(column))} |"
    yield ""


def _rules(column: Column) -> Iterator[str]:
    if column.is_required:
        yield "**required**"
    if column.rule != "text":
        yield column.rule
    if column.accepted_values:
        yield ", ".join(column.accepted_values)
    if column.value_aliases:
        yield f"also {', '.join(column.value_aliases)}"
    if column.minimum is not None:
        yield f"at least {column.minimum}"
    if column.unit:
        yield column.unit
    if column.aliases:
        yield f"also named {', '.join(column.aliases)}"
    if column.sensitivity:
        yield column.sensitivity


def main() -> None:
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8"), load_contract()), encoding="utf-8")
    print(DOCUMENT.relative_to(ROOT))


if __name__ == "__main__":
    main()
