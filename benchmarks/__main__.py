"""``make bench``: measures side by side, prints, and writes the numbers into `docs/performance.md`.

    python -m benchmarks [--rounds N] [SECTION ...]

Each section stands in the document between two comments that name it; a section that is not run keeps its text.
"""

import argparse
import os
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks import (
    ROOT,
    backfill_scaling,
    dag_cost,
    file_bytes,
    function_engines,
    operations_page,
    publication_scale,
    query_bytes,
    transforms,
)

DOCUMENT = ROOT / "docs" / "performance.md"
SECTIONS: dict[str, Callable[[int], str]] = {
    "transform": transforms.section,
    "files": file_bytes.section,
    "function": function_engines.section,
    "dag": dag_cost.section,
    "backfill": backfill_scaling.section,
    "queries": query_bytes.section,
    "scale": publication_scale.section,
    "page": operations_page.section,
}


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyspark", "duckdb", "pyarrow", "apache-airflow"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, Python {platform.python_version()}, {versions}"
    )


def written(document: str, name: str, text: str) -> str:
    """The document with a section's new text; ValueError where it has no such section."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(document):
        raise ValueError(f"docs/performance.md: expected a section between {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", document)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; all without one")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each process, in turn; medians count (3)")
    options = parser.parse_args()
    if unknown := set(options.sections) - SECTIONS.keys():
        parser.error(f"expected sections of {', '.join(SECTIONS)}, got {', '.join(sorted(unknown))}")
    for name in options.sections or SECTIONS:
        text = f"{SECTIONS[name](options.rounds).strip()}\n\n({machine()}; {options.rounds} rounds.)"
        print(f"\n{text}", flush=True)
        DOCUMENT.write_text(written(DOCUMENT.read_text(), name, text))


if __name__ == "__main__":
    main()
