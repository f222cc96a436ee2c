"""What is taken of a plan and of the state that it leaves; what is missing is named."""

import pytest
import terraform_tree
from terraform_tree import Planned, missing_tool, with_policies


def test_a_policy_that_names_the_key_is_taken_from_the_state() -> None:
    assert with_policies({"name": "n"}, {"name": "n", "policy": '{"Statement": []}'})["policy"] == '{"Statement": []}'


def test_a_policy_that_the_provider_made_up_is_not() -> None:
    assert with_policies({"bucket": "b"}, {"bucket": "b", "policy": "mock-s3_bucket-policy"}) == {"bucket": "b"}


def test_data_sources_are_no_resources() -> None:
    data = {"address": "data.aws_x.y", "mode": "data", "type": "aws_x", "values": {}}
    module = {"root_module": {"resources": [data]}}
    assert Planned({"planned_values": module}, {"values": module}).resources == {}


def test_a_missing_terraform_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert missing_tool() == "terraform (1.9 or later) is not on the PATH"


def test_a_missing_provider_is_named_without_this_machines_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform_tree.shutil, "which", lambda name: name)
    monkeypatch.setattr(terraform_tree, "OFFLINE_PROVIDER", terraform_tree.ROOT.parent / "shared" / "no" / "install")
    assert missing_tool() == "the offline AWS provider is not there (shared/no/install beside the clone)"
