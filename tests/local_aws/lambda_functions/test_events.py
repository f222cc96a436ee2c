import json

import pytest

from local_aws.lambda_functions import events
from local_aws.lambda_functions.events import WAITS
from local_aws.lambda_functions.sandbox import Sandbox
from tests.local_aws.lambda_functions.conftest import DEAD_LETTERS, Lab

FAILS = """
import logging
def handle(event, context):
    logging.error("attempt")
    if event != "good":
        raise ValueError(f"no {event}")
"""
PATIENCE = 60  # seconds


@pytest.fixture
def fails(lab: Lab, request: pytest.FixtureRequest) -> str:
    name: str = request.node.name.replace("_", "-")[:60]
    lab.create(name, FAILS, DeadLetterConfig={"TargetArn": DEAD_LETTERS})
    return name


def attempts(lab: Lab, name: str) -> int:
    return sum('"message": "attempt"' in line for line in lab.log(name))


def test_an_event_that_succeeds_is_tried_once(lab: Lab, fails: str) -> None:
    lab.send(fails, "good")
    lab.engine.events.await_idle(PATIENCE)
    assert attempts(lab, fails) == 1
    assert lab.dead_letters() == []


def test_an_event_that_fails_is_tried_three_times_and_then_is_a_dead_letter(lab: Lab, fails: str) -> None:
    lab.send(fails, "luck")
    lab.engine.events.await_idle(PATIENCE)
    assert attempts(lab, fails) == 3
    (letter,) = lab.dead_letters()
    assert json.loads(letter["Body"]) == "luck"
    assert letter["MessageAttributes"]["ErrorMessage"]["StringValue"] == "no luck"
    assert letter["MessageAttributes"]["ErrorCode"]["StringValue"] == "200"


def test_every_attempt_has_the_same_request_id(lab: Lab, fails: str) -> None:
    lab.send(fails, "x")
    lab.engine.events.await_idle(PATIENCE)
    starts = [json.loads(line)["record"]["requestId"] for line in lab.log(fails) if "platform.start" in line]
    (letter,) = lab.dead_letters()
    assert starts == [letter["MessageAttributes"]["RequestID"]["StringValue"]] * 3


def test_retries_are_as_configured(lab: Lab, fails: str) -> None:
    lab.lambdas.put_function_event_invoke_config(
        FunctionName=fails, MaximumRetryAttempts=0, MaximumEventAgeInSeconds=21600
    )
    lab.send(fails, "x")
    lab.engine.events.await_idle(PATIENCE)
    assert attempts(lab, fails) == 1
    assert len(lab.dead_letters()) == 1


def test_an_invocation_that_is_killed_is_tried_again(lab: Lab, fails: str) -> None:
    killed: list[Sandbox] = []

    def kill_the_first(sandbox: Sandbox) -> None:
        if not killed:
            killed.append(sandbox)
            sandbox.kill()

    lab.engine.function(fails).disturb = kill_the_first
    lab.send(fails, "good")
    lab.engine.events.await_idle(PATIENCE)
    assert attempts(lab, fails) == 1
    assert lab.dead_letters() == []


def test_a_throttled_event_waits_and_no_attempt_is_counted(
    lab: Lab, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "THROTTLED_WAITS", (1.0, 8.0))
    function = lab.engine.function(fails)
    lab.lambdas.put_function_concurrency(FunctionName=fails, ReservedConcurrentExecutions=0)
    lab.send(fails, "good")
    with pytest.raises(TimeoutError, match="1 events still wait"):
        lab.engine.events.await_idle(0.3)
    function.reserved = 1
    lab.engine.events.await_idle(PATIENCE)
    assert attempts(lab, fails) == 1


def test_an_event_that_waited_too_long_is_a_dead_letter(lab: Lab, fails: str) -> None:
    lab.lambdas.put_function_concurrency(FunctionName=fails, ReservedConcurrentExecutions=0)
    lab.lambdas.put_function_event_invoke_config(FunctionName=fails, MaximumEventAgeInSeconds=60)
    lab.send(fails, "good")
    lab.engine.events.await_idle(PATIENCE)
    (letter,) = lab.dead_letters()
    assert letter["MessageAttributes"]["ErrorCode"]["StringValue"] == "429"


def test_a_dead_letter_that_cannot_be_sent_is_reported(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    sqs = lab.client("sqs")
    url = sqs.create_queue(QueueName="short-lived")["QueueUrl"]
    target = DEAD_LETTERS.replace("dead-letters", "short-lived")
    lab.create("loses", FAILS, DeadLetterConfig={"TargetArn": target})
    sqs.delete_queue(QueueUrl=url)
    lab.send("loses", "x")
    lab.engine.events.await_idle(PATIENCE)
    assert "a dead letter for short-lived is lost" in capsys.readouterr().err


def test_retries_wait_as_long_as_lambda_waits() -> None:
    assert WAITS == (60, 120)
