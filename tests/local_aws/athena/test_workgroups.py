"""Workgroups: where results go, how much may be scanned, who may run at all."""

from typing import Any
from uuid import uuid4

import pytest

from local_aws.errors import ServiceError
from tests.local_aws.athena.conftest import JSON


def workgroup(athena: Any, **configuration: Any) -> str:
    name = f"wg-{uuid4().hex[:8]}"
    location = {"OutputLocation": f"s3://{athena.bucket}/enforced/"}
    athena.call("CreateWorkGroup", Name=name, Configuration={"ResultConfiguration": location} | configuration)
    return name


def location_of(athena: Any, **request: Any) -> str:
    answer = athena.run("SELECT 1", **request)
    assert answer.state == "SUCCEEDED"
    found = str(answer.query["ResultConfiguration"]["OutputLocation"])
    athena.s3.head_object(Bucket=athena.bucket, Key=found.removeprefix(f"s3://{athena.bucket}/"))
    return found.removeprefix(f"s3://{athena.bucket}/").rpartition("/")[0]


def test_an_enforced_location_wins_over_the_requests(athena: Any) -> None:
    assert location_of(athena, WorkGroup=workgroup(athena)) == "enforced"


def test_without_enforcement_the_requests_location_wins(athena: Any) -> None:
    name = workgroup(athena, EnforceWorkGroupConfiguration=False)
    assert location_of(athena, WorkGroup=name) == "results"
    assert location_of(athena, WorkGroup=name, ResultConfiguration={}) == "enforced"


def test_without_any_location_nothing_starts(athena: Any) -> None:
    with pytest.raises(ServiceError, match="No output location provided") as refusal:
        athena.start("SELECT 1", ResultConfiguration={})
    assert refusal.value.code == "InvalidRequestException"


def test_an_unknown_or_disabled_workgroup_is_refused(athena: Any) -> None:
    with pytest.raises(ServiceError, match=r"InvalidRequestException: WorkGroup nowhere is not found\."):
        athena.start("SELECT 1", WorkGroup="nowhere")
    name = workgroup(athena)
    athena.call("UpdateWorkGroup", WorkGroup=name, State="DISABLED")
    with pytest.raises(ServiceError, match="is disabled"):
        athena.start("SELECT 1", WorkGroup=name)


@pytest.mark.parametrize(("size", "state"), [(10_000_000, "SUCCEEDED"), (10_000_001, "CANCELLED")])
def test_a_query_beyond_the_scan_limit_is_cancelled(athena: Any, size: int, state: str) -> None:
    athena.table("t", {"a": "bigint"}, serde=JSON)
    athena.put("t/a.json", b'{"a": 1}'.ljust(size - 1) + b"\n")
    name = workgroup(athena, BytesScannedCutoffPerQuery=10_000_000)
    answer = athena.run("SELECT count(a) FROM t", WorkGroup=name)
    assert answer.state == state
    assert ("Bytes scanned limit was exceeded" in answer.reason) == (state == "CANCELLED")


def test_workgroups_are_created_updated_listed_and_deleted(athena: Any) -> None:
    name = workgroup(athena, BytesScannedCutoffPerQuery=20_000_000)
    with pytest.raises(ServiceError, match="already created"):
        athena.call("CreateWorkGroup", Name=name)
    changes = {
        "RemoveBytesScannedCutoffPerQuery": True,
        "EnforceWorkGroupConfiguration": False,
        "ResultConfigurationUpdates": {"RemoveOutputLocation": True},
    }
    athena.call("UpdateWorkGroup", WorkGroup=name, ConfigurationUpdates=changes, Description="new")
    found = athena.call("GetWorkGroup", WorkGroup=name)["WorkGroup"]
    assert found["Description"] == "new"
    assert found["Configuration"]["ResultConfiguration"] == {}
    assert "BytesScannedCutoffPerQuery" not in found["Configuration"]
    names = [group["Name"] for group in athena.call("ListWorkGroups")["WorkGroups"]]
    assert {name, "primary"} <= set(names)
    athena.call("DeleteWorkGroup", WorkGroup=name)
    with pytest.raises(ServiceError, match="is not found"):
        athena.call("GetWorkGroup", WorkGroup=name)


@pytest.mark.parametrize(
    "configuration",
    [
        {"BytesScannedCutoffPerQuery": 1},
        {"ManagedQueryResultsConfiguration": {"Enabled": True}},
        {"EngineVersion": {"SelectedEngineVersion": "PySpark engine version 3"}},
    ],
    ids=["cutoff too small", "managed results", "another engine"],
)
def test_a_configuration_that_is_not_supported_is_refused(athena: Any, configuration: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match="InvalidRequestException"):
        workgroup(athena, **configuration)


def test_the_selected_engine_version_is_remembered(athena: Any) -> None:
    def selected() -> dict[str, Any]:
        found: dict[str, Any] = athena.call("GetWorkGroup", WorkGroup=name)["WorkGroup"]["Configuration"][
            "EngineVersion"
        ]
        return found

    version = "Athena engine version 3"
    name = workgroup(athena)
    assert selected() == {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": version}
    update = {"EngineVersion": {"SelectedEngineVersion": version}}
    athena.call("UpdateWorkGroup", WorkGroup=name, ConfigurationUpdates=update)
    athena.call("UpdateWorkGroup", WorkGroup=name, ConfigurationUpdates={})
    assert selected() == {"SelectedEngineVersion": version, "EffectiveEngineVersion": version}


def test_results_are_encrypted_as_the_workgroup_says(athena: Any) -> None:
    result = {
        "OutputLocation": f"s3://{athena.bucket}/safe/",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "alias/k"},
    }
    answer = athena.run("SELECT 1", WorkGroup=workgroup(athena, ResultConfiguration=result))
    key = answer.query["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{athena.bucket}/")
    assert athena.s3.head_object(Bucket=athena.bucket, Key=key)["ServerSideEncryption"] == "aws:kms"
    with pytest.raises(ServiceError, match="CSE_KMS is not supported"):
        athena.start(
            "SELECT 1",
            ResultConfiguration={"EncryptionConfiguration": {"EncryptionOption": "CSE_KMS"}}
            | {"OutputLocation": "s3://b/"},
        )
