import socket
from typing import Any

import pytest
import urllib3

from local_aws.clients import CONTAINER_NAME, local_client
from local_aws.http_server import CONTAINER_HOST, PortTakenError, listen
from local_aws.server import LocalAws


@pytest.fixture
def s3(local_aws: LocalAws) -> Any:
    client = local_client("s3", local_aws.endpoint_url)
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return client


def test_connection_is_kept_alive(local_aws: LocalAws) -> None:
    pool = urllib3.HTTPConnectionPool("127.0.0.1", int(local_aws.endpoint_url.rpartition(":")[2]), maxsize=1)
    for _ in range(5):
        assert pool.request("GET", "/_local/health").status == 200
    assert (pool.num_connections, pool.num_requests) == (1, 5)


def test_body_waits_for_100_continue_and_may_be_chunked(s3: Any, local_aws: LocalAws) -> None:
    with socket.create_connection(("127.0.0.1", int(local_aws.endpoint_url.rpartition(":")[2])), timeout=5) as sock:
        head = ("PUT /bucket/chunked HTTP/1.1", "Host: 127.0.0.1", "Expect: 100-continue", "Transfer-Encoding: chunked")
        sock.sendall("\r\n".join([*head, "", ""]).encode())
        assert sock.recv(1000).startswith(b"HTTP/1.1 100")
        sock.sendall(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")
    assert s3.get_object(Bucket="bucket", Key="chunked")["Body"].read() == b"hello world"


def test_taken_port_is_named(local_aws: LocalAws) -> None:
    port = int(local_aws.endpoint_url.rpartition(":")[2])
    with pytest.raises(PortTakenError, match=f"port {port}.*--port"):
        listen(port)


@pytest.mark.parametrize("key", ["a b", "a/b%2Fc", "ü/é", "a+b=c/day=25", "//double"])
def test_key_arrives_as_it_was_sent(s3: Any, key: str) -> None:
    s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]
    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == key.encode()


def test_it_listens_on_loopback_only_unless_it_is_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(0) as outside:
        assert outside.getsockname()[0] == "127.0.0.1"
    monkeypatch.setenv(CONTAINER_NAME, "local-aws")
    with listen(0) as inside:
        assert inside.getsockname()[0] == CONTAINER_HOST
