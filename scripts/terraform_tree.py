"""Our Terraform without an account: a copy in which a provider plans, and applies to a throw-away state.

Needs terraform and a provider that calls no API (``OFFLINE_PROVIDER`` prints the configuration that finds it). A copy,
because what init writes and locks here is not what it would there.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from build_artifacts import build

ROOT = Path(__file__).resolve().parents[1]
OFFLINE_PROVIDER = ROOT.parent / "shared" / "terraform-offline" / "install"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")  # where it builds what it finds
_LEFT_BEHIND = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan", "backend.tf")
# Synthetic ids and ARNs that follow from the arguments are then known at plan.
_SETTINGS = {"SCHEMA_PROVIDER_PREDICT": "1", "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


class TerraformFailed(RuntimeError):
    """terraform's own message."""


def missing_tool() -> str | None:
    """What is not here that a plan needs; None where all is."""
    if not shutil.which("terraform"):
        return "terraform (1.9 or later) is not on the PATH"
    if not OFFLINE_PROVIDER.exists():
        return f"the offline AWS provider is not there ({OFFLINE_PROVIDER.relative_to(ROOT.parent)} beside the clone)"
    return None


@dataclass(frozen=True)
class Planned:
    """A plan, and the state that applying it would leave, as ``terraform show -json`` gives them."""

    plan: dict[str, Any]
    state: dict[str, Any]

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Managed resources by address: what is known at plan, and the policies, which follow from the key's ARN."""
        applied = {one["address"]: one["values"] for one in self.state["values"]["root_module"]["resources"]}
        known = [one for one in self.plan["planned_values"]["root_module"]["resources"] if one["mode"] == "managed"]
        return {
            one["address"]: {**one, "values": with_policies(one["values"], applied[one["address"]])} for one in known
        }

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: one.get("value") for name, one in self.state["values"]["outputs"].items()}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Values of the resources of a type, by address."""
        return {address: one["values"] for address, one in self.resources.items() if one["type"] == kind}


def with_policies(planned: Mapping[str, Any], applied: Mapping[str, Any]) -> dict[str, Any]:
    """The planned values and the policy, which Terraform knows only at apply where it names the key.

    A computed policy, which the provider makes up, is no JSON.
    """
    policy = applied.get("policy")
    rendered = isinstance(policy, str) and policy.startswith("{")
    return {**planned, "policy": policy} if rendered else dict(planned)


class TerraformTree:
    """A copy of the repository's Terraform, and of what it reads, under ``folder``; initialised at once."""

    def __init__(self, folder: Path, change: Callable[[Path], None] | None = None) -> None:
        self.folder = folder / "terraform"
        shutil.copytree(ROOT / "terraform", self.folder, ignore=_LEFT_BEHIND)
        for name in ("dags", "sql"):
            (folder / name).symlink_to(ROOT / name)
        build(folder / "build")
        (folder / "build" / "json_to_parquet.zip").touch()  # planned with, and not looked into
        if change:
            change(self.folder)
        self.environ = {**os.environ, **_SETTINGS, "TF_CLI_CONFIG_FILE": _provider_configuration()}
        self.run("init", "-input=false", "-no-color")

    def run(self, *arguments: str) -> str:
        """What terraform prints; TerraformFailed with its message where it does not end well."""
        done = subprocess.run(  # noqa: S603  no shell, our own arguments
            ["terraform", *arguments],  # noqa: S607  the user's terraform
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise TerraformFailed(f"terraform {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def plan(self, environment: str, **variables: Any) -> Planned:
        """The plan of environments/<environment>.tfvars with further variables, and the state it leaves."""
        given = [f"-var={name}={_as_variable(value)}" for name, value in variables.items()]
        tfvars = f"-var-file=environments/{environment}.tfvars"
        self.run("plan", "-input=false", "-no-color", "-lock=false", "-state=none", tfvars, *given, "-out=one.tfplan")
        plan = json.loads(self.run("show", "-json", "one.tfplan"))
        (self.folder / "one.tfstate").unlink(missing_ok=True)
        self.run("apply", "-input=false", "-no-color", "-lock=false", "-state=one.tfstate", "one.tfplan")
        return Planned(plan, json.loads(self.run("show", "-json", "one.tfstate")))

    def plan_again(self, environment: str) -> dict[str, Any]:
        """What another apply would do to the state that the last ``plan`` left, as ``terraform show -json`` has it."""
        tfvars = f"-var-file=environments/{environment}.tfvars"
        given = ("-input=false", "-no-color", "-lock=false", "-state=one.tfstate", tfvars)
        self.run("plan", *given, "-out=again.tfplan")
        again: dict[str, Any] = json.loads(self.run("show", "-json", "again.tfplan"))
        return again


def _as_variable(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _provider_configuration() -> str:
    """The CLI configuration that finds the provider. Made anew only where its sources are newer: another process may
    be running the provider, and a file that runs cannot be replaced."""
    if missing := missing_tool():
        raise TerraformFailed(missing)
    with (Path(tempfile.gettempdir()) / "clickstream-terraform-offline.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = _CACHE / "terraform-offline" / "terraformrc"
        sources = max(path.stat().st_mtime for path in OFFLINE_PROVIDER.parent.iterdir())
        if made.exists() and made.stat().st_mtime > sources:
            return str(made)
        done = subprocess.run([str(OFFLINE_PROVIDER)], capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()
