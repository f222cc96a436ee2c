from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from local_aws.lambda_functions import environment
from local_aws.lambda_functions.environment import RUNTIME_PACKAGES, environment_of, runtime_folder, source_of

CONFIGURATION = {
    "FunctionName": "f",
    "Runtime": "python3.12",
    "Version": "$LATEST",
    "MemorySize": 512,
    "Handler": "a.b",
    "Role": "arn:aws:iam::123456789012:role/the-role",
    "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/aws/lambda/f"},
    "Environment": {"Variables": {"GIVEN": "yes"}},
}


def required(name: str) -> set[str]:
    """A distribution and all that it needs."""
    needed = [Requirement(text) for text in distribution(name).requires or []]
    wanted = {one.name for one in needed if not one.marker or one.marker.evaluate({"extra": ""})}
    return {name}.union(*map(required, wanted))


def test_the_runtime_has_boto3_and_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    modules = {one: module for module, found in packages_distributions().items() for one in found}
    assert {modules[name] for name in required("boto3")} == set(RUNTIME_PACKAGES)
    links = {link.name.removesuffix(".py") for link in runtime_folder(tmp_path).iterdir()}
    assert links == set(RUNTIME_PACKAGES)


def test_a_second_environment_finds_the_runtime_there(tmp_path: Path) -> None:
    assert runtime_folder(tmp_path) == runtime_folder(tmp_path)


def test_a_runtime_that_is_not_installed_here_is_named() -> None:
    with pytest.raises(RuntimeError, match="expected no_such_package"):
        source_of("no_such_package")


def test_a_function_finds_lambdas_own_variables_and_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_USER", "x")
    monkeypatch.setenv("AWS_PROFILE", "real")
    found = environment_of(CONFIGURATION, "http://127.0.0.1:1", Path("/code"), "stream")
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == "f"
    assert found["_HANDLER"] == "a.b"
    assert found["GIVEN"] == "yes"
    assert found["AWS_ACCESS_KEY_ID"] == "the-role"
    assert not found.keys() & {"SECRET_OF_THE_USER", "AWS_PROFILE", "HOME", "PYTHONPATH", "VIRTUAL_ENV"}


def test_a_package_of_this_machine_is_never_on_the_path() -> None:
    assert "PYTHONPATH" not in environment.KEPT
