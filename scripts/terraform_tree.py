"""Our Terraform without an account: a copy in which a provider plans, and applies to a throw-away state.

Needs terraform. The provider is the one that the machine's configuration offers: TF_CLI_CONFIG_FILE, or the one beside
the clone that calls no API (``OFFLINE_PROVIDER`` prints the configuration that finds it), or the registry's. That
validates and plans, with credentials that open nothing; only a provider that calls no API applies. A copy, because what
init writes and locks here is not what it would there.
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
FULL = "full"  # instead of an environment: dev with all that can be asked for
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")  # where it builds what it finds
# Of a user's own work in terraform/: neither state, plans nor the backend go into a copy.
LEFT_BEHIND = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan", "backend.tf")
# Synthetic ids and ARNs that follow from the arguments are then known at plan.
_SETTINGS = {"SCHEMA_PROVIDER_PREDICT": "1", "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
# Nor are credentials looked for in the user's files or on the instance.
_NO_ACCOUNT = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# The registry's provider asks for credentials before it plans, and must find none that open an account.
_UNREACHABLE = """provider "aws" {
  access_key                  = "none"
  secret_key                  = "none"
  allowed_account_ids         = null
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"""
_ACCOUNT = "-var=account_id=123456789012"  # nobody is asked whose the credentials are
_QUIET = ("-input=false", "-no-color", "-lock=false")
NOT_OFFLINE = (
    "terraform's provider is one that calls AWS, and nothing is applied with it: expected one that calls no API "
    f"({OFFLINE_PROVIDER.relative_to(ROOT.parent)} beside the clone, or TF_CLI_CONFIG_FILE)"
)
_NO_PROVIDER = ("Failed to query available provider packages", "Failed to install provider")


class TerraformFailed(RuntimeError):
    """terraform's own message."""


class MissingTool(TerraformFailed):
    """terraform is not here, or offers no provider (no network, most likely), or none that can be applied with."""


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
        self.environ = without_account(os.environ) | _SETTINGS | provider_configuration()
        shutil.copytree(ROOT / "terraform", self.folder, ignore=LEFT_BEHIND)
        (self.folder / "unreachable_override.tf").write_text(_UNREACHABLE, encoding="utf-8")
        for name in ("dags", "sql"):
            (folder / name).symlink_to(ROOT / name)
        build(folder / "build")
        (folder / "build" / "json_to_parquet.zip").touch()  # planned with, and not looked into
        if change:
            change(self.folder)
        self._initialise()

    def _initialise(self) -> None:
        try:
            self.run("init", "-input=false", "-no-color")
        except TerraformFailed as error:
            if any(message in str(error) for message in _NO_PROVIDER):
                raise MissingTool(f"terraform finds no AWS provider: {error}") from error
            raise

    @cached_property
    def calls_no_api(self) -> bool:
        """Whether the provider makes things up: then it knows a key's ARN before there is a key."""
        self.run("plan", *_QUIET, "-state=none", "-target=aws_kms_key.data", _ACCOUNT, "-out=key.tfplan")
        planned = json.loads(self.run("show", "-json", "key.tfplan"))["planned_values"]["root_module"]["resources"]
        return any(one["address"] == "aws_kms_key.data" and one["values"].get("arn") for one in planned)

    def run(self, *arguments: str) -> str:
        """What terraform prints; TerraformFailed with its message where it does not end well."""
        return run_terraform(self.folder, self.environ, *arguments)

    def plan(self, environment: str, /, **variables: Any) -> Planned:
        """The plan of an environment's settings with further variables, and the state it leaves."""
        if not self.calls_no_api:
            raise MissingTool(NOT_OFFLINE)
        plan = self._plan("-state=none", *_settings(environment), *_given(variables))
        (self.folder / "one.tfstate").unlink(missing_ok=True)
        self.run("apply", *_QUIET, "-state=one.tfstate", "one.tfplan")
        return Planned(plan, json.loads(self.run("show", "-json", "one.tfstate")))

    def plan_alone(self, environment: str, /, **variables: Any) -> dict[str, Any]:
        """The plan as any provider gives it: what AWS chooses may be unknown."""
        return self._plan("-state=none", *_settings(environment), _ACCOUNT, *_given(variables))

    def plan_again(self, environment: str) -> dict[str, Any]:
        """What another apply would do to the state that the last ``plan`` left, as ``terraform show -json`` has it."""
        return self._plan("-state=one.tfstate", *_settings(environment))

    def _plan(self, *arguments: str) -> dict[str, Any]:
        self.run("plan", *_QUIET, *arguments, "-out=one.tfplan")
        plan: dict[str, Any] = json.loads(self.run("show", "-json", "one.tfplan"))
        return plan


def run_terraform(folder: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """What terraform prints in a folder; MissingTool where there is no terraform, TerraformFailed where it fails."""
    if not shutil.which("terraform"):
        raise MissingTool("terraform (1.9 or later) is not on the PATH")
    done = subprocess.run(  # noqa: S603  no shell, our own arguments
        ["terraform", *arguments],  # noqa: S607  the user's terraform
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TerraformFailed(f"terraform {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _settings(environment: str) -> list[str]:
    """Of ``terraform/environments``, or ``FULL``."""
    files = (
        ["environments/dev.tfvars", "tests/full.tfvars"]
        if environment == FULL
        else [f"environments/{environment}.tfvars"]
    )
    return [f"-var-file={file}" for file in files]


def _given(variables: Mapping[str, Any]) -> list[str]:
    return [f"-var={name}={_as_variable(value)}" for name, value in variables.items()]


def _as_variable(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def without_account(environ: Mapping[str, str]) -> dict[str, str]:
    """A copy in which terraform finds neither the user's account nor a local AWS that happens to run."""
    return {name: value for name, value in environ.items() if not name.startswith("AWS_")} | _NO_ACCOUNT


def provider_configuration() -> dict[str, str]:
    """The environment in which terraform finds the provider beside the clone.

    Nothing where the user names another configuration, or there is no such provider. A variable that names no file, as
    some machines set it, names nothing. Made anew only where its sources are newer: another process may be running the
    provider, and a file that runs cannot be replaced.
    """
    if Path(os.environ.get("TF_CLI_CONFIG_FILE", "")).is_file() or not OFFLINE_PROVIDER.exists():
        return {}
    with (Path(tempfile.gettempdir()) / "clickstream-terraform-offline.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = _CACHE / "terraform-offline" / "terraformrc"
        sources = max(path.stat().st_mtime for path in OFFLINE_PROVIDER.parent.iterdir())
        if made.exists() and made.stat().st_mtime > sources:
            return {"TF_CLI_CONFIG_FILE": str(made)}
        done = subprocess.run([str(OFFLINE_PROVIDER)], capture_output=True, text=True, check=True)  # noqa: S603
        return {"TF_CLI_CONFIG_FILE": done.stdout.strip()}
