"""Deploying and taking away, with the terraform command, a provider that calls no API, and buckets of the local AWS."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from deployment import Deployment, Stopped, clear, main, of_type, remains, versions
from terraform_tree import LEFT_BEHIND, ROOT, MissingTool, TerraformTree

from local_aws.clients import local_client
from tests.terraform.missing import missing, require_offline

pytestmark = pytest.mark.slow
BUCKET = "clickstream-raw-dev-123456789012"


@pytest.fixture
def s3(local_aws: Any) -> Any:
    client = local_client("s3", local_aws.endpoint_url)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is deployed, with the provider that calls no API."""
    try:
        tree = TerraformTree(tmp_path / "settings")
    except MissingTool as error:
        missing(error)
    require_offline(tree)
    for name, value in tree.environ.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "terraform", folder / "terraform", ignore=LEFT_BEHIND)
    for name in ("dags", "sql"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def agreed(question: str) -> str:
    return "dev"


def test_an_environment_is_deployed_and_taken_away(
    repository: Path, s3: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    deployment = Deployment("dev", repository, agreed)
    deployment.deploy()
    assert BUCKET in [one["bucket"] for one in of_type(deployment.resources(), "aws_s3_bucket")]
    s3.put_object(Bucket=BUCKET, Key="events/x.gz", Body=b"1")
    s3.delete_object(Bucket=BUCKET, Key="events/x.gz")

    with pytest.raises(Stopped, match="EMPTY=1"):
        deployment.destroy(s3)
    assert f"holds 2 objects and versions: {BUCKET}" in capfd.readouterr().out
    assert deployment.resources() != []
    assert len(list(versions(s3, BUCKET))) == 2

    deployment.destroy(s3, empty=True)
    assert list(versions(s3, BUCKET)) == []
    assert deployment.resources() == []
    assert "left: key arn:aws:kms" in capfd.readouterr().out
    with pytest.raises(Stopped, match="nothing is deployed"):
        deployment.destroy(s3)


def test_a_destroy_that_failed_is_repeated(
    repository: Path, s3: Any, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As where Firehose delivered to an emptied bucket: it stays, all else and every output is gone."""
    stays_until(repository, tmp_path / "delivered")
    deployment = Deployment("dev", repository, agreed)
    deployment.deploy()
    with pytest.raises(Stopped, match="destroy failed; .* the same command again"):
        deployment.destroy(s3)
    assert {one["type"] for one in deployment.resources()} == {"aws_s3_bucket"}
    assert json.loads(deployment.terraform("output", "-json", capture=True)) == {}

    s3.put_object(Bucket=BUCKET, Key="events/late.gz", Body=b"1")
    (tmp_path / "delivered").touch()
    deployment.destroy(s3, empty=True)
    assert (list(versions(s3, BUCKET)), deployment.resources()) == ([], [])
    assert "left: the key, which an earlier destroy gave back" in capfd.readouterr().out


def stays_until(repository: Path, file: Path) -> None:
    """Buckets that cannot be deleted before there is a file."""
    provisioner = f'provisioner "local-exec" {{\n when = destroy\n command = "test -e {file}"\n }}'
    override = f'resource "aws_s3_bucket" "zone" {{\n {provisioner}\n}}\n'
    (repository / "terraform" / "stays_override.tf").write_text(override, encoding="utf-8")


def test_without_consent_nothing_is_applied(repository: Path) -> None:
    refusing = Deployment("dev", repository, lambda question: "no")
    with pytest.raises(Stopped, match="not confirmed"):
        refusing.deploy()
    assert refusing.resources() == []


def test_one_environments_workspace_takes_no_other(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    deployment = Deployment("dev", repository, agreed)
    deployment.select()
    with pytest.raises(Stopped, match="terraform plan failed"):
        deployment.terraform(
            "plan", "-input=false", "-var-file=environments/prod.tfvars", "-var=artifacts_folder=tests/artifacts"
        )
    assert "Workspace dev holds another environment than" in " ".join(capfd.readouterr().err.replace("│", "").split())


def test_an_unknown_environment_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "test"]) == 1
    assert "no terraform/environments/test.tfvars; there are: dev, local, prod" in capsys.readouterr().err


def test_every_version_goes_page_after_page(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.KEYS_PER_CALL", 2)
    for number in range(5):
        s3.put_object(Bucket=BUCKET, Key=f"k{number % 2}", Body=str(number).encode())
    assert len(list(versions(s3, BUCKET))) == 5
    clear(s3, BUCKET)
    assert list(versions(s3, BUCKET)) == []


def test_what_s3_keeps_is_named(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"")
    kept = {"Errors": [{"Key": "k", "Code": "AccessDenied", "Message": "no"}]}
    monkeypatch.setattr(s3, "delete_objects", lambda **_: kept)
    with pytest.raises(Stopped, match=f"S3 kept s3://{BUCKET}/k: AccessDenied no"):
        clear(s3, BUCKET)


def test_a_bucket_that_is_gone_holds_nothing(s3: Any) -> None:
    assert list(versions(s3, "clickstream-never-made")) == []


def test_what_is_left_is_told() -> None:
    key = {"arn": "arn:aws:kms:x:1:key/2", "deletion_window_in_days": 7}
    told = "\n".join(remains("dev", [{"type": "aws_kms_key", "values": key}]))
    assert all(
        part in told
        for part in ("arn:aws:kms:x:1:key/2", "/aws-glue/jobs/*", "airflow-clickstream-dev-*", "state", "7 days")
    )
