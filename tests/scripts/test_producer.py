import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import producer
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from producer import BATCH_BYTES, BATCH_RECORDS, RECORD_BYTES, Delivery, DeliveryError, batches, replay, send

from tests.scripts.fake_firehose import fake_firehose

SCRIPTS = Path(producer.__file__).parent
TEN, ELEVEN = datetime(2024, 12, 25, 10, tzinfo=UTC), datetime(2024, 12, 25, 11, tzinfo=UTC)


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "PutRecordBatch")


class Client:
    """Takes what its script says: per call the positions that fail, or an exception; then everything."""

    def __init__(self, *script):
        self.script = list(script)
        self.calls = []

    def put_record_batch(self, DeliveryStreamName, Records):
        records = [record["Data"] for record in Records]
        self.calls.append(records)
        step = self.script.pop(0) if self.script else ()
        if isinstance(step, Exception):
            raise step
        failing = range(len(records)) if step == "all" else step
        answers = [{"ErrorCode": "ServiceUnavailableException"} if at in failing else {} for at in range(len(records))]
        return {"FailedPutCount": len(failing), "RequestResponses": answers}


def send_quietly(client, records, **options):
    pauses = []
    delivery = send(client, "stream", records, sleep=pauses.append, **options)
    return delivery, pauses


def test_every_record_is_sent_once_as_it_is():
    client = Client()
    delivery, pauses = send_quietly(client, [b'{"a":1}', b""])
    assert client.calls == [[b'{"a":1}', b""]]
    assert delivery.as_dict() == {"sent": 2, "delivered": 2, "retried": 0, "failed": 0, "bytes": 7}
    assert pauses == []


def test_exactly_the_failed_records_are_sent_again():
    client = Client([1, 3], [0])
    delivery, pauses = send_quietly(client, [b"a", b"b", b"c", b"d"])
    assert client.calls == [[b"a", b"b", b"c", b"d"], [b"b", b"d"], [b"b"]]
    assert delivery.as_dict() == {"sent": 4, "delivered": 4, "retried": 3, "failed": 0, "bytes": 4}
    assert len(pauses) == 2


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param(refusal("ServiceUnavailableException"), id="throttled"),
        pytest.param(refusal("ThrottlingException"), id="throttled-by-rate"),
        pytest.param(EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), id="no-connection"),
    ],
)
def test_a_call_that_fails_as_a_whole_is_made_again(problem):
    client = Client(problem)
    delivery, _ = send_quietly(client, [b"a", b"b"])
    assert client.calls == [[b"a", b"b"], [b"a", b"b"]]
    assert (delivery.delivered, delivery.retried, delivery.failed) == (2, 2, 0)


def test_a_refusal_that_no_retry_heals_is_raised_at_once():
    client, delivery = Client(refusal("ResourceNotFoundException")), Delivery()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        send_quietly(client, [b"a"], delivery=delivery)
    assert len(client.calls) == 1
    assert (delivery.sent, delivery.failed) == (1, 1)


def test_records_that_fail_every_time_are_counted_and_the_rest_goes_on():
    client = Client([0], [0], [0])
    records = [b"x"] * BATCH_RECORDS + [b"y"]
    delivery, pauses = send_quietly(client, records, attempts=3)
    assert (delivery.sent, delivery.delivered, delivery.failed) == (501, 500, 1)
    assert len(pauses) == 2


def test_a_stream_that_takes_nothing_ends_the_sending():
    client, delivery = Client("all", "all"), Delivery()
    with pytest.raises(DeliveryError, match="stream took none of 500 records in 2 attempts"):
        send_quietly(client, [b"x"] * 1200, attempts=2, delivery=delivery)
    assert (delivery.sent, delivery.delivered, delivery.failed) == (500, 0, 500)


