"""The triggers' judgement where Glue answers what the local one never does; else see test_crawl and test_transform."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.glue_crawler import GlueCrawlerHook
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from botocore.exceptions import EndpointConnectionError

from clickstream_airflow.glue_triggers import GlueTrigger, JobRunTrigger, RegisterPartitionTrigger, require_success
from tests.plugins.clickstream_airflow.tasks import client_error, first_event


def common() -> dict[str, Any]:
    until = datetime.now(UTC) + timedelta(seconds=5)
    return {"give_up_at": until, "waiter_delay": 0.01, "aws_conn_id": "aws_default", "region_name": "eu-west-1"}


def trigger() -> JobRunTrigger:
    return JobRunTrigger(job_name="job", run_id="jr_1", **common())


def register() -> RegisterPartitionTrigger:
    where = {"database_name": "d", "table_name": "t", "values": ["2024", "12", "25"]}
    return RegisterPartitionTrigger(crawler_name="crawler", gather=0.01, **where, **common())


class Client:
    """Answers GetJobRun and GetCrawler from a list, whose errors it throws; there is no partition."""

    class exceptions:
        EntityNotFoundException = CrawlerRunningException = KeyError

    def __init__(self, answers: list[Any]) -> None:
        self.left = answers
        self.started = 0

    def _next(self) -> Any:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def get_job_run(self, **request: str) -> dict[str, Any]:
        return {"JobRun": {"JobRunState": self._next()}}

    async def get_crawler(self, **request: str) -> dict[str, Any]:
        state, last = self._next()
        return {"Crawler": {"State": state, **({"LastCrawl": last} if last else {})}}

    async def get_partition(self, **request: Any) -> None:
        raise KeyError

    async def start_crawler(self, **request: str) -> None:
        self.started += 1


def answered(monkeypatch: pytest.MonkeyPatch, *answers: Any, asked: GlueTrigger | None = None) -> tuple[Any, Client]:
    """The trigger's event where Glue answers so, and the client with the answers left over."""
    client = Client(list(answers))

    @asynccontextmanager
    async def connected() -> AsyncIterator[Client]:
        yield client

    async def connect(hook: GlueCrawlerHook) -> Any:
        return connected()

    monkeypatch.setattr(GlueCrawlerHook, "get_async_conn", connect)
    return asyncio.run(first_event(asked or trigger())), client


@pytest.mark.parametrize("before", [None, {"Status": "FAILED", "StartTime": 1, "ErrorMessage": "old"}])
def test_a_crawl_that_glue_shows_late_is_not_taken_for_the_one_before(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, Any] | None
) -> None:
    ours = {"Status": "FAILED", "StartTime": 2, "ErrorMessage": "no right to list"}
    shown = [("RUNNING", before), ("READY", before), ("READY", before), ("RUNNING", before), ("READY", ours)]
    event, client = answered(monkeypatch, *shown, asked=register())
    assert client.started == 1
    assert event["message"].startswith("Glue crawler 'crawler' ended FAILED: no right to list")


@pytest.mark.parametrize("state", ["FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED", "SOMETHING_NEW"])
def test_every_end_but_success_fails_for_good(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    event, _ = answered(monkeypatch, state)
    with pytest.raises(
        AirflowFailException, match=f"^Glue run ended {state}: no message from Glue\n.*jr_1 of job; its"
    ):
        require_success(event)


def test_states_on_the_way_are_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    event, client = answered(monkeypatch, "WAITING", "STARTING", "RUNNING", "STOPPING", "SUCCEEDED")
    assert (event, client.left) == ({"status": "success"}, [])


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("InternalServiceException", 500),
        client_error("OperationTimeoutException"),
        EndpointConnectionError(endpoint_url="x"),
    ],
    ids=["throttled", "server failure", "timeout", "no connection"],
)
def test_a_look_that_failed_for_now_is_taken_again(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    event, client = answered(monkeypatch, error, error, "SUCCEEDED")
    assert (event, client.left) == ({"status": "success"}, [])


def test_a_look_that_is_not_allowed_is_no_success_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    event, client = answered(monkeypatch, client_error("AccessDeniedException"), "SUCCEEDED")
    assert client.left == ["SUCCEEDED"]
    with pytest.raises(AirflowException, match="so it is") as error:
        require_success(event)
    assert not isinstance(error.value, AirflowFailException)


def test_no_event_is_no_success() -> None:
    with pytest.raises(AirflowException, match="without an answer"):
        require_success(None)
