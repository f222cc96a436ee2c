"""Builds, plans and applies an environment, or takes it away and says what is left of it.

    python scripts/deployment.py deploy dev            (make deploy ENV=dev)
    python scripts/deployment.py destroy dev           (make destroy ENV=dev; EMPTY=1 adds --empty)

Each environment has a Terraform workspace of its own, so that one never replaces another. Both commands show what they
will do and ask; --yes answers. Needs terraform, and credentials of the environment's account.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_artifacts import build_deployed

ROOT = Path(__file__).resolve().parents[1]
Resource = dict[str, Any]  # as `terraform show -json` has it
KEYS_PER_CALL = 1000  # S3's limit of DeleteObjects


class Stopped(RuntimeError):
    """Nothing more was done; the message says why, and what to do."""


@dataclass(frozen=True)
class Deployment:
    """One environment. ``folder`` is the repository's; ``ask`` puts a question and gives the answer's text."""

    environment: str
    folder: Path = ROOT
    ask: Callable[[str], str] = input

    def terraform(self, *arguments: str, capture: bool = False) -> str:
        """Runs terraform in terraform/, its output shown or returned; Stopped where it fails."""
        done = subprocess.run(  # noqa: S603  no shell, our own arguments
            ["terraform", f"-chdir={self.folder / 'terraform'}", *arguments],  # noqa: S607  the user's terraform
            stdout=subprocess.PIPE if capture else None,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Stopped(f"terraform {arguments[0]} failed; nothing further was done")
        return done.stdout or ""

    @property
    def settings(self) -> str:
        """The option that names the environment's settings; Stopped where there are none."""
        known = sorted(path.stem for path in (self.folder / "terraform" / "environments").glob("*.tfvars"))
        if self.environment not in known:
            raise Stopped(f"no terraform/environments/{self.environment}.tfvars; there are: {', '.join(known)}")
        return f"-var-file=environments/{self.environment}.tfvars"

    def select(self) -> None:
        """Initialises, and takes the environment's workspace."""
        self.terraform("init", "-input=false")
        self.terraform("workspace", "select", "-or-create=true", self.environment)

    def deploy(self) -> None:
        settings, plan = self.settings, f"{self.environment}.tfplan"
        build_deployed(self.folder / "build")
        self.select()
        self.terraform("plan", "-input=false", settings, f"-out={plan}")
        self.confirm("Apply this plan")
        self.terraform("apply", "-input=false", plan)

    def destroy(self, s3: Any, empty: bool = False) -> None:
        """Takes everything away. Stopped where a bucket holds something and ``empty`` does not say to clear it."""
        settings = self.settings
        build_deployed(self.folder / "build")  # what is not built stops a plan, this one too
        self.select()
        deployed = self.resources()
        if not deployed:
            raise Stopped(f"nothing is deployed in workspace {self.environment}")
        buckets = [one["bucket"] for one in of_type(deployed, "aws_s3_bucket")]
        full = {bucket: held for bucket in buckets if (held := len(list(versions(s3, bucket))))}
        self.terraform("plan", "-destroy", "-input=false", settings)
        sys.stdout.writelines(f"holds {held} objects and versions: {bucket}\n" for bucket, held in full.items())
        if full and not empty:
            raise Stopped("these buckets are not empty, and raw events cannot be made again; EMPTY=1 deletes all of it")
        self.confirm(f"Delete everything of {self.environment}" + (", and every object above" if full else ""))
        for bucket in full:
            clear(s3, bucket)
        try:
            self.terraform("destroy", "-input=false", "-auto-approve", settings)
        except Stopped as error:  # Firehose, for one, delivers what it still has while it is deleted
            raise Stopped(f"{error}; the same command again takes away what is left") from error
        sys.stdout.writelines(f"left: {line}\n" for line in remains(self.environment, deployed))

    def resources(self) -> list[Resource]:
        """What the workspace's state holds. Not its outputs: a destroy that failed halfway has cleared them all."""
        state = json.loads(self.terraform("show", "-json", capture=True))
        found = state.get("values", {}).get("root_module", {}).get("resources", [])
        return [one for one in found if one["mode"] == "managed"]

    def confirm(self, question: str) -> None:
        """Stopped unless the environment's name is typed."""
        try:
            answer = self.ask(f"{question}? Type {self.environment}: ")
        except EOFError:  # nobody is there to answer
            answer = ""
        if answer.strip() != self.environment:
            raise Stopped("not confirmed; nothing was changed")


def of_type(resources: Iterable[Resource], kind: str) -> list[dict[str, Any]]:
    """Values of the resources of a type."""
    return [one["values"] for one in resources if one["type"] == kind]


def versions(s3: Any, bucket: str) -> Iterator[dict[str, str]]:
    """Every version and delete marker of a bucket, as DeleteObjects names them; nothing where there is no bucket."""
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for entry in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                yield {"Key": entry["Key"], "VersionId": entry["VersionId"]}
    except s3.exceptions.NoSuchBucket:
        return


def clear(s3: Any, bucket: str) -> None:
    """Deletes every version; Stopped where S3 keeps one, with its reason."""
    found = list(versions(s3, bucket))
    for start in range(0, len(found), KEYS_PER_CALL):
        page = found[start : start + KEYS_PER_CALL]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
        for error in answer.get("Errors", ()):
            raise Stopped(f"S3 kept s3://{bucket}/{error['Key']}: {error.get('Code')} {error.get('Message', '')}")


def remains(environment: str, deployed: Sequence[Resource]) -> Iterator[str]:
    """What Terraform did not make, or AWS keeps for a while, of what was deployed before."""
    keys = of_type(deployed, "aws_kms_key")
    for key in keys:
        yield f"key {key['arn']}: AWS deletes it {key['deletion_window_in_days']} days from now"
    if not keys:
        yield "the key, which an earlier destroy gave back: AWS deletes it 7 to 30 days after that"
    yield "log groups that Glue made: /aws-glue/jobs/*, /aws-glue/crawlers*"
    yield f"log groups that MWAA made, if there was one: airflow-clickstream-{environment}-*"
    yield f"Terraform's state (workspace {environment}), and its bucket if backend.tf names one"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["deploy", "destroy"])
    parser.add_argument("environment", help="a file of terraform/environments, such as dev")
    parser.add_argument("--empty", action="store_true", help="destroy: delete every object of every bucket first")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    given = parser.parse_args(arguments)
    ask: Callable[[str], str] = (lambda _: given.environment) if given.yes else input
    deployment = Deployment(given.environment, ask=ask)
    try:
        if given.command == "deploy":
            deployment.deploy()
        else:
            import boto3  # only to look into buckets

            deployment.destroy(boto3.client("s3"), given.empty)
    except Stopped as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
