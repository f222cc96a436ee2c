"""The edge in front of the local AWS: what it sees, and that each fault is what it says."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from clickstream.aws_errors import RETRIES, error_code, is_transient
from local_aws.safety import local_environment
from local_aws.server import LocalAws
from tests.promise.aws_calls import Call, call_of
from tests.promise.edge_server import serving
from tests.promise.faults import (
    ANSWER,
    CUT,
    INJECTED,
    KILL,
    SLOW_DOWN,
    AtCall,
    Client,
    Edge,
    Fault,
    Journal,
    Plan,
    RandomShare,
    Reply,
)
from tests.promise.sweep import is_clean
from tests.promise.victims import Outcome

BUCKET = "clickstream-work-local-123456789012"
ONE_TRY: Any = {"mode": "standard", "total_max_attempts": 1}


class Beyond:
    """Clients beyond the edge, and S3 as it is."""

    def __init__(self, edge: Edge, url: str, direct_url: str) -> None:
        self.edge, self.url = edge, url
        self.direct = client("s3", direct_url, ONE_TRY)
        self.s3, self.glue, self.athena = (client(name, url, ONE_TRY) for name in ("s3", "glue", "athena"))
        self.patient = client("s3", url, RETRIES)

    def play(self, plan: Plan) -> Journal:
        self.edge.journal = Journal(plan)
        return self.edge.journal

    def stored(self) -> list[str]:
        return [one["Key"] for one in self.direct.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def client(service: str, url: str, retries: Any) -> Any:
    config = Config(retries=retries, s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "eu-west-1"}
    return boto3.client(service, endpoint_url=url, config=config, **keys)


@pytest.fixture(scope="module")
def served() -> Iterator[Beyond]:
    edge = Edge()
    with LocalAws() as aws, serving(edge, aws.endpoint_url) as url:
        made = Beyond(edge, url, aws.endpoint_url)
        made.direct.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield made


@pytest.fixture
def beyond(served: Beyond) -> Beyond:
    """An empty bucket, and nothing that befalls."""
    served.play(Plan())
    for key in served.stored():
        served.direct.delete_object(Bucket=BUCKET, Key=key)
    return served


def put(s3: Any, key: str = "snapshots/a b=é") -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")


def test_without_a_fault_calls_and_answers_pass_as_they_are(beyond: Beyond) -> None:
    put(beyond.s3)
    head = beyond.s3.head_object(Bucket=BUCKET, Key="snapshots/a b=é")
    assert (head["ContentLength"], beyond.stored()) == (1, ["snapshots/a b=é"])
    assert beyond.s3.get_object(Bucket=BUCKET, Key="snapshots/a b=é")["Body"].read() == b"x"
    beyond.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "snapshots/a b=é"}]})
    assert beyond.stored() == []
    with pytest.raises(beyond.s3.exceptions.NoSuchKey):
        beyond.s3.get_object(Bucket=BUCKET, Key="missing")
    with pytest.raises(beyond.glue.exceptions.EntityNotFoundException):
        beyond.glue.get_table(DatabaseName="d", Name="t")


def test_calls_are_told_apart_and_numbered_from_the_first_write_on(beyond: Beyond) -> None:
    journal = beyond.play(Plan())
    list(beyond.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="snapshots/"))
    put(beyond.s3, "snapshots/p1")
    beyond.s3.copy_object(Bucket=BUCKET, Key="b", CopySource={"Bucket": BUCKET, "Key": "snapshots/p1"})
    for _ in range(3):
        with pytest.raises(ClientError):
            beyond.athena.get_query_execution(QueryExecutionId="q1")
    assert [str(call) for call in journal.calls[:2]] == [
        f"s3 ListObjectsV2 {BUCKET}/snapshots/", f"s3 PutObject {BUCKET}/snapshots/p1",
    ]  # fmt: skip
    poll = Call("athena", "GetQueryExecution", "q1")
    assert journal.numbered == [journal.calls[1], Call("s3", "CopyObject", f"{BUCKET}/b"), poll]
    assert journal.calls[-3:] == [poll] * 3


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (Call("s3", "PutObject", f"{BUCKET}/snapshots/20241225-a/published.json"), "s3 PutObject work/snapshots"),
        (Call("athena", "GetQueryExecution", "q1"), "athena GetQueryExecution"),
        (Call("glue", "UpdateTable", "clickstream_published"), "glue UpdateTable clickstream_published"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_place_has_no_name_that_changes_from_run_to_run(call: Call, place: str) -> None:
    assert call.place == place


def test_a_call_that_nobody_should_make_is_refused() -> None:
    with pytest.raises(ValueError, match="DELETE /bucket"):
        call_of("DELETE", "/bucket", {}, b"")


def test_fails_before_means_that_nothing_was_done(beyond: Beyond) -> None:
    beyond.play(AtCall(1, Fault(ANSWER)))
    with pytest.raises(ClientError, match="InternalError"):
        put(beyond.s3)
    assert beyond.stored() == []


def test_a_single_failure_is_healed_by_a_repeated_call(beyond: Beyond) -> None:
    beyond.play(AtCall(1, Fault(ANSWER)))
    put(beyond.patient)
    assert len(beyond.stored()) == 1


def test_fails_after_means_that_it_was_done_and_the_answer_is_lost(beyond: Beyond) -> None:
    beyond.play(AtCall(1, Fault(CUT, done=True)))
    with pytest.raises(HTTPClientError):
        put(beyond.s3)
    assert len(beyond.stored()) == 1


@pytest.mark.parametrize(("dead_after", "healed"), [(False, True), (True, False)], ids=["once", "for good"])
def test_a_connection_is_cut_once_or_for_good(beyond: Beyond, dead_after: bool, healed: bool) -> None:
    beyond.play(AtCall(1, Fault(CUT), dead_after))
    with pytest.raises(HTTPClientError):
        put(beyond.s3)
    if healed:
        put(beyond.s3)
    else:
        with pytest.raises(HTTPClientError):
            put(beyond.s3)
    assert bool(beyond.stored()) == healed


@pytest.mark.parametrize("done", [False, True], ids=["before the call", "after it"])
def test_a_client_is_killed_at_a_call(beyond: Beyond, done: bool) -> None:
    beyond.play(AtCall(1, Fault(KILL, done)))
    beyond.edge.client = Client()
    script = f"import boto3; boto3.client('s3').put_object(Bucket='{BUCKET}', Key='k', Body=b'x'); print('survived')"
    environment = local_environment(beyond.url, os.environ)
    process = subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE)
    beyond.edge.client.is_process(process.pid)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output, bool(beyond.stored())) == (-9, b"", done)


def calls_of(beyond: Beyond) -> dict[str, Callable[[], object]]:
    return {
        "s3": lambda: put(beyond.s3),
        "s3 head": lambda: beyond.s3.head_object(Bucket=BUCKET, Key="k"),
        "glue": lambda: beyond.glue.get_table(DatabaseName="d", Name="t"),
        "athena": lambda: beyond.athena.get_query_execution(QueryExecutionId="q1"),
    }


@pytest.mark.parametrize(
    ("service", "codes"),
    [
        ("s3", {"SlowDown", "InternalError"}),
        ("s3 head", {"503", "500"}),
        ("glue", {"ThrottlingException", "InternalServiceException"}),
        ("athena", {"ThrottlingException", "TooManyRequestsException", "InternalServerException"}),
    ],
)
def test_errors_come_as_the_service_words_them_and_the_code_knows_them(
    beyond: Beyond, service: str, codes: set[str]
) -> None:
    beyond.play(RandomShare(seed=1, share=1.0))
    seen = set()
    for _ in range(20):
        with pytest.raises(ClientError) as failed:
            calls_of(beyond)[service]()
        assert is_transient(failed.value)
        seen.add(error_code(failed.value))
    assert seen == codes


def status_of(plan: Plan, query_id: str, state: str) -> Any:
    body = json.dumps({"QueryExecution": {"Status": {"State": state}}}).encode()
    answer = plan.changed(Call("athena", "GetQueryExecution", query_id), Reply(200, (), body))
    return json.loads(answer.body)["QueryExecution"]["Status"]


def test_a_query_may_fail_after_it_was_carried_out() -> None:
    plan = RandomShare(seed=1, share=1.0)
    started = Reply(200, (), b'{"QueryExecutionId": "q1"}')
    assert plan.changed(Call("athena", "StartQueryExecution", "INSERT"), started) == started
    assert status_of(plan, "q1", "RUNNING") == {"State": "RUNNING"}
    failed = status_of(plan, "q1", "SUCCEEDED")
    assert (failed["State"], failed["AthenaError"]["Retryable"]) == ("FAILED", True)
    assert status_of(plan, "q2", "SUCCEEDED") == {"State": "SUCCEEDED"}


def fates(seed: int, share: float, calls: int = 1000) -> list[Fault | None]:
    plan = RandomShare(seed, share)
    return [plan.fault(Call("glue", "GetTable", "t"), None) for _ in range(calls)]


def test_the_same_seed_means_the_same_faults() -> None:
    assert fates(1, 0.2) == fates(1, 0.2) != fates(2, 0.2)


def test_the_share_of_faults_is_the_one_that_was_asked_for() -> None:
    found = [fault for fault in fates(1, 0.2, calls=2000) if fault]
    throttled = [fault for fault in found if fault.code]
    done = [fault for fault in found if fault.done]
    assert len(found) / 2000 == pytest.approx(0.2, abs=0.03)
    assert len(throttled) / len(found) == pytest.approx(0.5, abs=0.1)
    assert len(done) / len(found) == pytest.approx(0.25, abs=0.1)


@pytest.mark.parametrize(
    ("error", "message", "clean"),
    [
        ("botocore.errorfactory.ThrottlingException", INJECTED, True),
        ("clickstream.catalog.PublicationConflict", "publish again", True),
        ("clickstream.athena.QueryFailed", f"Athena query q: {SLOW_DOWN}", True),
        ("clickstream.athena.QueryFailed", "Athena query q: COLUMN_NOT_FOUND: line 1:8", False),
        ("builtins.KeyError", SLOW_DOWN, False),
    ],
)
def test_a_clean_failure_is_in_the_words_of_aws(error: str, message: str, clean: bool) -> None:
    assert is_clean(Outcome(error, message, killed=False)) == clean
