"""Every rule holds, and finds what breaks it: a mutation of the file breaks exactly the rule that names it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.compose.rules import RULES, read

Json = dict[str, Any]


def put(service: str, key: str, value: Any) -> Callable[[Json], None]:
    return lambda services: services[service].__setitem__(key, value)


def drop(service: str, key: str) -> Callable[[Json], None]:
    return lambda services: services[service].pop(key)


def variable(service: str, name: str, value: str) -> Callable[[Json], None]:
    return lambda services: services[service]["environment"].__setitem__(name, value)


def base_image(value: str) -> Callable[[Json], None]:
    return lambda services: services["local-aws"]["build"]["args"].__setitem__("PYTHON_IMAGE", value)


MUTATIONS: dict[str, list[Callable[[Json], None]]] = {
    "image_is_pinned": [
        put("postgres", "image", "postgres"),
        put("postgres", "image", "${POSTGRES_IMAGE:-postgres:latest}"),
        base_image("${PYTHON_IMAGE:-python:3-slim}"),
        drop("scheduler", "pull_policy"),
    ],
    "port_is_of_this_machine_only": [
        put("api-server", "ports", ["8080:8080"]),
        put("local-aws", "ports", ["0.0.0.0:4577:4577"]),
        put("postgres", "ports", [5432]),
    ],
    "nobody_is_root": [drop("postgres", "user"), put("scheduler", "user", "0:0"), put("init", "user", "root")],
    "nothing_is_gained": [
        drop("scheduler", "cap_drop"),
        put("local-aws", "cap_add", ["SYS_ADMIN"]),
        put("events", "security_opt", []),
        put("triggerer", "privileged", True),
        put("init", "pid", "host"),
    ],
    "host_files_are_read_only_and_of_this_repository": [
        put("scheduler", "volumes", ["/var/run/docker.sock:/var/run/docker.sock:ro"]),
        put("scheduler", "volumes", ["./dags:/opt/clickstream/dags"]),
        put("local-aws", "volumes", ["~/.aws:/home/airflow/.aws:ro"]),
        put("provision", "volumes", [".:/opt/clickstream:ro"]),
    ],
    "lasting_service_has_a_health_check": [
        drop("postgres", "healthcheck"),
        put("provision", "healthcheck", {"disable": True}),
    ],
    "health_check_looks_at_its_own_part": [
        put("scheduler", "healthcheck", {"test": ["CMD", "python", "-m", "local_airflow.health", "triggerer"]}),
        put("scheduler", "healthcheck", {"test": ["CMD", "true"]}),
    ],
    "lasting_service_comes_back": [drop("local-aws", "restart"), put("provision", "restart", "no")],
    "waits_for_what_is_ready": [
        put("init", "depends_on", {"postgres": {"condition": "service_started"}}),
        put("scheduler", "depends_on", {"init": {"condition": "service_healthy"}}),
    ],
    "secret_is_not_in_the_file": [
        variable("postgres", "POSTGRES_PASSWORD", "airflow"),
        variable("init", "AIRFLOW_ADMIN_PASSWORD", "${AIRFLOW_ADMIN_PASSWORD:-admin}"),
        variable("scheduler", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://airflow:airflow@postgres/airflow"),
        variable("api-server", "AIRFLOW__API_AUTH__JWT_SECRET", ""),
    ],
    "tasks_have_no_way_out": [
        put("scheduler", "networks", ["inside", "published"]),
        drop("triggerer", "networks"),
    ],
    "log_is_bounded": [drop("local-aws", "logging")],
}
CASES = [(rule, mutate) for rule, found in MUTATIONS.items() for mutate in found]


@pytest.fixture
def document() -> Json:
    """Without what anchors share, so that a mutation is of one service."""
    copied: Json = json.loads(json.dumps(read()))
    return copied


def broken(document: Json) -> dict[str, list[str]]:
    return {name: found for name, rule in RULES.items() if (found := list(rule(document)))}


def test_the_file_keeps_every_rule(document: Json) -> None:
    assert broken(document) == {}


@pytest.mark.parametrize(("rule", "mutate"), CASES, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(CASES)])
def test_mutation_breaks_the_rule_that_names_it(document: Json, rule: str, mutate: Callable[[Json], None]) -> None:
    mutate(document["services"])
    assert list(broken(document)) == [rule]


def test_network_that_leads_out_is_found(document: Json) -> None:
    document["networks"]["inside"] = {}
    assert list(broken(document)) == ["tasks_have_no_way_out"]


def test_each_rule_has_a_mutation() -> None:
    assert MUTATIONS.keys() == RULES.keys()
