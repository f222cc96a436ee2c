"""Terraform and Python cannot disagree: names, tables and views come out alike."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from terraform_tree import Planned

from clickstream.settings import Settings, read_settings
from clickstream.snapshots import VISIBLE_KINDS
from local_aws.clients import ACCOUNT_ID
from tests.terraform.catalog_tables import table_inputs

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]

# What GetTable calls it, by what Terraform calls it.
_FIELDS = {"Name": "name", "TableType": "table_type", "ViewExpandedText": "view_expanded_text"}


def settings_of(planned: Planned) -> Settings:
    """The settings that the outputs tell an Airflow environment to set."""
    configuration = planned.outputs["airflow_configuration"]
    return read_settings(lambda option: configuration.get(f"clickstream.{option}"))


def test_names_are_those_that_the_dags_use(each: Planned) -> None:
    settings, out = settings_of(each), each.outputs
    found = {
        **{f"{zone}_bucket": name for zone, name in out["buckets"].items()},
        "stream": out["firehose_stream_name"],
        "database": out["glue_database"],
        "glue_job": out["glue_job"],
        "crawler": out["crawler"],
        "workgroup": out["athena_workgroup"],
    }
    assert found == {role: settings.name(role) for role in found}
    assert len(found) == 10


def test_the_local_environment_is_the_local_aws(planned: Planner) -> None:
    assert planned("local").outputs["account_id"] == ACCOUNT_ID


def test_tables_are_the_table_inputs(each: Planned) -> None:
    expected = {one["Name"]: one for one in table_inputs(settings_of(each))}
    planned_tables = {values["name"]: values for values in each.of_type("aws_glue_catalog_table").values()}
    assert {name: table_input(values) for name, values in planned_tables.items()} == {
        name: comparable(one) for name, one in expected.items()
    }


def table_input(values: dict[str, Any]) -> dict[str, Any]:
    """A planned table as Glue's TableInput, with a view's stored text read."""
    storage = values["storage_descriptor"][0]
    serde = {"Name": "name", "SerializationLibrary": "serialization_library"}
    formats = {"InputFormat": "input_format", "OutputFormat": "output_format"}
    return {
        **{field: values[ours] for field, ours in _FIELDS.items() if values.get(ours)},
        "Parameters": values["parameters"],
        "PartitionKeys": columns(values.get("partition_keys", [])),
        "StorageDescriptor": {
            "Columns": columns(storage["columns"]),
            "Location": storage["location"],
            **{field: storage[ours] for field, ours in formats.items() if storage.get(ours)},
            "SerdeInfo": {f: storage["ser_de_info"][0][o] for f, o in serde.items() if storage["ser_de_info"][0][o]},
        },
        **({"View": stored_view(values["view_original_text"])} if values.get("view_original_text") else {}),
    }


def comparable(expected: dict[str, Any]) -> dict[str, Any]:
    """Python's table input with the stored text read: the two JSONs differ in spaces and order."""
    text = expected.get("ViewOriginalText")
    rest = {name: value for name, value in expected.items() if name != "ViewOriginalText"}
    return {**rest, **({"View": stored_view(text)} if text else {})}


def columns(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"Name": one["name"], "Type": one["type"]} for one in found]


def stored_view(text: str) -> dict[str, Any]:
    encoded = text.removeprefix("/* Presto View: ").removesuffix(" */")
    decoded: dict[str, Any] = json.loads(base64.b64decode(encoded, validate=True))
    return decoded


def test_the_view_shows_the_visible_kinds_only(planned: Planner) -> None:
    view = planned("dev").of_type("aws_glue_catalog_table")['aws_glue_catalog_table.view["events"]']
    kinds = ", ".join(f"'{kind}'" for kind in VISIBLE_KINDS)
    assert f"kind IN ({kinds})" in stored_view(view["view_original_text"])["originalSql"]


def test_sample_queries_are_saved_with_their_question(planned: Planner) -> None:
    saved = {one["name"]: one for one in planned("dev").of_type("aws_athena_named_query").values()}
    assert len(saved) == 10
    assert saved["06_user_sessions"]["description"].startswith("What did the sessions of 25 December 2024 look like")
    assert all("clickstream_events" in one["query"] for one in saved.values())
