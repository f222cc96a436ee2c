from pathlib import Path
from typing import Any

import pytest

from local_aws.glue_jobs.artifacts import LaunchError, fetch, fetch_py_files, fetch_script


def test_script_comes_into_a_folder_of_its_own(glue: Any, tmp_path: Path) -> None:
    script = fetch_script(glue.s3, glue.put("scripts/a.py", "x = 1\n"), tmp_path)
    assert script.read_text() == "x = 1\n"
    assert list(script.parent.iterdir()) == [script]


def test_files_of_one_name_do_not_meet_and_keep_their_order(glue: Any, tmp_path: Path) -> None:
    uris = [glue.put("1/lib.zip", "one"), glue.put("2/module.py", ""), glue.put("2/lib.zip", "two")]
    path = fetch_py_files(glue.s3, uris, tmp_path)
    assert [path[0].read_text(), path[2].read_text()] == ["one", "two"]
    assert (path[1] / "module.py").exists()


@pytest.mark.parametrize("uri", ["lib.zip", "s3://", "s3://bucket", "s3://bucket/", "https://host/lib.zip"])
def test_address_that_is_not_an_object_in_s3_is_refused(uri: str, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="expected s3://bucket/key"):
        fetch(None, uri, tmp_path / "x")


def test_wheel_is_refused_by_name(glue: Any, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"expects .zip or .py objects, got s3://artifacts/lib.whl"):
        fetch_py_files(glue.s3, [glue.put("lib.whl", "")], tmp_path)


def test_missing_object_is_named_with_s3s_code(glue: Any, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"s3://artifacts/absent.zip.*NoSuchKey"):
        fetch_py_files(glue.s3, ["s3://artifacts/absent.zip"], tmp_path)
