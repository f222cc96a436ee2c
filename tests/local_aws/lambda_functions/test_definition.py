from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.errors import ServiceError
from local_aws.lambda_functions.definition import check, configuration, dead_letter_queue, name_of
from tests.local_aws.lambda_functions.conftest import DEAD_LETTERS, function

NOW = datetime(2024, 12, 25, tzinfo=UTC)


def test_a_configuration_has_lambdas_defaults() -> None:
    request = {name: value for name, value in function("f").items() if name not in ("Timeout", "MemorySize")}
    made = configuration(request, NOW, {"CodeSize": 1})
    assert (made["Timeout"], made["MemorySize"], made["Architectures"]) == (3, 128, ["x86_64"])
    assert (made["LastModified"], made["CodeSize"]) == ("2024-12-25T00:00:00.000+0000", 1)
    assert made["LoggingConfig"]["LogGroup"] == "/aws/lambda/f"


def test_a_configuration_says_what_was_asked_for() -> None:
    asked = {
        "Description": "d", "KMSKeyArn": "k", "Architectures": ["arm64"], "Timeout": 120, "MemorySize": 1024,
        "DeadLetterConfig": {"TargetArn": DEAD_LETTERS}, "Environment": {"Variables": {"A": "b"}},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "group"},
    }  # fmt: skip
    made = configuration(function("f", **asked), NOW, {})
    assert asked.items() <= made.items()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a container": ({"PackageType": "Image"}, "PackageType"),
    "layers": ({"Layers": ["arn"]}, "Layers"),
    "a network": ({"VpcConfig": {"SubnetIds": ["s"]}}, "VpcConfig"),
    "tracing": ({"TracingConfig": {"Mode": "Active"}}, "TracingConfig"),
    "a larger disk": ({"EphemeralStorage": {"Size": 1024}}, "EphemeralStorage"),
    "a version": ({"Publish": True}, "Publish"),
    "another runtime": ({"Runtime": "nodejs22.x"}, "nodejs22.x"),
    "log lines as text": ({"LoggingConfig": {"LogFormat": "Text"}}, "LoggingConfig"),
    "log levels": ({"LoggingConfig": {"LogFormat": "JSON", "SystemLogLevel": "WARN"}}, "LoggingConfig"),
    "a topic for dead letters": (
        {"DeadLetterConfig": {"TargetArn": DEAD_LETTERS.replace("sqs", "sns")}},
        "dead-letter",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_true_here_is_refused(what: str) -> None:
    settings, named = REFUSED[what]
    with pytest.raises(ServiceError, match=named) as error:
        configuration(function("f", **settings), NOW, {})
    assert error.value.code == "UnsupportedOperationException"


WRONG: dict[str, dict[str, Any]] = {
    "a name with a dot": {"FunctionName": "a.b"},
    "no role": {"Role": ""},
    "no handler": {"Handler": ""},
    "no time": {"Timeout": 0},
    "too much time": {"Timeout": 901},
    "too little memory": {"MemorySize": 127},
    "an unknown architecture": {"Architectures": ["riscv"]},
    "a variable of Lambda's": {"Environment": {"Variables": {"AWS_REGION": "x"}}},
    "too many variables": {"Environment": {"Variables": {"A": "x" * 4096}}},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_lambda_refuses_is_refused(what: str) -> None:
    check(function("f"))
    with pytest.raises(ServiceError) as error:
        check(function("f", **WRONG[what]))
    assert error.value.code == "InvalidParameterValueException"


@pytest.mark.parametrize(
    "reference", ["f", "arn:aws:lambda:eu-west-1:123456789012:function:f", "123456789012:function:f", "function:f"]
)
def test_a_function_is_named_in_every_way_of_lambda(reference: str) -> None:
    assert name_of(reference) == "f"


def test_a_version_of_a_function_is_refused() -> None:
    with pytest.raises(ServiceError, match="versions and aliases"):
        name_of("f:1")


def test_a_function_without_dead_letters_has_no_queue() -> None:
    assert dead_letter_queue({}) is None
    assert dead_letter_queue({"DeadLetterConfig": {"TargetArn": DEAD_LETTERS}}) == "dead-letters"
