"""The rights of the local stack's roles, as Terraform plans them, and what a recorded call asks of IAM."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.planned.plan import ENVIRONMENT, planned_resources
from local_aws.recording.recorder import Recorded
from tests.terraform.guards_access import POLICIES, may
from tests.terraform.iam import Call, Statement, applies, statements

SCOPE = f"{REGION}:{ACCOUNT_ID}"
SECURE = {"aws:securetransport": "true", "s3:tlsversion": "1.3"}

READ, WRITE = "s3:GetObject", "s3:PutObject"
# Each with what S3 asks of the key for it: reading decrypts, a new object needs a data key, the parts of one both.
OF_OBJECT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "GetObject": (READ, ("kms:Decrypt",)),
    "HeadObject": (READ, ("kms:Decrypt",)),
    "PutObject": (WRITE, ("kms:GenerateDataKey",)),
    "CopyObject": (WRITE, ("kms:GenerateDataKey",)),
    "CreateMultipartUpload": (WRITE, ("kms:GenerateDataKey", "kms:Decrypt")),
    "UploadPart": (WRITE, ("kms:GenerateDataKey", "kms:Decrypt")),
    "UploadPartCopy": (WRITE, ("kms:GenerateDataKey", "kms:Decrypt")),
    "CompleteMultipartUpload": (WRITE, ("kms:Decrypt",)),
    "AbortMultipartUpload": ("s3:AbortMultipartUpload", ()),
    "DeleteObject": ("s3:DeleteObject", ()),
    "DeleteObjects": ("s3:DeleteObject", ()),
}
OF_BUCKET = {
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "HeadBucket": "s3:ListBucket",
    "GetBucketLocation": "s3:GetBucketLocation",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
}


@dataclass(frozen=True)
class PlannedStack:
    """``local_aws/stack.json`` as the rules of tests/terraform read a plan; a test there keeps it equal to the plan."""

    resources: Mapping[str, Mapping[str, Any]]

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """Those of terraform/outputs.tf that the rules ask for."""
        roles, buckets = self.of_type("aws_iam_role").items(), self.of_type("aws_s3_bucket").items()
        return {
            "role_arns": {address.split('"')[1]: values["arn"] for address, values in roles},
            "buckets": {address.split('"')[1]: values["bucket"] for address, values in buckets},
        }

    def of_type(self, kind: str) -> dict[str, Any]:
        return {address: one["values"] for address, one in self.resources.items() if one["type"] == kind}

    @property
    def key(self) -> str:
        return str(self.resources["aws_kms_key.data"]["values"]["arn"])

    def actor(self, principal: str) -> str | None:
        """Whose role it is; None where it is no planned role."""
        return next((x for x, arn in self.outputs["role_arns"].items() if arn.endswith(f":role/{principal}")), None)

    def statements(self, actor: str) -> list[Statement]:
        return statements(self.resources[POLICIES[actor]]["values"]["policy"])

    def sids(self, actor: str) -> list[str]:
        return [str(one["Sid"]) for one in self.statements(actor)]

    def needed(self, actor: str, sid: str, calls: Iterable[Call]) -> bool:
        """Whether one of the calls, all of which are allowed, would be denied without a statement."""
        own = self.statements(actor)
        (statement,) = [one for one in own if one["Sid"] == sid]
        rest = [one for one in own if one is not statement]
        return any(applies(statement, call) and not self.may(actor, call, rest) for call in calls)

    def may(self, actor: str, call: Call, own: list[Statement] | None = None) -> bool:
        return may(self, actor, call, own)  # type: ignore[arg-type]  it has what is asked of a plan


def planned_stack() -> PlannedStack:
    resources = planned_resources(ENVIRONMENT)
    return PlannedStack({one.address: {"type": one.type, "values": one.values} for one in resources})


def asked_of_iam(one: Recorded, planned: PlannedStack) -> list[Call]:
    """Every action, resource and condition key; KeyError for a service or an operation that nobody has described."""
    found = SERVICES[one.service](one, planned)
    return [Call(call.action, call.resource, {**SECURE, **call.context}) for call in found]


def _s3(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    given = one.parameters
    bucket = f"arn:aws:s3:::{given['Bucket']}"
    if one.operation in OF_BUCKET:
        prefix = {"s3:prefix": given["Prefix"]} if "Prefix" in given else {}
        yield Call(OF_BUCKET[one.operation], bucket, prefix)
        return
    action, key_use = OF_OBJECT[one.operation]
    action += "Version" if given.get("VersionId") else ""
    for key in given.get("Keys") or [given["Key"]]:
        yield Call(action, f"{bucket}/{key}")
    yield from (_by_way_of_s3(use, bucket, planned) for use in key_use)
    if source := given.get("CopySource"):
        yield Call(READ, f"arn:aws:s3:::{source}")
        yield _by_way_of_s3("kms:Decrypt", f"arn:aws:s3:::{source.partition('/')[0]}", planned)


def _by_way_of_s3(action: str, bucket: str, planned: PlannedStack) -> Call:
    context = {"kms:viaservice": f"s3.{REGION}.amazonaws.com", "kms:encryptioncontext:aws:s3:arn": bucket}
    return Call(action, planned.key, context)


def _glue(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    given, action = one.parameters, f"glue:{one.operation}"
    if "JobName" in given:
        yield Call(action, f"arn:aws:glue:{SCOPE}:job/{given['JobName']}")
    elif one.operation.endswith("Crawler"):
        yield Call(action, f"arn:aws:glue:{SCOPE}:crawler/{given['Name']}")
    else:
        database = given.get("DatabaseName") or given["Name"]
        table = given.get("TableName") or given.get("TableInput.Name") or given["Name"]
        yield Call(action, f"arn:aws:glue:{SCOPE}:catalog")
        yield Call(action, f"arn:aws:glue:{SCOPE}:database/{database}")
        if "DatabaseName" in given:
            yield Call(action, f"arn:aws:glue:{SCOPE}:table/{database}/{table}")


def _athena(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    """A query's other calls name the query; here nobody asks but in the workgroup of DAGs and job."""
    workgroup = planned.of_type("aws_athena_workgroup")['aws_athena_workgroup.events["pipeline"]']
    name = one.parameters.get("WorkGroup", workgroup["name"])
    yield Call(f"athena:{one.operation}", f"arn:aws:athena:{SCOPE}:workgroup/{name}")