def test_a_record_that_firehose_never_takes_does_not_spoil_its_batch(capsys):
    client = Client()
    delivery, _ = send_quietly(client, [b"a", b"x" * (RECORD_BYTES + 1), b"y" * RECORD_BYTES])
    assert [len(record) for record in client.calls[0]] == [1, RECORD_BYTES]
    assert (delivery.delivered, delivery.failed) == (2, 1)
    assert "1 records over 1024000 bytes are not sent" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("records", "sizes"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([b"x"] * 500, [500], id="500-records"),
        pytest.param([b"x"] * 501, [500, 1], id="501-records"),
        pytest.param([b"x" * (BATCH_BYTES // 4)] * 4, [4], id="4-MiB"),
        pytest.param([b"x" * (BATCH_BYTES // 4)] * 4 + [b"y"], [4, 1], id="4-MiB-and-a-byte"),
    ],
)
def test_a_batch_holds_500_records_and_4_mib(records, sizes):
    assert [len(batch) for batch in batches(records)] == sizes


def test_pauses_grow_and_stay_within_ten_seconds(monkeypatch):
    monkeypatch.setattr(producer.random, "uniform", lambda low, high: (low, high))
    assert [producer.pause(attempt) for attempt in (1, 2, 3, 20)] == [(0, 0.2), (0, 0.4), (0, 0.8), (0, 10.0)]


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:5555", True),
        ("http://localhost:5555", True),
        ("http://[::1]:5555", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost@example.com/", False),
        ("https://firehose.eu-west-1.amazonaws.com", False),
        (None, False),
    ],
)
def test_only_this_machine_is_loopback(url, is_local):
    assert producer.is_loopback(url) is is_local


def test_the_endpoint_comes_from_the_option_then_from_the_environment(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL_FIREHOSE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert producer.endpoint(None) is None
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert producer.endpoint(None) == "http://127.0.0.1:1"
    assert producer.endpoint("http://127.0.0.1:2") == "http://127.0.0.1:2"


def test_a_local_client_knows_no_profile_no_credentials_and_no_proxy(monkeypatch, tmp_path):
    poison = tmp_path / "config"
    poison.write_text("[profile prod]\nrole_arn = arn:aws:iam::999999999999:role/prod\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(poison))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "POISON")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "POISON")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "POISON")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with fake_firehose() as fake:
        send(producer.firehose_client(None, fake.url), "stream", [b"a"])
        replay(fake.url, [(TEN, [])], lambda records: None)
    assert fake.records == [b"a"]
    assert fake.calls[-1] == ("clock", None)
    assert "Credential=local/" in fake.headers[0]["Authorization"]
    assert not any("POISON" in str(headers) or "999999999999" in str(headers) for headers in fake.headers)


def test_replay_delivers_each_hour_under_its_clock_and_puts_the_clock_right():
    with fake_firehose() as fake:
        hours = [(TEN, [b"a"]), (ELEVEN, [b"b", b"c"])]
        replay(fake.url, hours, lambda records: fake.calls.append(("delivered", records)))
    assert fake.calls == [
        ("clock", "2024-12-25T10:00:00+00:00"),
        ("delivered", [b"a"]),
        ("clock", "2024-12-25T11:00:00+00:00"),
        ("delivered", [b"b", b"c"]),
        ("flush",),
        ("clock", None),
    ]


def test_a_replay_that_breaks_puts_the_clock_right():
    def fail(records):
        raise DeliveryError("full")

    with fake_firehose() as fake, pytest.raises(DeliveryError, match="full"):
        replay(fake.url, [(TEN, [b"a"])], fail)
    assert fake.calls == [("clock", "2024-12-25T10:00:00+00:00"), ("clock", None)]


@pytest.mark.parametrize("url", [None, "https://firehose.eu-west-1.amazonaws.com"])
def test_replay_is_refused_for_an_endpoint_elsewhere(url):
    with pytest.raises(ValueError, match="needs the local AWS"):
        replay(url, [(TEN, [b"a"])], lambda records: pytest.fail("sent"))


def test_without_boto3_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(DeliveryError, match=r"pip install -r scripts/requirements\.txt"):
        producer.firehose_client(None, None)


@pytest.mark.parametrize("script", ["generate_events.py", "import_access_log.py"])
def test_the_scripts_start_on_the_standard_library_alone(script):
    # -S: no site-packages, so neither boto3 nor anything else of this environment
    ended = subprocess.run(
        [sys.executable, "-S", SCRIPTS / script, "--help"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "--stream-name" in ended.stdout


def test_requirements_name_boto3_alone():
    assert (SCRIPTS / "requirements.txt").read_text().split() == ["boto3==1.43.56"]
