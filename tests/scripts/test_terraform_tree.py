"""What is taken of a plan and of the state that it leaves; what is missing is named."""

from pathlib import Path

import pytest
import terraform_tree
from terraform_tree import (
    MissingTool,
    Planned,
    TerraformFailed,
    TerraformTree,
    provider_configuration,
    with_policies,
    without_account,
)


def test_a_policy_that_names_the_key_is_taken_from_the_state() -> None:
    assert with_policies({"name": "n"}, {"name": "n", "policy": '{"Statement": []}'})["policy"] == '{"Statement": []}'


def test_a_policy_that_the_provider_made_up_is_not() -> None:
    assert with_policies({"bucket": "b"}, {"bucket": "b", "policy": "mock-s3_bucket-policy"}) == {"bucket": "b"}


def test_data_sources_are_no_resources() -> None:
    data = {"address": "data.aws_x.y", "mode": "data", "type": "aws_x", "values": {}}
    module = {"root_module": {"resources": [data]}}
    assert Planned({"planned_values": module}, {"values": module}).resources == {}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no provider beside the clone, and a terraform of the test's making: ``bin/terraform``."""
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.setattr(terraform_tree, "OFFLINE_PROVIDER", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def make_terraform(folder: Path, script: str) -> None:
    command = folder / "bin" / "terraform"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o700)


def test_a_missing_terraform_is_named(elsewhere: Path) -> None:
    with pytest.raises(MissingTool, match=r"terraform \(1\.9 or later\) is not on the PATH"):
        TerraformTree(elsewhere / "tree")


def test_without_network_or_configuration_there_is_no_provider(elsewhere: Path) -> None:
    make_terraform(elsewhere, "echo 'Error: Failed to query available provider packages' >&2; exit 1")
    with pytest.raises(MissingTool, match="finds no AWS provider"):
        TerraformTree(elsewhere / "tree")


def test_another_failure_of_init_is_no_missing_tool(elsewhere: Path) -> None:
    make_terraform(elsewhere, "echo 'Error: Invalid block definition' >&2; exit 1")
    with pytest.raises(TerraformFailed, match="Invalid block") as failure:
        TerraformTree(elsewhere / "tree")
    assert not isinstance(failure.value, MissingTool)


@pytest.mark.parametrize(("arn", "offline"), [('"arn": "arn:aws:kms:x"', True), ("", False)], ids=["known", "unknown"])
def test_only_a_provider_that_makes_things_up_applies(elsewhere: Path, arn: str, offline: bool) -> None:
    """Nothing is applied with one that calls AWS: before there is a key, it knows no ARN of one."""
    key = f'{{"address": "aws_kms_key.data", "values": {{{arn}}}}}'
    planned = f'{{"planned_values": {{"root_module": {{"resources": [{key}]}}}}}}'
    make_terraform(elsewhere, f"echo $1 >> {elsewhere}/called; [ $1 != show ] || echo '{planned}'; [ $1 != apply ]")
    tree = TerraformTree(elsewhere / "tree")
    assert tree.calls_no_api is offline
    with pytest.raises(TerraformFailed, match="apply" if offline else "calls AWS"):
        tree.plan("dev")
    called = (elsewhere / "called").read_text(encoding="utf-8").split()
    assert ("apply" in called) is offline


def test_the_users_configuration_is_not_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "terraformrc"
    mine.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(mine))
    assert provider_configuration() == {}


def test_a_configuration_that_is_not_there_counts_as_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    provider = tmp_path / "provider" / "install"
    provider.parent.mkdir()
    provider.write_text("#!/bin/sh\necho /offline\n")
    provider.chmod(0o700)
    monkeypatch.setattr(terraform_tree, "OFFLINE_PROVIDER", provider)
    monkeypatch.setattr(terraform_tree, "_CACHE", tmp_path)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "none"))
    assert provider_configuration() == {"TF_CLI_CONFIG_FILE": "/offline"}


def test_credentials_of_a_tree_open_nothing(elsewhere: Path) -> None:
    """terraform merges *_override.tf over the provider's own block."""
    make_terraform(elsewhere, "exit 0")
    override = (TerraformTree(elsewhere / "tree").folder / "unreachable_override.tf").read_text(encoding="utf-8")
    assert 'access_key                  = "none"' in override


def test_terraform_finds_neither_the_users_account_nor_a_local_aws_that_another_test_runs() -> None:
    given = {"AWS_PROFILE": "prod", "AWS_ENDPOINT_URL": "http://127.0.0.1:4577", "PATH": "/bin"}
    left = without_account(given)
    assert left.pop("PATH") == "/bin"
    assert left == {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
