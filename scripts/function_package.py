"""The zip of the function json_to_parquet: its code, the package clickstream, and the wheels that its lock names.

A wheel's members are copied as they lie in it, compressed: deflating anew would give other bytes under another zlib,
and stored they are more than AWS takes. So the same sources and the same lock give the same zip on any machine.
"""

import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-lambda.txt"
PYTHON = "3.12"  # of the runtime in terraform/function.tf
# Amazon Linux 2023, on which that runtime stands, has glibc 2.34.
_GLIBC = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_26", "manylinux_2_17", "manylinux2014")
PLATFORMS = {
    "arm64": tuple(f"{glibc}_aarch64" for glibc in _GLIBC),
    "x86_64": tuple(f"{glibc}_x86_64" for glibc in _GLIBC),
    "host": (),  # this machine's, so that the zip can be run here
}
_LOCAL_HEADER = 30  # bytes of a zip's local file header before the name; its last two fields are lengths


def wheels(platform: str) -> list[Path]:
    """The locked wheels for a platform, in name order; downloaded once and kept in .cache."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    folder = Path(os.environ.get("CLICKSTREAM_CACHE", ROOT / ".cache")) / "wheels" / f"{platform}-{lock}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
            _download(platform, Path(fresh) / "wheels")
            shutil.move(Path(fresh) / "wheels", folder)  # so that a half download is never taken for a whole one
    return sorted(folder.glob("*.whl"))


def _download(platform: str, folder: Path) -> None:
    of_platform = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    command = [
        *_pip(), "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps",
        "--only-binary", ":all:", "--python-version", PYTHON, "--implementation", "cp", *of_platform,
        "--dest", str(folder), "--requirement", str(LOCK),
    ]  # fmt: skip
    subprocess.run(command, check=True)  # noqa: S603  no shell, our own arguments


def _pip() -> list[str]:
    """pip; an environment that uv made has none of its own."""
    return [sys.executable, "-m", *(("pip",) if find_spec("pip") else ("uv", "tool", "run", "pip"))]


def copy_wheels(archive: zipfile.ZipFile, platform: str, blank: Any) -> None:
    """Adds every member of the platform's wheels. ``blank(name)`` makes an entry without clock, umask and system."""
    for path in wheels(platform):
        with zipfile.ZipFile(path) as wheel:
            for member in sorted(_files(wheel), key=lambda member: member.filename):
                _copy(archive, wheel, member, blank(member.filename))


def _files(wheel: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    return (member for member in wheel.infolist() if not member.is_dir())


def _copy(archive: Any, wheel: Any, member: zipfile.ZipInfo, entry: zipfile.ZipInfo) -> None:
    """One member's compressed bytes, behind a header of our own: zipfile itself can only compress them anew."""
    wheel.fp.seek(member.header_offset)
    name_bytes, extra_bytes = struct.unpack("<HH", wheel.fp.read(_LOCAL_HEADER)[-4:])
    wheel.fp.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    for field in ("compress_type", "CRC", "compress_size", "file_size"):
        setattr(entry, field, getattr(member, field))
    entry.header_offset = archive.start_dir
    archive.fp.seek(archive.start_dir)
    archive.fp.write(entry.FileHeader(zip64=False))
    archive.fp.write(wheel.fp.read(member.compress_size))
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(entry)
    archive.NameToInfo[entry.filename] = entry
    archive._didModify = True
