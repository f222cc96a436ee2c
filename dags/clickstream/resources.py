"""Packaged files, read so that it works from a folder and from a zip (Glue imports this package from one)."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def read_json(name: str) -> Any:
    """The parsed JSON file ``name`` of this package, e.g. ``event_contract.json`` or ``checks/accepted.json``."""
    return json.loads(read_text(name))


def read_text(name: str) -> str:
    return resources.files("clickstream").joinpath(name).read_text(encoding="utf-8")
