"""Each of terraform's gates refuses a broken copy and names what is wrong; a plan without its artifacts too."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from terraform_tree import TerraformFailed, TerraformTree

pytestmark = pytest.mark.slow
FMT = ("fmt", "-check", "-recursive")
VALIDATE = ("validate", "-no-color")
NAMES = ("test", "-no-color", "-filter=tests/names.tftest.hcl")
VALIDATIONS = ("test", "-no-color", "-filter=tests/validations.tftest.hcl")
ARTIFACTS = ("clickstream_transform.py", "clickstream.zip", "json_to_parquet.zip")
MWAA_ARTIFACTS = ("mwaa/plugins.zip", "mwaa/requirements.txt", "mwaa/dags")
MWAA = {"create_airflow": True, "airflow_network": {"vpc_id": "vpc-1", "private_subnet_ids": ["subnet-1", "subnet-2"]}}

# What to break (file, old, new), the gate that refuses it, and what it names.
BROKEN = {
    "a file out of form": (
        FMT, "stream.tf", "  name        = local.names.stream\n", "  name = local.names.stream\n", "stream.tf"
    ),
    "a settings file out of form": (FMT, "environments/dev.tfvars", " = 60", "=60", "environments/dev.tfvars"),
    "an argument that does not exist": (
        VALIDATE, "stream.tf", "compression_format", "compression", 'An argument named "compression" is not expected'
    ),
    "a reference to nothing": (
        VALIDATE, "job.tf", "aws_iam_role.actor", "aws_iam_role.actors", "on job.tf line"
    ),
    "a name without its environment": (
        NAMES, "names.tf", "clickstream-${role}-${var.environment}", "clickstream-${role}", "A role is not named"
    ),
    "a validation that takes everything": (
        VALIDATIONS, "variables.tf", 'can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))', "var.region != null",
        "var.region",
    ),
}  # fmt: skip


@contextmanager
def changed(tree: TerraformTree, file: str, old: str, new: str) -> Iterator[None]:
    """A file of the tree with ``new`` at the first place of ``old``, for a while."""
    path = tree.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} no longer holds {old!r}: break something else"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("what", list(BROKEN))
def test_the_gate_refuses(initialised: TerraformTree, what: str) -> None:
    gate, file, old, new, says = BROKEN[what]
    with changed(initialised, file, old, new), pytest.raises(TerraformFailed) as failure:
        initialised.run(*gate)
    assert says in " ".join(str(failure.value).split())


@pytest.mark.parametrize("missing", [*ARTIFACTS, *MWAA_ARTIFACTS])
def test_without_a_built_artifact_the_plan_names_it_and_the_command(initialised: TerraformTree, missing: str) -> None:
    asked = MWAA if missing in MWAA_ARTIFACTS else {}
    built = initialised.folder.parent / "build" / missing
    aside = built.rename(initialised.folder.parent / "aside")
    try:
        with pytest.raises(TerraformFailed) as failure:
            initialised.plan_alone("dev", **asked)
    finally:
        aside.rename(built)
    said = " ".join(str(failure.value).replace("│", "").split())
    assert f"../build/{missing} is not built. Run in the repository: python scripts/build_artifacts.py" in said
    assert said.count("is not built") == 1
