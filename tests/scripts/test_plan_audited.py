"""What an audit reads: every policy, of a plan where there can be one."""

from pathlib import Path
from typing import NoReturn

import plan_audited
import pytest
from plan_audited import main, planned, policies, resources_of_the_stack
from terraform_tree import MissingTool


def without_terraform(folder: Path) -> NoReturn:
    raise MissingTool("no terraform here")


def test_policies_of_roles_and_topics_are_read_and_others_are_not() -> None:
    resources = {
        "a": {"type": "aws_iam_policy", "values": {"policy": "{}"}},
        "b": {"type": "aws_kms_key", "values": {"policy": "{}"}},
        "c": {"type": "aws_sns_topic_policy", "values": {"policy": "[]"}},
    }
    assert policies(resources) == {"00-aws_iam_policy.json": "{}", "01-aws_sns_topic_policy.json": "[]"}


def test_a_plan_without_policies_is_not_clean() -> None:
    with pytest.raises(ValueError, match="no policy in the plan"):
        policies({})


def test_without_a_plan_the_local_stacks_policies_are_read_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(plan_audited, "TerraformTree", without_terraform)
    main([str(tmp_path / "audited")])
    assert "MWAA's policies are not read: no terraform here" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "audited").iterdir()} == {"policies"}
    assert len(list((tmp_path / "audited" / "policies").iterdir())) == len(policies(resources_of_the_stack())) == 9


@pytest.mark.parametrize(("github", "fails"), [("", True), ("true", False)])
def test_ci_does_not_pass_by_skipping(monkeypatch: pytest.MonkeyPatch, github: str, fails: bool) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_ACTIONS", github)
    monkeypatch.setattr(plan_audited, "TerraformTree", without_terraform)
    if fails:
        with pytest.raises(MissingTool):
            planned()
    else:
        assert planned() is None
