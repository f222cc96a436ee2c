import base64
import json
from typing import Any

import pytest

from clickstream.settings import read_settings
from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.planned.plan import Resource, planned_resources
from local_aws.stack import local_settings

ROLES = {
    "raw_bucket": "bucket",
    "processed_bucket": "bucket",
    "work_bucket": "bucket",
    "artifacts_bucket": "bucket",
    "results_bucket": "bucket",
    "stream": "name",
    "database": "name",
    "glue_job": "name",
    "crawler": "name",
    "workgroup": "name",
}
VIEW = 'aws_glue_catalog_table.view["events"]'


def by_address(environment: str) -> dict[str, Resource]:
    return {one.address: one for one in planned_resources(environment)}


def stored_view(environment: str) -> dict[str, Any]:
    text = by_address(environment)[VIEW].values["view_original_text"]
    stored: dict[str, Any] = json.loads(base64.b64decode(text.removeprefix("/* Presto View: ").removesuffix(" */")))
    return stored


@pytest.mark.parametrize("environment", ["local", "t12"])
@pytest.mark.parametrize("role", ROLES)
def test_each_name_of_pipeline_json_is_planned(role: str, environment: str) -> None:
    settings = read_settings({"environment": environment, "account_id": ACCOUNT_ID, "region": REGION}.get)
    assert settings.name(role) in [one.values.get(ROLES[role]) for one in planned_resources(environment)]


def test_the_plan_is_for_the_local_account_and_region() -> None:
    text = json.dumps([dict(one.values) for one in planned_resources()])
    assert f":{ACCOUNT_ID}:" in text
    assert {one.values["region"] for one in planned_resources() if "region" in one.values} == {REGION}
    assert local_settings().account_id == ACCOUNT_ID


def test_another_environment_has_no_name_of_the_planned_one() -> None:
    text = json.dumps([dict(one.values) for one in planned_resources("t12")])
    assert "-local" not in text
    assert "_local" not in text
    assert by_address("t12")["aws_glue_job.transform"].values["default_arguments"]["--environment"] == "t12"


def test_a_view_of_another_environment_reads_that_one_and_is_otherwise_the_same() -> None:
    assert stored_view("t12") == {**stored_view("local"), "schema": "clickstream_t12"}


def test_another_environment_has_the_same_resources() -> None:
    assert by_address("t12").keys() == by_address("local").keys()
