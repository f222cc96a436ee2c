"""Job definitions: what CreateJob and UpdateJob accept, and how a definition reads back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from local_aws.errors import ServiceError, unsupported
from local_aws.glue_jobs.arguments import checked

Definition = dict[str, Any]

GLUE_VERSIONS = ("5.0", "5.1")
DEFAULT_TIMEOUT = 480  # minutes, Glue 5's own
# Data processing units and virtual CPUs of a worker.
WORKERS: Mapping[str, tuple[int, int]] = {"G.1X": (1, 4), "G.2X": (2, 8), "G.4X": (4, 16), "G.8X": (8, 32)}


def invalid(field: str, expected: str, got: object) -> ServiceError:
    return ServiceError("InvalidInputException", f"{field} expects {expected}, got {got!r}")


def keep(field: str, value: Any) -> None:
    """Stored and returned; it changes neither data nor timing here."""


def only(*allowed: Any) -> Callable[[str, Any], None]:
    """Accepts what means "not used"; the rest would change what a run does."""

    def check(field: str, value: Any) -> None:
        if value not in allowed:
            raise unsupported("glue_jobs", f"{field} = {value!r}")

    return check


def one_of(*allowed: Any) -> Callable[[str, Any], None]:
    def check(field: str, value: Any) -> None:
        if value not in allowed:
            raise invalid(field, f"one of {', '.join(map(str, allowed))}", value)

    return check


def at_least(minimum: int) -> Callable[[str, Any], None]:
    def check(field: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise invalid(field, f"a whole number of at least {minimum}", value)

    return check


def check_arguments(field: str, value: Any) -> None:
    checked(value, field)


def check_command(field: str, command: Mapping[str, Any]) -> None:
    parts = {
        "Name": only("glueetl"),
        "PythonVersion": only("3"),
        "ScriptLocation": lambda name, uri: None if str(uri).startswith("s3://") else fail(name, "s3://...", uri),
    }
    check_fields({f"{field}.{name}": check for name, check in parts.items()}, prefixed(field, command))
    for name in ("Name", "ScriptLocation"):
        if name not in command:
            raise invalid(f"{field}.{name}", "a value", None)


def fail(field: str, expected: str, got: object) -> None:
    raise invalid(field, expected, got)


def prefixed(field: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{field}.{name}": value for name, value in values.items()}


def check_concurrency(field: str, value: Mapping[str, Any]) -> None:
    check_fields({f"{field}.MaxConcurrentRuns": at_least(1)}, prefixed(field, value))


# What a run may change of its job, too.
RUN_FIELDS: dict[str, Callable[[str, Any], None]] = {
    "Timeout": at_least(1),
    "WorkerType": one_of(*WORKERS),
    "NumberOfWorkers": at_least(2),
    "SecurityConfiguration": keep,
    "NotificationProperty": keep,
    "ExecutionClass": one_of("STANDARD", "FLEX"),
    "JobRunQueuingEnabled": only(False),
}
JOB_FIELDS: dict[str, Callable[[str, Any], None]] = {
    **RUN_FIELDS,
    "Name": keep,
    "Description": keep,
    "LogUri": keep,
    "Role": keep,
    "Tags": keep,
    "JobMode": only("SCRIPT"),
    "Command": check_command,
    "ExecutionProperty": check_concurrency,
    "DefaultArguments": check_arguments,
    "NonOverridableArguments": check_arguments,
    "MaxRetries": only(0),
    "GlueVersion": one_of(*GLUE_VERSIONS),
    "Connections": only({}, {"Connections": []}),
}
REQUIRED = ("Name", "Role", "Command", "GlueVersion")  # without GlueVersion, Glue would take a very old one


def check_fields(table: Mapping[str, Callable[[str, Any], None]], values: Mapping[str, Any]) -> None:
    """ServiceError for the first value that is not acceptable; a field outside of the table is refused."""
    for field, value in values.items():
        if field not in table:
            raise unsupported("glue_jobs", f"the argument {field}")
        table[field](field, value)


def definition(request: Mapping[str, Any], created: datetime, now: datetime) -> Definition:
    """A checked definition with Glue's defaults, as GetJob returns it (and its tags, which GetJob leaves out)."""
    given = {name: value for name, value in request.items() if value is not None}
    check_fields(JOB_FIELDS, given)
    for field in REQUIRED:
        if not given.get(field):
            raise invalid(field, "a value", given.get(field))
    defaults = {
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "MaxRetries": 0,
        "Timeout": DEFAULT_TIMEOUT,
        "WorkerType": "G.1X",
        "NumberOfWorkers": 10,
        "ExecutionClass": "STANDARD",
        "JobMode": "SCRIPT",
        "CreatedOn": created,
        "LastModifiedOn": now,
    }
    return with_capacity({**defaults, **given, "Command": {"PythonVersion": "3", **given["Command"]}})


def with_capacity(values: Definition) -> Definition:
    """Adds what Glue derives from the workers."""
    units = WORKERS[values["WorkerType"]][0] * values["NumberOfWorkers"]
    return {**values, "AllocatedCapacity": units, "MaxCapacity": float(units)}


def cores(values: Mapping[str, Any]) -> int:
    """Virtual CPUs of all workers."""
    return WORKERS[values["WorkerType"]][1] * int(values["NumberOfWorkers"])
