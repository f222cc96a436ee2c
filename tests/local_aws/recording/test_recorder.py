from pathlib import Path

import pytest

from local_aws.clients import local_client
from local_aws.control import LocalControl
from local_aws.recording.recorder import Recorded, read_recorded
from local_aws.server import LocalAws


def test_a_kind_of_call_is_written_once_as_whom_it_is_made(tmp_path: Path) -> None:
    record = tmp_path / "calls"
    with LocalAws(record=record) as aws:
        for name in ("a", "b", "a"):
            glue = local_client("glue", aws.endpoint_url, principal=name)
            with pytest.raises(glue.exceptions.EntityNotFoundException):
                glue.get_database(Name="d")
    assert read_recorded(record) == [Recorded(name, "glue", "GetDatabase", {"Name": "d"}) for name in ("a", "b")]


def test_what_aws_has_not_is_no_call(tmp_path: Path) -> None:
    with LocalAws(record=tmp_path / "calls") as aws:
        LocalControl(aws.endpoint_url).now()
    assert read_recorded(tmp_path / "calls") == []


def test_local_awss_may_share_a_file(tmp_path: Path) -> None:
    record = tmp_path / "calls"
    for bucket in ("first", "second", "first"):
        with LocalAws(record=record) as aws, pytest.raises(Exception, match="404"):
            local_client("s3", aws.endpoint_url).head_bucket(Bucket=bucket)
    assert [one.parameters["Bucket"] for one in read_recorded(record)] == ["first", "second"]


def test_without_a_file_nothing_is_recorded_and_reading_it_is_an_error(tmp_path: Path) -> None:
    with LocalAws() as aws:
        local_client("s3", aws.endpoint_url).list_buckets()
    with pytest.raises(FileNotFoundError):
        read_recorded(tmp_path / "calls")
