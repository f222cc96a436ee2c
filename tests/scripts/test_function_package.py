"""The function's zip: real wheels for both platforms (downloaded once, then kept in .cache)."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.build_artifacts import build_function, function_package

pytestmark = pytest.mark.slow
MOST_UNPACKED = 250 * 1024 * 1024  # AWS Lambda's
MOST_ZIPPED = 50 * 1024 * 1024  # for a zip that is uploaded with the function


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("built")
    return {platform: build_function(folder, platform) for platform in ("arm64", "host")}


def entries(path: Path) -> dict[str, zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {entry.filename: entry for entry in archive.infolist()}


def test_both_platforms_have_the_same_files(built: dict[str, Path]) -> None:
    arm64, host = (sorted(entries(built[platform])) for platform in ("arm64", "host"))
    assert arm64 == host
    assert {"json_to_parquet/handler.py", "clickstream/event_contract.json", "duckdb/__init__.py"} <= set(arm64)
    assert not [name for name in arm64 if "__pycache__" in name or name.startswith("boto3")]


def test_native_code_is_of_the_platform_that_was_asked_for(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["arm64"]) as archive:
        machines = [archive.read(name)[18:20] for name in archive.namelist() if name.endswith(".so")]
    assert machines == [b"\xb7\x00"]  # ELF's e_machine: AArch64


@pytest.mark.parametrize("platform", ["arm64", "host"])
def test_it_is_small_enough(built: dict[str, Path], platform: str) -> None:
    assert sum(entry.file_size for entry in entries(built[platform]).values()) < MOST_UNPACKED
    assert built[platform].stat().st_size < MOST_ZIPPED


def test_the_same_sources_and_lock_give_the_same_bytes(built: dict[str, Path], tmp_path: Path) -> None:
    assert build_function(tmp_path, "arm64").read_bytes() == built["arm64"].read_bytes()


def test_bytes_depend_on_no_machine(built: dict[str, Path]) -> None:
    found = entries(built["arm64"]).values()
    assert {(entry.date_time, entry.external_attr >> 16, entry.create_system) for entry in found} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644, 3)
    }
    (wheel,) = function_package.wheels("arm64")
    with zipfile.ZipFile(wheel) as original:
        sizes = {entry.filename: entry.compress_size for entry in original.infolist()}
    copied = [entry for entry in found if entry.filename in sizes]
    assert len(copied) > 10
    assert all(entry.compress_size == sizes[entry.filename] for entry in copied)  # never deflated anew


IMPORT = "import sys; sys.path[:0] = sys.argv[1:]; import json_to_parquet.handler as h; print(h.handle({}, None))"


def run_alone(folder: Path) -> subprocess.CompletedProcess[str]:
    """Without this environment's packages but boto3, which AWS's runtime has."""
    boto3 = folder / "runtime"
    boto3.mkdir(exist_ok=True)
    packages = Path(next(path for path in sys.path if (Path(path) / "boto3").is_dir()))
    for name in ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py"):
        link = boto3 / name
        if not link.exists():
            link.symlink_to(packages / name)
    command = [sys.executable, "-I", "-S", "-c", IMPORT, str(folder), str(boto3)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_runs_with_nothing_else(built: dict[str, Path], tmp_path: Path) -> None:
    zipfile.ZipFile(built["host"]).extractall(tmp_path)
    done = run_alone(tmp_path)
    assert (done.stdout, done.stderr) == ("{}\n", "")


def test_without_its_dependency_it_does_not(built: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(built["host"]) as archive:
        archive.extractall(tmp_path, [name for name in archive.namelist() if "duckdb" not in name.split("/")[0]])
    assert "No module named 'duckdb'" in run_alone(tmp_path).stderr
