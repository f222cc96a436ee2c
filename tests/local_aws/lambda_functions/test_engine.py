import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.lambda_functions.engine import checked_payload
from tests.local_aws.lambda_functions.conftest import DEAD_LETTERS, Lab, function


def test_a_function_reads_back_as_it_was_created(lab: Lab) -> None:
    made = lab.create("reads-back", Description="d", Tags={"a": "b"}, Architectures=["arm64"])
    found = lab.lambdas.get_function(FunctionName="reads-back")
    assert found["Configuration"] == {name: value for name, value in made.items() if name != "ResponseMetadata"}
    assert (found["Tags"], "Concurrency" in found) == ({"a": "b"}, False)


def test_reserved_concurrency_reads_back(lab: Lab) -> None:
    lab.create("reserved")
    lab.lambdas.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=7)
    assert lab.lambdas.get_function(FunctionName="reserved")["Concurrency"] == {"ReservedConcurrentExecutions": 7}


def test_settings_of_events_read_back(lab: Lab) -> None:
    lab.create("settings")
    with refused("ResourceNotFoundException"):
        lab.lambdas.get_function_event_invoke_config(FunctionName="settings")
    asked = {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}
    lab.lambdas.put_function_event_invoke_config(FunctionName="settings", **asked)
    assert asked.items() <= lab.lambdas.get_function_event_invoke_config(FunctionName="settings").items()


def test_permissions_read_back(lab: Lab) -> None:
    lab.create("permitted")
    with refused("ResourceNotFoundException"):
        lab.lambdas.get_policy(FunctionName="permitted")
    added = lab.lambdas.add_permission(
        FunctionName="permitted", StatementId="a", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    policy = json.loads(lab.lambdas.get_policy(FunctionName="permitted")["Policy"])
    assert policy["Statement"] == [json.loads(added["Statement"])]


def test_new_code_is_invoked(lab: Lab) -> None:
    lab.create("renewed")
    before = lab.lambdas.get_function(FunctionName="renewed")["Configuration"]
    code = function("renewed", "def handle(event, context): return 'new'")["Code"]
    after = lab.lambdas.update_function_code(FunctionName="renewed", **code)
    assert after["CodeSha256"] != before["CodeSha256"]
    assert lab.invoke("renewed") == "new"


def test_a_function_that_was_deleted_is_gone(lab: Lab) -> None:
    lab.create("gone")
    lab.invoke("gone")
    lab.lambdas.delete_function(FunctionName="gone")
    with refused("ResourceNotFoundException"):
        lab.invoke("gone")
    lab.create("gone")


def test_a_name_is_taken_once(lab: Lab) -> None:
    lab.create("taken")
    with refused("ResourceConflictException"):
        lab.create("taken")


def test_a_queue_that_is_not_there_takes_no_dead_letters(lab: Lab) -> None:
    with refused("InvalidParameterValueException"):
        lab.create("no-queue", DeadLetterConfig={"TargetArn": f"{DEAD_LETTERS}-x"})


def test_a_function_may_be_named_by_its_arn(lab: Lab) -> None:
    arn = lab.create("by-arn")["FunctionArn"]
    assert lab.invoke(arn, {"a": 1}) == {"a": 1}
    assert lab.lambdas.get_function(FunctionName=arn)["Configuration"]["FunctionName"] == "by-arn"


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a version": ("invoke", {"Qualifier": "1"}),
    "a dry run": ("invoke", {"InvocationType": "DryRun"}),
    "the log in the answer": ("invoke", {"LogType": "Tail"}),
    "a destination": (
        "put_function_event_invoke_config", {"DestinationConfig": {"OnFailure": {"Destination": DEAD_LETTERS}}},
    ),
    "another configuration": ("update_function_configuration", {"Timeout": 5}),
    "versions": ("publish_version", {}),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_there_is_not_is_refused(lab: Lab, what: str) -> None:
    if "refusing" not in lab.engine._functions:
        lab.create("refusing")
    operation, arguments = REFUSED[what]
    with refused("UnsupportedOperationException"):
        getattr(lab.lambdas, operation)(FunctionName="refusing", **arguments)


def test_an_event_is_json(lab: Lab) -> None:
    lab.create("json")
    with refused("InvalidRequestContentException"):
        lab.lambdas.invoke(FunctionName="json", Payload=b"{")


def test_a_function_that_may_have_no_environment_is_throttled(lab: Lab) -> None:
    lab.create("throttled")
    lab.lambdas.put_function_concurrency(FunctionName="throttled", ReservedConcurrentExecutions=0)
    with refused("TooManyRequestsException"):
        lab.invoke("throttled")


@pytest.mark.parametrize("value", [-1, 1001])
def test_more_than_the_account_has_cannot_be_reserved(lab: Lab, value: int) -> None:
    if "reserving" not in lab.engine._functions:
        lab.create("reserving")
    with pytest.raises(Exception, match="ReservedConcurrentExecutions|Invalid range"):
        lab.lambdas.put_function_concurrency(FunctionName="reserving", ReservedConcurrentExecutions=value)


def test_an_event_has_a_largest_size() -> None:
    assert checked_payload(b'"x"', 3) == '"x"'
    with pytest.raises(Exception, match="expected at most 2 bytes, got 3"):
        checked_payload(b'"x"', 2)


def refused(code: str) -> Any:
    return pytest.raises(ClientError, match=code)
