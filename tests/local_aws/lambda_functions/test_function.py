import threading
from collections.abc import Callable

import pytest

from local_aws.lambda_functions.function import Function, Throttled
from local_aws.lambda_functions.sandbox import Event, Sandbox
from tests.local_aws.lambda_functions.conftest import Lab, package

SLEEP = "import os, time\ndef handle(event, context):\n    time.sleep(event or 0)\n    return os.getpid()"


@pytest.fixture
def made(lab: Lab, request: pytest.FixtureRequest) -> Function:
    name = request.node.name.replace("_", "-")[:60]
    lab.create(name, SLEEP)
    return lab.engine.function(name)


def at_work(function: Function, seconds: float = 600) -> Callable[[], None]:
    """Starts an invocation that lasts, and returns what waits for its end."""
    began = threading.Event()
    function.disturb = lambda sandbox: began.set()
    thread = threading.Thread(target=function.invoke, args=[Event("long", str(seconds))], daemon=True)
    thread.start()
    assert began.wait(60)
    return thread.join


def test_an_environment_that_is_free_is_used_again(made: Function) -> None:
    assert made.invoke(Event("1", "0")) == made.invoke(Event("2", "0"))


def test_no_more_are_at_work_than_are_reserved(made: Function) -> None:
    made.reserved = 1
    wait = at_work(made)
    with pytest.raises(Throttled, match="Rate Exceeded"):
        made.invoke(Event("2", "0"))
    made.reserved = 2
    made.invoke(Event("3", "0"))
    made.end()
    wait()


def test_new_code_takes_the_next_event(made: Function) -> None:
    made.invoke(Event("1", "0"))
    lambdas = made.place.client("lambda", made.configuration)
    fresh = package({"toy.py": "def handle(event, context): return 'new'"})
    lambdas.update_function_code(FunctionName=made.configuration["FunctionName"], ZipFile=fresh)
    assert made.invoke(Event("2", "0")).payload == '"new"'


def test_what_is_at_work_goes_on_with_the_old_code_and_is_not_used_again(made: Function) -> None:
    wait = at_work(made, seconds=0.5)
    made.update(dict(made.configuration), made.code.parent / "elsewhere")
    wait()
    assert made._warm == []


def test_an_environment_that_was_killed_is_not_used_again(made: Function) -> None:
    made.disturb = Sandbox.kill
    assert made.invoke(Event("1", "0")).failed
    made.disturb = lambda sandbox: None
    assert not made.invoke(Event("2", "0")).failed


def test_an_end_is_the_end_of_what_is_at_work_too(made: Function) -> None:
    wait = at_work(made)
    made.end()
    wait()
    with pytest.raises(Throttled):
        made.invoke(Event("2", "0"))
