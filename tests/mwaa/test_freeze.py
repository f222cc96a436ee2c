"""What MWAA's image holds, and everything that must agree with it."""

import ast
import re
import sys
import tomllib

import pytest

from local_airflow.environment import REPOSITORY
from tests.mwaa.image import CONFIGURATION, FREEZE, NOT_INSTALLED, normal, pins

FROZEN = pins(FREEZE.read_text())
REQUIREMENTS = (REPOSITORY / "requirements.txt").read_text()
# What the image's own installation names.
INSTALLED_BY_THE_IMAGE = {
    "apache-airflow", "apache-airflow-core", "apache-airflow-providers-amazon", "apache-airflow-providers-celery",
    "apache-airflow-providers-common-sql", "apache-airflow-providers-fab", "apache-airflow-providers-postgres",
    "apache-airflow-providers-standard", "aiobotocore", "celery", "statsd", "gunicorn", "psycopg2", "pycurl",
    "watchtower", "fluent-logger", "virtualenv", "boto3-stubs",
}  # fmt: skip
OURS = {"clickstream", "clickstream_airflow"}
MWAA_SEES_CONSTRAINTS = r"-c |--constraint "  # the pattern of the image's own code


def test_the_freeze_is_complete_and_hashed():
    assert set(FROZEN) >= INSTALLED_BY_THE_IMAGE
    blocks = re.findall(r"^\S+==\S+.*(?:\n +\S.*)*", FREEZE.read_text(), re.M)
    assert len(blocks) == len(FROZEN) == 217
    assert all("--hash=sha256:" in block for block in blocks)
    assert not {"pandas", "numpy", "pyarrow", "pyspark", "duckdb", "moto"} & set(FROZEN)
    assert "://" not in FREEZE.read_text()


def test_what_is_not_installed_has_a_twin_that_is():
    assert {f"{name}-binary" for name in NOT_INSTALLED} <= set(FROZEN)


def test_mwaas_requirements_are_in_the_freeze():
    wanted = pins(REQUIREMENTS)
    assert wanted
    assert {name: FROZEN.get(name) for name in wanted} == wanted


def test_mwaas_requirements_leave_the_constraints_to_mwaa():
    assert not re.search(MWAA_SEES_CONSTRAINTS, REQUIREMENTS)


def test_everything_that_dags_and_plugins_import_is_required():
    assert _imported_distributions() == set(pins(REQUIREMENTS))


def _imported_distributions() -> set[str]:
    files = [file for folder in ("dags", "plugins") for file in (REPOSITORY / folder).rglob("*.py")]
    modules = {module for file in files for module in _imports(ast.parse(file.read_text()))}
    others = {module for module in modules if module.split(".")[0] not in OURS | sys.stdlib_module_names}
    return {_distribution(module) for module in others}


def _imports(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def _distribution(module: str) -> str:
    """The distribution of a module; a provider's are those whose names it begins with."""
    if not module.startswith("airflow.providers."):
        return "apache-airflow" if module.split(".")[0] == "airflow" else module.split(".")[0]
    parts = module.split(".")[2:]
    names = [normal("apache-airflow-providers-" + "-".join(parts[:length])) for length in (2, 1)]
    return next(name for name in names if name in FROZEN)


def test_a_laptop_has_the_same_versions():
    groups = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["dependency-groups"]
    laptop = pins("\n".join(groups["airflow"]))
    assert laptop
    assert {name: FROZEN.get(name) for name in laptop} == laptop


def test_terraform_makes_an_environment_of_this_version():
    text = (REPOSITORY / "terraform" / "variables_airflow.tf").read_text()
    [version] = re.findall(r'variable "airflow_version".*?default\s*=\s*"([^"]+)"', text, re.S)
    assert version == FROZEN["apache-airflow"]


@pytest.mark.parametrize("option", [option for option in CONFIGURATION if option != "clickstream.poll_seconds"])
def test_terraform_sets_the_options_that_the_tests_set(option):
    assert re.search(rf'"{re.escape(option)}"\s*=', (REPOSITORY / "terraform" / "airflow.tf").read_text())
