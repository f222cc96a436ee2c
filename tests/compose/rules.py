"""What docker-compose.yaml must keep to: each rule gives the problems that it finds, with the service."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE_FILE = REPOSITORY / "docker-compose.yaml"
OURS = "clickstream:${CLICKSTREAM_TAG:-local}"
PINNED = r"[a-z/]+:\d+\.\d+(-slim)?-bookworm"
ONCE = ("init", "events")  # they end; the others stay
AIRFLOW_PARTS = {
    "api-server": "metadatabase",
    "scheduler": "scheduler",
    "dag-processor": "dag_processor",
    "triggerer": "triggerer",
}
PUBLISHED = ("api-server", "local-aws")
WORDS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}  # the local AWS takes any
HOSTS = {"network_mode", "pid", "ipc", "uts", "userns_mode"}

Json = dict[str, Any]
Rule = Callable[[Json], Iterator[str]]


def read() -> Json:
    document: Json = yaml.safe_load(COMPOSE_FILE.read_text("utf-8"))
    return document


def services(document: Json) -> Iterator[tuple[str, Json]]:
    yield from document["services"].items()


def default_of(value: str) -> str:
    """``postgres:17`` of ``${POSTGRES_IMAGE:-postgres:17}``."""
    found = re.fullmatch(r"\$\{\w+:-(.*)\}", value)
    return found[1] if found else value


def image_is_pinned(document: Json) -> Iterator[str]:
    for name, service in services(document):
        image, build = service.get("image", ""), service.get("build")
        if image == OURS and not build and service.get("pull_policy") != "never":
            yield f"{name}: expected pull_policy: never, {OURS} is no registry's"
        base = build["args"]["PYTHON_IMAGE"] if build else image
        if base != OURS and not re.fullmatch(PINNED, default_of(base)):
            yield f"{name}: expected a version and a Debian release as the image's tag, got {base!r}"


def port_is_of_this_machine_only(document: Json) -> Iterator[str]:
    for name, service in services(document):
        for port in service.get("ports", ()):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name}: expected 127.0.0.1:, got {port}"


def nobody_is_root(document: Json) -> Iterator[str]:
    for name, service in services(document):
        user = service.get("user", "airflow" if service.get("image") == OURS else "root")  # the Dockerfile's USER
        if re.match(r"(root|0+)(:|$)", str(user)):
            yield f"{name}: expected a user that is not root, got {user}"


def nothing_is_gained(document: Json) -> Iterator[str]:
    for name, service in services(document):
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            yield f"{name}: expected no capability"
        if service.get("security_opt") != ["no-new-privileges:true"] or service.get("privileged"):
            yield f"{name}: expected no-new-privileges, and not privileged"
        if service.get("devices") or any("host" in str(service.get(key, "")) for key in HOSTS):
            yield f"{name}: expected namespaces and devices of its own"


def host_files_are_read_only_and_of_this_repository(document: Json) -> Iterator[str]:
    for name, service in services(document):
        for volume in service.get("volumes", ()):
            source, _, rest = str(volume).partition(":")
            if source in document["volumes"]:
                continue
            if not re.fullmatch(r"\./[a-z_]+", source) or not rest.endswith(":ro"):
                yield f"{name}: expected ./folder:...:ro or a named volume, got {volume}"


def lasting_service_has_a_health_check(document: Json) -> Iterator[str]:
    for name, service in services(document):
        test = service.get("healthcheck", {}).get("test")
        if name not in ONCE and (not test or test == ["NONE"] or service["healthcheck"].get("disable")):
            yield f"{name}: expected a health check"


def health_check_looks_at_its_own_part(document: Json) -> Iterator[str]:
    for name, part in AIRFLOW_PARTS.items():
        test = document["services"][name].get("healthcheck", {}).get("test", [])
        if test[:5] != ["CMD", "python", "-m", "local_airflow.health", part]:
            yield f"{name}: expected local_airflow.health {part}, got {test}"


def lasting_service_comes_back(document: Json) -> Iterator[str]:
    for name, service in services(document):
        if name not in ONCE and service.get("restart") != "unless-stopped":
            yield f"{name}: expected restart: unless-stopped"


def waits_for_what_is_ready(document: Json) -> Iterator[str]:
    for name, service in services(document):
        for other, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in ONCE else "service_healthy"
            if how.get("condition") != expected:
                yield f"{name}: expected to wait for {other} to be {expected}, got {how}"


def secret_is_not_in_the_file(document: Json) -> Iterator[str]:
    for name, service in services(document):
        for variable, value in service.get("environment", {}).items():
            secrets = re.findall(r"//[^/@\s:]*:([^@]*)@", str(value))  # of a URL
            if re.search("PASSWORD$|SECRET|_KEY$|TOKEN", variable) and variable not in WORDS:
                secrets.append(str(value))
            if not all(re.fullmatch(r"\$\{\w+:\?[^}]+\}", secret) for secret in secrets):
                yield f"{name}: the value of {variable} is in the file"


def tasks_have_no_way_out(document: Json) -> Iterator[str]:
    if document["networks"]["inside"] != {"internal": True}:
        yield "networks: expected inside to be internal"
    for name, service in services(document):
        expected = ["inside", "published"] if name in PUBLISHED else ["inside"]
        if "network_mode" not in service and service.get("networks") != expected:
            yield f"{name}: expected the networks {expected}, got {service.get('networks')}"


def log_is_bounded(document: Json) -> Iterator[str]:
    for name, service in services(document):
        if not {"max-size", "max-file"} <= service.get("logging", {}).get("options", {}).keys():
            yield f"{name}: expected max-size and max-file for its log"


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        image_is_pinned,
        port_is_of_this_machine_only,
        nobody_is_root,
        nothing_is_gained,
        host_files_are_read_only_and_of_this_repository,
        lasting_service_has_a_health_check,
        health_check_looks_at_its_own_part,
        lasting_service_comes_back,
        waits_for_what_is_ready,
        secret_is_not_in_the_file,
        tasks_have_no_way_out,
        log_is_bounded,
    )
}
