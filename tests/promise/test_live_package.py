"""The function's package holds what the function imports: without any part of it the function fails."""

import os
import shutil
from pathlib import Path

import pytest

from tests.promise.live_lane import FUNCTION, LiveLane

PARTS = ("clickstream", "duckdb", "_duckdb", "json_to_parquet")


def without(code: Path, part: str, folder: Path) -> Path:
    """The unpacked package but for one importable package or module."""
    gone = [one.name for one in code.iterdir() if one.name.partition(".")[0] == part]
    assert gone, part
    shutil.copytree(code, folder, copy_function=os.link, ignore=shutil.ignore_patterns(*gone))
    return folder


@pytest.mark.slow
def test_without_one_of_its_parts_the_function_cannot_be_loaded(lane: LiveLane, tmp_path: Path) -> None:
    function = lane.function
    lambdas = function.place.client("lambda", function.configuration)
    asked = {"FunctionName": FUNCTION, "Payload": b'{"Records": []}'}
    whole = function.code
    for part in PARTS:
        function.update(function.configuration, without(whole, part, tmp_path / part))
        reply = lambdas.invoke(**asked)
        assert reply.get("FunctionError") == "Unhandled", part
        assert f"No module named '{part}" in reply["Payload"].read().decode()
    function.update(function.configuration, whole)
    assert "FunctionError" not in lambdas.invoke(**asked)
