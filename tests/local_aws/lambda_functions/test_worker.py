"""What a function finds, and what becomes of what it does, in the interpreter in which it runs."""

import json
from typing import Any

import pytest

from tests.local_aws.lambda_functions.conftest import Lab, function, package

LOOK = """
import json, os, sys, time
LOADED = time.monotonic()
def handle(event, context):
    return {"path": sys.path, "argv": sys.argv, "environment": dict(os.environ), "folder": os.getcwd(),
            "context": {name: str(getattr(context, name)) for name in dir(context) if name[0] != "_"},
            "remaining": context.get_remaining_time_in_millis(), "loaded": LOADED, "event": event}
"""


@pytest.fixture(scope="module")
def look(lab: Lab) -> Any:
    lab.create("look", LOOK, Environment={"Variables": {"GIVEN": "yes"}})
    return lab.invoke("look", {"a": [1, "ü", None]})


def test_a_handler_gets_the_event_and_its_context(look: Any) -> None:
    assert look["event"] == {"a": [1, "ü", None]}
    context = look["context"]
    assert context["function_name"] == "look"
    assert context["memory_limit_in_mb"] == "512"
    assert context["log_group_name"] == "/aws/lambda/look"
    assert context["invoked_function_arn"].endswith(":function:look")
    assert 0 < look["remaining"] <= 60_000


def test_a_function_sees_its_package_the_standard_library_and_the_runtime_alone(look: Any) -> None:
    first, *middle, last = look["path"]
    assert (first, last.rpartition("/")[2]) == (look["folder"], "runtime")
    assert not [entry for entry in middle if "site-packages" in entry]
    assert look["environment"]["LAMBDA_TASK_ROOT"] == look["folder"]


def test_a_warm_environment_keeps_what_was_loaded(lab: Lab, look: Any) -> None:
    assert lab.invoke("look")["loaded"] == look["loaded"]


@pytest.mark.parametrize("name", ["pytest", "moto", "duckdb", "pandas", "airflow", "clickstream", "local_aws"])
def test_what_this_machine_has_cannot_be_imported(lab: Lab, name: str) -> None:
    """Each of these can be imported here, in the tests' own interpreter, or nothing would be shown."""
    lab.create(f"imports-{name}", f"import {name}\ndef handle(event, context): return 1")
    error = lab.invoke(f"imports-{name}")
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert error["errorMessage"] == f"Unable to import module 'toy': No module named '{name}'"


FAILURES = {
    "its own exception": ("def handle(e, c):\n    raise KeyError('x')", "KeyError", "'x'"),
    "no such function": ("def other(): pass", "Runtime.HandlerNotFound", "Handler 'handle' missing on module 'toy'"),
    "no Python": ("def handle(", "Runtime.UserCodeSyntaxError", "Syntax error in module 'toy'"),
    "fails at its import": ("1 / 0", "ZeroDivisionError", "division by zero"),
    "an answer that is no JSON": ("def handle(e, c): return {1, 2}", "Runtime.MarshalError", "Unable to marshal"),
    "exits": ("import sys\ndef handle(e, c): sys.exit(3)", "Runtime.ExitError", "with error: exit status 3"),
    "exits as if all were well": (
        "import sys\ndef handle(e, c): sys.exit(0)",
        "Runtime.ExitError",
        "without providing",
    ),
}


@pytest.mark.parametrize("what", FAILURES)
def test_a_function_that_fails_says_how(lab: Lab, what: str) -> None:
    source, kind, message = FAILURES[what]
    name = what.replace(" ", "-")
    lab.create(name, source)
    error = lab.invoke(name)
    assert error["errorType"] == kind
    assert message in error["errorMessage"]


def test_a_stack_trace_holds_the_functions_own_frames(lab: Lab) -> None:
    lab.create("deep", "def handle(e, c):\n    inner()\ndef inner():\n    raise ValueError('bad')")
    trace = lab.invoke("deep")["stackTrace"]
    assert ["in handle" in trace[0], "in inner" in trace[1], len(trace)] == [True, True, 2]
    assert "toy.py" in trace[0]


def test_a_handler_without_a_module_is_malformed(lab: Lab) -> None:
    lab.create("malformed", Handler="handle")
    assert lab.invoke("malformed")["errorType"] == "Runtime.MalformedHandlerName"


def test_a_handler_may_be_in_a_package(lab: Lab) -> None:
    files = {"pack/__init__.py": "", "pack/module.py": "def handle(event, context): return __name__"}
    lab.lambdas.create_function(
        **{**function("packed", Handler="pack.module.handle"), "Code": {"ZipFile": package(files)}}
    )
    assert lab.invoke("packed") == "pack.module"


LOG = """
import logging
def handle(event, context):
    print("as it is")
    logging.getLogger("mine").info("said %s", 1)
    logging.getLogger().debug("too fine")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("caught")
    return context.aws_request_id
"""


def test_what_it_logs_is_structured_and_what_it_prints_is_not(lab: Lab) -> None:
    lab.create("talks", LOG)
    request = lab.invoke("talks")
    start, printed, said, caught, report = lab.log("talks")
    assert printed == "as it is"
    entry = json.loads(said)
    assert (entry["level"], entry["message"], entry["logger"]) == ("INFO", "said 1", "mine")
    assert {entry["requestId"], json.loads(start)["record"]["requestId"]} == {request}
    assert json.loads(caught)["errorType"] == "ZeroDivisionError"
    assert json.loads(report)["record"]["status"] == "success"


def test_boto3_calls_the_local_aws_as_the_functions_role(lab: Lab) -> None:
    source = """
import boto3
def handle(event, context):
    client = boto3.client("s3")
    client.list_buckets()
    return [client.meta.endpoint_url, boto3.Session().get_credentials().access_key]
"""
    lab.create("calls", source)
    assert lab.invoke("calls") == [lab.aws.endpoint_url, "toy"]