def _logs(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    group = f"arn:aws:logs:{SCOPE}:log-group:{one.parameters['logGroupName']}"
    yield Call(f"logs:{one.operation}", group if one.operation == "CreateLogGroup" else f"{group}:log-stream:x")


def _monitoring(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    yield Call(f"cloudwatch:{one.operation}", "*", {"cloudwatch:namespace": one.parameters["Namespace"]})


def _sns(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    topic = one.parameters.get("TopicArn") or one.parameters["TargetArn"]  # SNS takes either
    yield Call(f"sns:{one.operation}", topic)
    yield from _encrypted("sns", "topicarn", topic, planned)


def _sqs(one: Recorded, planned: PlannedStack) -> Iterator[Call]:
    queue = f"arn:aws:sqs:{SCOPE}:{one.parameters['QueueUrl'].rpartition('/')[2]}"
    yield Call(f"sqs:{one.operation}", queue)
    yield from _encrypted("sqs", "arn", queue, planned)


def _encrypted(service: str, name: str, arn: str, planned: PlannedStack) -> Iterator[Call]:
    """Who sends to a topic or queue that is encrypted needs its key, by way of the service."""
    context = {
        "kms:viaservice": f"{service}.{REGION}.amazonaws.com",
        f"kms:encryptioncontext:aws:{service}:{name}": arn,
    }
    yield from (Call(action, planned.key, context) for action in ("kms:GenerateDataKey", "kms:Decrypt"))


SERVICES: Mapping[str, Callable[[Recorded, PlannedStack], Iterator[Call]]] = {
    "s3": _s3, "glue": _glue, "athena": _athena, "logs": _logs, "monitoring": _monitoring, "sns": _sns,
    "sqs": _sqs,
}  # fmt: skip
