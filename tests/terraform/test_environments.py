"""What environments/*.tfvars say arrives, and the example of a remote state is one that Terraform takes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from terraform_tree import ROOT, Planned, TerraformFailed, TerraformTree, run_terraform

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]

# Seconds and MiB, whichever is reached first: events are fresh in dev, objects large in prod.
BUFFERS = {"local": (60, 5), "dev": (60, 5), "prod": (300, 128)}
EXAMPLE = (ROOT / "terraform" / "backend.tf.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", list(BUFFERS))
def test_firehose_buffers_as_long_as_the_environment_says(planned: Planner, environment: str) -> None:
    (stream,) = planned(environment).of_type("aws_kinesis_firehose_delivery_stream").values()
    target = stream["extended_s3_configuration"][0]
    assert (target["buffering_interval"], target["buffering_size"]) == BUFFERS[environment]


def test_the_example_of_a_remote_state_is_formatted(initialised: TerraformTree, tmp_path: Path) -> None:
    (tmp_path / "backend.tf").write_text(EXAMPLE, encoding="utf-8")
    run_terraform(tmp_path, initialised.environ, "fmt", "-check")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", "No valid credential sources found"),  # it is understood: what is missing is an account
        ("use_lockfile", "use_lock", "Unsupported argument"),
        ('key          = "', 'key          = "/', "must not start or end with"),
    ],
    ids=["as it is", "an argument that does not exist", "a key that S3 takes for another"],
)
def test_terraform_takes_the_example_of_a_remote_state(
    initialised: TerraformTree, tmp_path: Path, old: str, new: str, says: str
) -> None:
    """Up to the point where it would look into the bucket; these tests have nobody's credentials."""
    if version(initialised) < (1, 10):
        pytest.skip("the example's use_lockfile needs Terraform 1.10, as it says")
    (tmp_path / "backend.tf").write_text(EXAMPLE.replace(old, new) if old else EXAMPLE, encoding="utf-8")
    with pytest.raises(TerraformFailed, match=says):
        run_terraform(tmp_path, initialised.environ, "init", "-input=false", "-no-color")


def version(tree: TerraformTree) -> tuple[int, ...]:
    """Major and minor of the machine's terraform."""
    told = json.loads(tree.run("version", "-json"))["terraform_version"]
    return tuple(int(part) for part in told.split(".")[:2])
