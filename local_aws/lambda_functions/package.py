"""A function's package: the zip as Lambda takes it, unpacked as Lambda sees it."""

import base64
import hashlib
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

from local_aws.errors import ServiceError, unsupported
from local_aws.lambda_functions.definition import invalid

MAX_REQUEST = 70_167_211  # bytes of a CreateFunction request, base64 included
MAX_UNZIPPED = 262_144_000  # bytes


def read_package(code: dict[str, Any]) -> bytes:
    """The zip of a request's code; ServiceError where it comes otherwise, or Lambda would not take it."""
    if code.keys() != {"ZipFile"}:
        raise unsupported("lambda", f"code given as {sorted(code)}: only as ZipFile")
    if len(code["ZipFile"]) > MAX_REQUEST:
        raise ServiceError(
            "RequestEntityTooLargeException", f"Request must be smaller than {MAX_REQUEST} bytes", status=413
        )
    return base64.b64decode(code["ZipFile"])


def unpack(package: bytes, folder: Path) -> dict[str, Any]:
    """Fills ``folder``, which must not exist, and returns what a configuration says of the package."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > MAX_UNZIPPED:
                raise invalid(f"Unzipped size must be smaller than {MAX_UNZIPPED} bytes, got {size}")
            folder.mkdir(parents=True)
            archive.extractall(folder)
    except zipfile.BadZipFile as error:
        raise invalid(f"Could not unzip uploaded file: {error}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return {"CodeSize": len(package), "CodeSha256": sha256(package)}


def sha256(package: bytes) -> str:
    return base64.b64encode(hashlib.sha256(package).digest()).decode()
