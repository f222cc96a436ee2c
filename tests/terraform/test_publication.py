"""An apply leaves the pointer of what is visible where publications put it."""

import json

import pytest
from terraform_tree import TerraformTree

pytestmark = pytest.mark.slow
ADDRESS = "aws_glue_catalog_table.published"


def plan_after_a_publication(tree: TerraformTree) -> dict[str, list[str]]:
    """Actions by address that Terraform plans after the location of the pointer has moved."""
    tree.plan("dev")
    state_file = tree.folder / "one.tfstate"
    state = json.loads(state_file.read_text(encoding="utf-8"))
    for resource in state["resources"]:
        if (resource["type"], resource["name"]) == ("aws_glue_catalog_table", "published"):
            storage = resource["instances"][0]["attributes"]["storage_descriptor"][0]
            storage["location"] = storage["location"].replace("/initial/", "/20241226T010000-abc/")
    state_file.write_text(json.dumps(state), encoding="utf-8")
    return {change["address"]: change["change"]["actions"] for change in tree.plan_again("dev")["resource_changes"]}


def test_an_apply_never_moves_the_pointer_back(tree: TerraformTree) -> None:
    assert plan_after_a_publication(tree)[ADDRESS] == ["no-op"]


def test_without_the_exception_it_would(tree: TerraformTree) -> None:
    path = tree.folder / "publication.tf"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace("[storage_descriptor[0].location]", "[description]"), encoding="utf-8")
        assert plan_after_a_publication(tree)[ADDRESS] == ["update"]
    finally:
        path.write_text(text, encoding="utf-8")
