"""The whole stack: what Terraform plans is what AWS answers, and a plan with other values is answered with these."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from local_aws.control import LocalControl
from local_aws.planned.creator import bare, leaves
from local_aws.planned.creators import CREATORS, local_part, prepared_arguments
from local_aws.planned.functions import PACKAGE
from local_aws.planned.plan import Resource, planned_resources
from local_aws.server import LocalAws
from local_aws.stack import Stack, local_settings
from tests.local_aws.planned.answers import ANSWERS, differences
from tests.local_aws.planned.changed import ENVIRONMENT, FIXED, changed_resources

ARTIFACTS = ("clickstream.zip", "clickstream_transform.py")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stack]]:
    """The planned stack, and the one with other values, in one local AWS."""
    folder: Path = tmp_path_factory.mktemp("artifacts")
    for name in ARTIFACTS:
        (folder / name).write_text(f"{name} as built")
        (folder / f"{name}x").write_text(f"{name} as built")
    with zipfile.ZipFile(folder / PACKAGE, "w") as package:
        package.writestr("json_to_parquet/handler.py", "def handle(event, context): return event")
    with LocalAws() as aws:
        other = replace(local_settings(), environment=ENVIRONMENT)
        stacks = {
            "planned": Stack(aws.endpoint_url),
            "changed": Stack(aws.endpoint_url, other, changed_resources()),
        }
        for stack in stacks.values():
            stack.create(folder)
        yield stacks


@pytest.mark.parametrize("kind", CREATORS)
def test_what_is_planned_is_what_aws_answers(both: dict[str, Stack], kind: str) -> None:
    assert answered_otherwise(both["planned"], planned_resources(), kind) == {}


@pytest.mark.parametrize("kind", CREATORS)
def test_what_is_planned_otherwise_is_answered_otherwise(both: dict[str, Stack], kind: str) -> None:
    assert answered_otherwise(both["changed"], changed_resources(), kind) == {}


def answered_otherwise(stack: Stack, resources: Sequence[Resource], kind: str) -> dict[str, list[str]]:
    """The differences by address, of which there must be resources."""
    found = {}
    chosen = [one for one in resources if one.type == kind]
    assert chosen
    for one in chosen:
        asked = stack.account.as_created(prepared_arguments(one, stack.account))
        found[one.address] = differences(asked, ANSWERS[kind](stack.account, asked))
    return {address: problems for address, problems in found.items() if problems}


def test_every_carried_value_was_another_one() -> None:
    before = {one.address: dict(leaves(one.values)) for one in planned_resources()}
    same = {
        f"{one.type}.{bare(path)}"
        for one in local_part(changed_resources())
        for path, value in leaves(one.values)
        if bare(path) in {bare(attribute) for attribute in CREATORS[one.type].fields}
        and value == before[one.address][path]
    }
    assert same == set(FIXED)


def test_code_is_uploaded_from_the_artifacts(both: dict[str, Stack]) -> None:
    stack = both["planned"]
    s3, bucket = stack.client("s3"), stack.name("artifacts_bucket")
    found = {key: s3.get_object(Bucket=bucket, Key=f"glue/{key}")["Body"].read().decode() for key in ARTIFACTS}
    assert found == {name: f"{name} as built" for name in ARTIFACTS}


def test_what_firehose_delivers_says_the_key_that_aws_made(both: dict[str, Stack]) -> None:
    stack = both["planned"]
    stack.client("firehose").put_record(DeliveryStreamName=stack.name("stream"), Record={"Data": b"{}"})
    LocalControl(stack.endpoint_url).flush()
    s3, bucket = stack.client("s3"), stack.name("raw_bucket")
    (found,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    key = s3.head_object(Bucket=bucket, Key=found["Key"])["SSEKMSKeyId"]
    assert stack.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Enabled"]
