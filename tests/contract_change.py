"""A copy of the project whose contract has one optional column more: one line of event_contract.json."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "contract.md"
_COPIED = ("dags", "plugins", "glue_scripts", "lambda_functions", "scripts", "requirements.txt")
_BUILD = "import build_artifacts, pathlib, sys; build_artifacts.build(pathlib.Path(sys.argv[1]))"


def example_column() -> dict[str, Any]:
    """The column that docs/contract.md adds."""
    (line,) = re.findall(r"^```json\n(.*),\n```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    column: dict[str, Any] = json.loads(line)
    return column


def copy_with_column(target: Path) -> Path:
    """The copy, in the folder ``target``; the line is put in before `properties`."""
    for name in _COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, target / name)
    contract = target / "dags" / "clickstream" / "event_contract.json"
    lines = contract.read_text(encoding="utf-8").splitlines(keepends=True)
    (place,) = (number for number, line in enumerate(lines) if '"name": "properties"' in line)
    contract.write_text(
        "".join([*lines[:place], json.dumps(example_column()) + ",\n", *lines[place:]]), encoding="utf-8"
    )
    return target


def build(copy: Path, folder: Path) -> Path:
    """The artifacts of a copy, by its own build script."""
    command = [sys.executable, "-c", _BUILD, str(folder)]
    subprocess.run(command, cwd=copy / "scripts", check=True)
    return folder
