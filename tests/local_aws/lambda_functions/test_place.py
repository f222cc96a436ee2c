from datetime import UTC, datetime
from pathlib import Path

from local_aws.clock import Clock
from local_aws.lambda_functions.place import Place


def test_log_streams_begin_with_the_local_day(tmp_path: Path) -> None:
    clock = Clock()
    clock.set(datetime(2024, 12, 25, 3, tzinfo=UTC))
    assert Place("http://127.0.0.1:1", clock, tmp_path).today() == "2024/12/25"


def test_a_functions_calls_are_its_roles(tmp_path: Path) -> None:
    place = Place("http://127.0.0.1:1", Clock(), tmp_path)
    client = place.client("sqs", {"Role": "arn:aws:iam::123456789012:role/its-role"})
    assert client._request_signer._credentials.access_key == "its-role"
    assert place.client("sqs", {"Role": "its-role"}) is client
