"""`make deploy` and `make destroy` down to what they tell terraform, word by word: a recorder stands in for it."""

import functools
import json
import shlex
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import deployment
import pytest
from deployment import Deployment, main
from terraform_tree import ROOT

DEPLOYED_RESOURCES = [
    {"mode": "managed", "type": "aws_s3_bucket", "values": {"bucket": "raw-bucket"}},
    {"mode": "managed", "type": "aws_kms_key", "values": {"arn": "arn:aws:kms:x", "deletion_window_in_days": 7}},
    {"mode": "data", "type": "aws_s3_bucket", "values": {"bucket": "not-ours"}},
]
INITIALISED = ["init -input=false", "workspace select -or-create=true dev"]
SETTINGS = "-var-file=environments/dev.tfvars"
LOOKED_AT = [*INITIALISED, "show -json", f"plan -destroy -input=false {SETTINGS}"]
DEPLOYED = [*INITIALISED, f"plan -input=false {SETTINGS} -out=dev.tfplan"]

# By what terraform fails at: what is still called, the failing call last.
STOPS = {
    "init": INITIALISED[:1],
    "workspace": INITIALISED,
    "plan": DEPLOYED,
    "apply": [*DEPLOYED, "apply -input=false dev.tfplan"],
}


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        ("deploy", "deploy dev"),
        ("deploy ENV=prod YES=1", "deploy prod --yes"),
        ("deploy ENV=prod YES=0", "deploy prod"),
        ("destroy ENV=dev", "destroy dev"),
        ("destroy ENV=dev EMPTY=1", "destroy dev --empty"),
        ("destroy ENV=dev EMPTY=1 YES=1", "destroy dev --empty --yes"),
        ("destroy ENV=dev EMPTY=0 YES=yes", "destroy dev"),
    ],
)
def test_make_asks_for_what_it_is_told(made: str, asked: str) -> None:
    """Nothing but 1 switches consent or emptying on."""
    words = ["make", "--no-print-directory", "--dry-run", *made.split()]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    python, script, *given = shlex.split(printed.splitlines()[-1])
    assert (python, script, given) == (".venv/bin/python", "scripts/deployment.py", asked.split())


class Terraform:
    """The command on the PATH, which writes down what it is asked, and may fail at one thing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.command("")

    def command(self, fails_at: str) -> None:
        path = self.folder / "bin" / "terraform"
        path.parent.mkdir(exist_ok=True)
        answer = json.dumps({"values": {"root_module": {"resources": DEPLOYED_RESOURCES}}})
        lines = ["#!/bin/sh", f'echo "$@" >> {self.folder}/asked', f"[ $2 != show ] || echo '{answer}'"]
        path.write_text("\n".join([*lines, f'[ "$2" != "{fails_at}" ]', ""]), encoding="utf-8")
        path.chmod(0o700)

    @property
    def asked(self) -> list[str]:
        """What followed the folder, which is always named first."""
        chdir = f"-chdir={self.folder}/terraform "
        calls = (self.folder / "asked").read_text(encoding="utf-8").splitlines()
        assert all(call.startswith(chdir) for call in calls)
        return [call.removeprefix(chdir) for call in calls]


@pytest.fixture
def deleted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is deleted of a bucket that holds one object."""
    keys: list[str] = []
    pages = [{"Versions": [{"Key": "k", "VersionId": "1"}]}]

    def delete(Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        keys.extend(f"{Bucket}/{one['Key']}" for one in Delete["Objects"])
        return {}

    paginator = SimpleNamespace(paginate=lambda Bucket: pages)
    s3 = SimpleNamespace(get_paginator=lambda name: paginator, delete_objects=delete, exceptions=SimpleNamespace())
    monkeypatch.setattr(boto3, "client", lambda service: s3)
    return keys


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terraform:
    settings = tmp_path / "terraform" / "environments" / "dev.tfvars"
    settings.parent.mkdir(parents=True)
    settings.touch()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(deployment, "build_deployed", lambda target: target)
    monkeypatch.setattr(deployment, "Deployment", functools.partial(Deployment, folder=tmp_path))
    return Terraform(tmp_path)


def test_deploy_applies_the_plan_that_it_showed(terraform: Terraform) -> None:
    assert main(["deploy", "dev", "--yes"]) == 0
    assert terraform.asked == [*DEPLOYED, "apply -input=false dev.tfplan"]


@pytest.mark.parametrize("command", list(STOPS))
def test_deploy_stops_where_terraform_fails(
    terraform: Terraform, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    terraform.command(fails_at=command)
    assert main(["deploy", "dev", "--yes"]) == 1
    assert terraform.asked == STOPS[command]
    assert f"terraform {command} failed; nothing further was done" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["no", "prod", "", None], ids=["no", "another name", "nothing", "nobody there"])
def test_without_the_environments_name_nothing_is_applied_or_deleted(
    terraform: Terraform, deleted: list[str], monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    def ask(question: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", ask)
    for words in (["deploy", "dev"], ["destroy", "dev", "--empty"]):
        assert main(words) == 1
    assert terraform.asked == [*DEPLOYED, *LOOKED_AT]
    assert deleted == []


def test_destroy_deletes_objects_only_when_told_to(terraform: Terraform, deleted: list[str]) -> None:
    assert main(["destroy", "dev", "--yes"]) == 1
    assert terraform.asked == LOOKED_AT
    assert deleted == []


def test_destroy_empties_first_and_then_takes_everything(terraform: Terraform, deleted: list[str]) -> None:
    assert main(["destroy", "dev", "--empty", "--yes"]) == 0
    assert terraform.asked == [*LOOKED_AT, f"destroy -input=false -auto-approve {SETTINGS}"]
    assert deleted == ["raw-bucket/k"]
