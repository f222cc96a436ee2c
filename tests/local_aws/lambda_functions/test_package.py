import base64
import io
import zipfile
from pathlib import Path

import pytest

from local_aws.errors import ServiceError
from local_aws.lambda_functions import package as package_module
from local_aws.lambda_functions.package import read_package, unpack
from tests.local_aws.lambda_functions.conftest import package


def test_a_package_is_unpacked_and_described(tmp_path: Path) -> None:
    body = package({"a/b.py": "x"})
    assert read_package({"ZipFile": base64.b64encode(body).decode()}) == body
    about = unpack(body, tmp_path / "code")
    assert (tmp_path / "code" / "a" / "b.py").read_text() == "x"
    assert about["CodeSize"] == len(body)
    assert len(base64.b64decode(about["CodeSha256"])) == 32


def test_code_that_comes_from_a_bucket_is_refused() -> None:
    with pytest.raises(ServiceError, match="only as ZipFile"):
        read_package({"S3Bucket": "b", "S3Key": "k"})


def test_a_package_that_is_too_large_for_a_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "MAX_REQUEST", 10)
    with pytest.raises(ServiceError, match="Request must be smaller than 10 bytes"):
        read_package({"ZipFile": "x" * 12})


def test_a_package_that_is_too_large_unzipped_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a zip says of its sizes decides before anything is written."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(1 << 20))
    monkeypatch.setattr(package_module, "MAX_UNZIPPED", (1 << 20) - 1)
    with pytest.raises(ServiceError, match="Unzipped size must be smaller than"):
        unpack(body.getvalue(), tmp_path / "code")
    assert not (tmp_path / "code").exists()


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="Could not unzip uploaded file"):
        unpack(b"no zip", tmp_path / "code")


def test_a_member_cannot_leave_the_folder(tmp_path: Path) -> None:
    unpack(package({"../../outside.py": "x"}), tmp_path / "a" / "b")
    assert [path.name for path in tmp_path.rglob("outside.py")] == ["outside.py"]
    assert (tmp_path / "a" / "b" / "outside.py").exists()
