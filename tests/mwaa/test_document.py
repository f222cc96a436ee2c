"""docs/mwaa.md: each command is held against what it names; a kind of command that nothing here checks is refused."""

import importlib.util
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from local_airflow.environment import REPOSITORY
from scripts.build_artifacts import MWAA, build
from tests.aws_commands import options, problems
from tests.mwaa.image import DAGS, FREEZE, pins, uv
from tests.test_readme import make_targets

TEXT = (REPOSITORY / "docs" / "mwaa.md").read_text(encoding="utf-8")
TERRAFORM = REPOSITORY / "terraform"
SETTINGS = sorted((TERRAFORM / "environments").glob("*.tfvars"))
ENVIRONMENTS = {"my-airflow", "clickstream-dev"}


def commands(first: str) -> list[list[str]]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", TEXT, re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    found = [shlex.split(line) for line in lines]
    return [words for words in found if words[0] == first] if first else found


def declared(kind: str) -> set[str]:
    return set(re.findall(rf'^{kind} "([^"]+)"', "\n".join(x.read_text() for x in TERRAFORM.glob("*.tf")), re.M))


def shown(words: list[str]) -> str:
    return " ".join(words)[:90]


def test_no_command_goes_unchecked():
    assert {words[0] for words in commands("")} == {"make", "terraform", "aws", ".venv/bin/uv"}
    assert len(commands("")) >= 20


@pytest.mark.parametrize("words", commands("make"), ids=shown)
def test_make_has_the_target(words):
    target, *variables = words[1:]
    assert target in make_targets()
    for name, value in (word.split("=") for word in variables):
        assert (name, TERRAFORM / "environments" / f"{value}.tfvars") in [("ENV", path) for path in SETTINGS]


def test_terraform_has_the_settings():
    blocks = re.findall(r"```hcl\n(.*?)```", TEXT, re.S)
    assert {line.split(" = ")[0] for block in blocks for line in block.splitlines()} <= declared("variable")
    assert len(blocks) == 2


@pytest.mark.parametrize("words", commands("terraform"), ids=shown)
def test_terraform_has_the_output(words):
    folder, verb, form, output = words[1:]
    assert (folder, verb) == ("-chdir=terraform", "output")
    assert form in ("-raw", "-json")
    assert output in declared("output")


@pytest.mark.parametrize("words", [x for x in commands("aws") if x[1] != "s3"], ids=shown)
def test_aws_has_the_operation_and_its_options(words):
    assert problems(words) == []
    assert options(words[3:]).get("--name", "my-airflow") in ENVIRONMENTS


def test_log_groups_are_of_components_that_terraform_has_logged():
    named = {options(words[3:])["--log-group-name"] for words in commands("aws") if words[1] == "logs"}
    logged = re.findall(r"^ +(\w+)_logs \{", (TERRAFORM / "airflow.tf").read_text(), re.M)
    assert named
    assert {one.rsplit("-", 1)[0] for one in named} <= {f"airflow-{name}" for name in ENVIRONMENTS}
    assert {one.rsplit("-", 1)[1].lower() for one in named} <= {name.replace("_", "") for name in logged}


@pytest.mark.parametrize("words", [x for x in commands("aws") if x[1] == "s3"], ids=shown)
def test_what_is_uploaded_is_built_and_goes_where_mwaa_reads_it(words, tmp_path):
    verb, source, target = words[2:]
    built = build(tmp_path / "build")
    path = built.parent / source
    assert path.is_relative_to(built / MWAA)
    assert path.is_dir() if verb == "sync" else path.is_file()
    assert target == f"s3://my-airflow-bucket/{path.name}"


@pytest.fixture(scope="module")
def rest_api():
    airflow = importlib.util.find_spec("airflow").submodule_search_locations[0]  # not imported: that takes seconds
    [specification] = (Path(airflow) / "api_fastapi" / "core_api" / "openapi").glob("v2-rest-api*.yaml")
    return yaml.load(specification.read_text(), Loader=yaml.CSafeLoader)


@pytest.mark.parametrize("words", [x for x in commands("aws") if x[2] == "invoke-rest-api"], ids=shown)
def test_airflow_has_the_call_and_its_body(words, rest_api):
    given = options(words)
    path = re.sub(r"(?<=^/dags/)[^/]+", "{dag_id}", given["--path"])
    assert path == given["--path"] or given["--path"].split("/")[2] in DAGS
    call = rest_api["paths"]["/api/v2" + path][given["--method"].lower()]
    body = json.loads(given.get("--body", "{}"))
    assert set(body) <= _fields(call, rest_api)


def _fields(call, specification):
    reference = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = reference.get("$ref", "").rpartition("/")[2]
    return set(specification["components"]["schemas"][name]["properties"]) if name else set()


def test_every_dag_is_unpaused():
    calls = [(given["--path"], given.get("--body")) for given in map(options, commands("aws")) if "--path" in given]
    assert {(f"/dags/{dag}", '{"is_paused": false}') for dag in DAGS} <= set(calls)


def test_names_in_the_text_exist():
    """Terraform's variables and outputs, the log groups."""
    words = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", TEXT))
    ours = declared("variable") | declared("output") | {*DAGS}
    others = {"clickstream_airflow", "dag_s3_path", "requirements_install"}
    assert words - others <= ours
    assert '"clickstream-${var.environment}"' in (TERRAFORM / "names.tf").read_text()  # clickstream-dev


@pytest.mark.long
def test_the_upgrades_command_makes_the_freeze(tmp_path):
    """From the network, so that what it makes may have newer wheels' hashes; names and versions are the same."""
    frozen = pins(FREEZE.read_text())
    (tmp_path / "image.txt").write_text("\n".join(f"{name}=={version}" for name, version in frozen.items()))
    [words] = commands(".venv/bin/uv")
    named = {"image.txt": str(tmp_path / "image.txt"), FREEZE.name: str(tmp_path / FREEZE.name)}
    done = uv(*(named.get(word, word) for word in words[1:]))
    assert done.returncode == 0, done.stderr
    assert pins((tmp_path / FREEZE.name).read_text()) == frozen
