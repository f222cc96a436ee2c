"""Fetches a run's script and its extra Python files from S3."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError


class LaunchError(Exception):
    """The run cannot start; the message is the run's error text."""


def fetch_script(s3: Any, uri: str, folder: Path) -> Path:
    """The script in a folder of its own."""
    return fetch(s3, uri, folder / "script")


def fetch_py_files(s3: Any, uris: Sequence[str], folder: Path) -> list[Path]:
    """What goes onto Python's path for the files, in their order: an archive itself, a module's folder."""
    path = []
    for number, uri in enumerate(uris):  # files of one name from two places must not meet
        suffix = Path(urlsplit(uri).path).suffix
        if suffix not in (".zip", ".py"):
            raise LaunchError(f"LAUNCH ERROR | --extra-py-files expects .zip or .py objects, got {uri}")
        fetched = fetch(s3, uri, folder / "py-files" / str(number))
        path.append(fetched.parent if suffix == ".py" else fetched)
    return path


def fetch(s3: Any, uri: str, folder: Path) -> Path:
    """Downloads one object; LaunchError names it where that fails."""
    address = urlsplit(uri, allow_fragments=False)
    if address.scheme != "s3" or not address.netloc or not address.path.strip("/"):
        raise LaunchError(f"LAUNCH ERROR | expected s3://bucket/key, got {uri!r}")
    folder.mkdir(parents=True)
    target = folder / Path(address.path).name
    try:
        body = s3.get_object(Bucket=address.netloc, Key=address.path.removeprefix("/"))["Body"]
    except ClientError as error:
        raise LaunchError(f"LAUNCH ERROR | cannot download {uri}: {error}") from error
    with target.open("wb") as file:
        file.writelines(body.iter_chunks(1 << 20))
    return target
