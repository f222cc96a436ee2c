"""The HCL itself: formatted, valid, described, in small files; and its own tests."""

import json
import re
from pathlib import Path

import pytest
from terraform_tree import ROOT, TerraformTree

FOLDER = ROOT / "terraform"
MOST_LINES = 150
VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r'^output "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
LABEL = re.compile(r'^(?:resource|data) "(\w+)" "(\w+)"', re.MULTILINE)
# A `*` resource of a statement, with what stands beside it on the line.
ANY_RESOURCE = re.compile(r'resources\s*=\s*\["\*"\](.*)$', re.MULTILINE)


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.tf"))


def hcl() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in files())


@pytest.mark.slow
def test_it_is_formatted_and_valid(initialised: TerraformTree) -> None:
    initialised.run("fmt", "-check", "-recursive")
    initialised.run("validate")


@pytest.mark.slow
def test_its_own_tests_pass(initialised: TerraformTree) -> None:
    printed = initialised.run("test", "-no-color")
    assert re.search(r"Success! \d\d passed, 0 failed\.", printed), printed


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_every_environment_is_planned(initialised: TerraformTree, environment: str) -> None:
    created = [one["change"]["actions"] for one in initialised.plan_alone(environment)["resource_changes"]]
    assert ["create"] in created


def test_files_are_small() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_every_variable_is_described_typed_defaulted_and_validated() -> None:
    variables = dict(VARIABLE.findall(hcl()))
    assert len(variables) > 30
    lacking = {
        name: wanted
        for name, body in variables.items()
        for wanted in ("description", "type ", "default ", "validation {", f'error_message = "{name}: ')
        if wanted not in body
    }
    assert lacking == {}


def test_every_variable_has_a_bad_value_in_the_tests() -> None:
    tests = (FOLDER / "tests" / "validations.tftest.hcl").read_text(encoding="utf-8")
    assert [name for name in dict(VARIABLE.findall(hcl())) if f"var.{name}" not in tests] == []


def test_every_output_is_described() -> None:
    outputs = dict(OUTPUT.findall(hcl()))
    assert len(outputs) > 10
    assert [name for name, body in outputs.items() if "description = " not in body] == []


def test_labels_are_nouns_that_repeat_neither_type_nor_environment() -> None:
    wrong = [
        f"{kind}.{label}"
        for kind, label in LABEL.findall(hcl())
        if re.search(r"^(this|main|default)$|(^|_)(dev|prod|local)(_|$)", label) or label in kind.split("_")
    ]
    assert wrong == []


def test_every_resource_that_cannot_be_named_has_its_reason() -> None:
    reasons = ANY_RESOURCE.findall(hcl())
    assert reasons
    assert [reason for reason in reasons if not re.match(r"\s+# \w+", reason)] == []


def test_only_the_aws_provider_and_no_module_is_used() -> None:
    text = hcl()
    assert re.findall(r'source\s+= "([\w/.-]+)"', text) == ["hashicorp/aws"]
    assert re.findall(r'^module "', text, re.MULTILINE) == []
    assert 'required_version = ">= 1.9.0"' in text
    assert 'version = "~> 6.0"' in text


def test_no_column_is_typed_in_hcl() -> None:
    contract = json.loads((ROOT / "dags" / "clickstream" / "event_contract.json").read_text(encoding="utf-8"))
    names = {column["name"] for column in contract["columns"]} - {"generation"}  # which the view's condition names
    assert [name for name in sorted(names) if re.search(rf'"[^"\n]*\b{name}\b[^"\n]*"', hcl())] == []


def test_every_environment_has_its_settings() -> None:
    assert {path.stem for path in (FOLDER / "environments").glob("*.tfvars")} == {"local", "dev", "prod"}
