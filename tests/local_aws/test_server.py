import io
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import urllib3
from boto3.s3.transfer import TransferConfig

from local_aws.clients import local_client
from local_aws.http_server import PortTakenError
from local_aws.server import LocalAws

MIB = 1024 * 1024


@pytest.fixture
def s3(local_aws: LocalAws) -> Any:
    client = local_client("s3", local_aws.endpoint_url)
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return client


@pytest.mark.slow
def test_fifty_parallel_objects_of_5_mb_come_back_as_they_went(s3: Any) -> None:
    bodies = [os.urandom(64) * 78_125 for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda n: s3.put_object(Bucket="bucket", Key=str(n), Body=bodies[n]), range(50)))
        got = list(pool.map(lambda n: s3.get_object(Bucket="bucket", Key=str(n))["Body"].read(), range(50)))
    assert got == bodies


def test_multipart_upload_comes_back_whole(s3: Any) -> None:
    body = os.urandom(MIB) * 22
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(body), "bucket", "large", Config=config)
    found = io.BytesIO()
    s3.download_fileobj("bucket", "large", found, Config=config)
    assert found.getvalue() == body
    assert s3.head_object(Bucket="bucket", Key="large")["ETag"].endswith('-5"')


def test_conditional_write_lets_only_the_first_through(s3: Any) -> None:
    def put(n: int) -> bool:
        try:
            s3.put_object(Bucket="bucket", Key="once", Body=str(n).encode(), IfNoneMatch="*")
        except s3.exceptions.ClientError:
            return False
        return True

    assert [put(n) for n in range(3)] == [True, False, False]


def test_range_is_honoured(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"0123456789")
    assert s3.get_object(Bucket="bucket", Key="k", Range="bytes=2-4")["Body"].read() == b"234"


def test_presigned_url_works(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"signed")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
    assert urllib3.request("GET", url).data == b"signed"


def test_motos_own_pages_are_refused(local_aws: LocalAws) -> None:
    for path in ("/moto-api/reset", "/latest/meta-data/iam/security-credentials/"):
        assert urllib3.request("GET", local_aws.endpoint_url + path).status == 501


def test_second_local_aws_of_a_process_is_refused(local_aws: LocalAws) -> None:
    with pytest.raises(RuntimeError, match="one LocalAws at a time"), LocalAws():
        pass


def test_failed_start_leaves_nothing_behind() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTakenError), LocalAws(taken.getsockname()[1]):
            pass
    with LocalAws() as aws:
        assert local_client("s3", aws.endpoint_url).list_buckets()["Buckets"] == []


def test_engines_keep_their_files_where_they_are_told(tmp_path: Path) -> None:
    with LocalAws(data_dir=tmp_path):
        pass
    assert tmp_path.exists()
