"""`make audit` sees a break of each kind, and a tool that is missing is a failure where CI runs it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from terraform_tree import LEFT_BEHIND, NOT_OFFLINE, ROOT, provider_configuration

from tests.terraform.missing import missing

pytestmark = pytest.mark.slow
SHARED = (
    ".venv", "dags", "plugins", "glue_scripts", "sql", "requirements.txt", "requirements-audit.txt",
    "requirements-lambda.txt",
)  # fmt: skip
COPIED = (
    *(f"scripts/{name}" for name in (
        "audit_terraform.sh", "plan_audited.py", "terraform_tree.py", "build_artifacts.py", "function_package.py",
    )),
    "local_aws/stack.json",
)  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the audit reads."""
    shutil.copytree(ROOT / "terraform", tmp_path / "terraform", ignore=LEFT_BEHIND)
    for file in COPIED:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    for name in SHARED:
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def audit(tree: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """The audit of a tree, with the tools that an audit of this checkout brings."""
    cache = os.environ.get("CLICKSTREAM_CACHE") or str(ROOT / ".cache")
    return subprocess.run(
        ["/bin/sh", "scripts/audit_terraform.sh"],
        cwd=tree,
        env={**os.environ, **provider_configuration(), "CLICKSTREAM_CACHE": cache, **environ},
        capture_output=True,
        text=True,
        timeout=900,
    )


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_tflint_sees_what_nobody_uses(tree: Path) -> None:
    if not (shutil.which("tflint") or shutil.which("go")) and os.environ.get("CI") != "true":
        pytest.skip("neither tflint nor Go is on the PATH")
    change(tree / "terraform" / "names.tf", "locals {\n", 'locals {\n  nobody = "x"\n')
    done = audit(tree)
    assert (done.returncode, "terraform_unused_declarations" in done.stdout) == (2, True), done.stderr


def test_parliament_sees_an_action_of_mwaas_that_does_not_exist(tree: Path) -> None:
    if not (provider_configuration() or "TF_CLI_CONFIG_FILE" in os.environ):
        missing(NOT_OFFLINE, on_github=False)
    change(tree / "terraform" / "policy_mwaa.tf", '"sqs:SendMessage"', '"sqs:SendMessages"')
    done = audit(tree)
    assert done.returncode != 0
    assert "Unknown action sqs:SendMessages" in done.stdout
    assert "parliament: clean" not in done.stdout


def test_checkov_sees_a_bucket_that_may_be_public_and_mwaas_logs_that_are_off(tree: Path) -> None:
    """MWAA is not made by default, and checkov looks at no resource that is not made."""
    change(tree / "terraform" / "buckets.tf", "block_public_policy     = true", "block_public_policy     = false")
    change(tree / "terraform" / "airflow.tf", *(f"worker_logs {{\n      enabled   = {on}" for on in ("true", "false")))
    done = audit(tree)
    assert "parliament: clean" in done.stdout
    assert [check in done.stdout for check in ("CKV_AWS_54", "CKV_AWS_243")] == [True, True], done.stderr
    assert done.returncode == 1


def test_checkov_sees_what_only_the_plan_can_tell(tree: Path) -> None:
    """In the HCL it is an expression on another file's content, which checkov lets pass."""
    if not (provider_configuration() or "TF_CLI_CONFIG_FILE" in os.environ):
        missing(NOT_OFFLINE, on_github=False)
    enforced = "enforce_workgroup_configuration    = "
    change(tree / "terraform" / "athena.tf", f"{enforced}true", f"{enforced}length(local.pipeline.names) > 99")
    done = audit(tree)
    assert "CKV_AWS_82:" in done.stdout, done.stderr
    of_hcl, of_plan = re.findall(r"Failed checks: (\d+)", done.stdout)
    assert (int(of_hcl), int(of_plan) > 0) == (0, True)
    assert done.returncode == 1


@pytest.mark.parametrize(("ci", "fails"), [("true", True), ("", False)])
def test_a_missing_tflint_fails_where_ci_runs_it(tree: Path, tmp_path: Path, ci: str, fails: bool) -> None:
    """With nothing on the PATH but what the script itself needs; the run ends at the empty list of policies."""
    (tree / "local_aws" / "stack.json").write_text('{"resources": []}', encoding="utf-8")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "mktemp", "rm", "cmp", "cp", "grep"):
        (tools / name).symlink_to(shutil.which(name) or sys.exit(f"{name} is not here"))
    cache = tmp_path / "cache" / "audit"
    cache.mkdir(parents=True)
    shutil.copy(ROOT / "requirements-audit.txt", cache / ".installed")
    done = audit(tree, PATH=str(tools), CI=ci, CLICKSTREAM_CACHE=str(cache.parent))
    assert ("expected tflint" in done.stderr) == fails
    assert ("tflint: not run" in done.stdout) != fails
    assert ("MWAA's policies are not read: terraform (1.9 or later) is not on the PATH" in done.stderr) != fails
    assert done.returncode == 1
