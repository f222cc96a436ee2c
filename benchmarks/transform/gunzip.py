"""The floor: inflating the objects, and nothing else."""

import subprocess
import sys
from pathlib import Path


def main(raw: str) -> None:
    for path in sorted(Path(raw).rglob("*.gz")):
        subprocess.run(["gzip", "-dc", str(path)], stdout=subprocess.DEVNULL, check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main(sys.argv[1])
